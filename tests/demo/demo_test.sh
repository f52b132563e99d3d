#!/usr/bin/env bash
# demo.sh with stand-ins for its programs: whatever ends it, none of them and no folder stays.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=$(mktemp -d)
mkdir "$place/programs" "$place/folders" "$place/pids"

# stand_in NAME: writes a program that notes its process and goes on with the rest of the lines.
stand_in() {
    {
        echo '#!/usr/bin/env bash'
        echo "echo \$\$ > '$place/pids/$1'"
        cat
    } > "$place/programs/$1"
    chmod +x "$place/programs/$1"
}
stand_in simnet << 'END'
echo "RPC on 127.0.0.1:1, P2P on 127.0.0.1:2"
exec sleep 60
END
stand_in p2pool-dash << 'END'
echo "2026-01-01 00:00:00.000000 Listening for workers on '127.0.0.1' port 3..."
echo "2026-01-01 00:00:00.000000 Started successfully!"
for ((i = 0; i < 600; i++)); do
    echo "2026-01-01 00:00:00.000000 P2Pool: $i shares in chain"
    sleep 0.1
done
END
stand_in stratum-client << 'END'
exec sleep 60
END

still_running() {
    local file
    for file in "$place"/pids/*; do
        kill -0 "$(cat "$file")" 2> /dev/null && return 0
    done
    return 1
}

give_up() {
    echo "demo_test: $1" >&2
    for file in "$place"/pids/*; do
        kill "$(cat "$file")" 2> /dev/null || true
    done
    rm -rf "$place"
    exit 1
}

expect_nothing_left() {
    # A program that is ended as soon as it was started may have noted nothing.
    [ "$(ls "$place/pids" | wc -l)" -ge 2 ] || give_up "$1: the demo did not start its programs"
    ! still_running || give_up "$1: a program of the demo still runs"
    [ -z "$(ls "$place/folders")" ] || give_up "$1: the demo's folder is still there"
    rm "$place"/pids/*
}

demo() {
    TMPDIR="$place/folders" P2POOL_PROGRAMS="$place/programs" exec bash "$here/demo.sh" --demo
}

# Its reader goes away when everything runs.
(demo) | sed '/Ctrl-C/q' > /dev/null
expect_nothing_left "after a closed pipe"

# It is asked to end.
(demo) > "$place/output" &
demo_process=$!
for ((i = 0; i < 600; i++)); do
    ! grep -q "P2Pool:" "$place/output" || break
    sleep 0.1
done
kill "$demo_process"
wait "$demo_process" || give_up "the demo ended with an error"
grep -q "Stopping the demo." "$place/output" || give_up "the demo did not say that it stops"
expect_nothing_left "after SIGTERM"

rm -rf "$place"
