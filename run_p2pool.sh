#!/usr/bin/env bash
# Starts the p2pool-dash node: installs what is missing, builds once, then runs the node with the flags given.
#   ./run_p2pool.sh --demo       try it: a simulated Dash network, the node and a miner, all on this computer
#   ./run_p2pool.sh --daemon     in the background; --stop, --restart and --status with the same --net and --datadir
#   ./run_p2pool.sh --help       all flags
set -eu
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
release=$here/build/release

# Names the state of the sources, so that a build happens after an update and at no other start.
source_state() {
    if git -C "$here" rev-parse HEAD 2> /dev/null; then
        git -C "$here" diff HEAD --no-ext-diff -- '*.cpp' '*.h' '*.txt' '*.cmake' '*.json' | cksum
    else
        find "$here" -path "$release" -prune -o \( -name '*.cpp' -o -name '*.h' -o -name CMakeLists.txt -o -name package-lock.json -o -name openapi.json \) -printf '%p %T@\n' | sort | cksum
    fi
}

# ensure_built name program…: builds the programs unless they were built from these sources.
ensure_built() {
    local mark=$release/.built-$1
    shift
    if [ -f "$mark" ] && [ "$(source_state)" = "$(cat "$mark")" ] && [ -x "$release/${!#}" ]; then return 0; fi
    # shellcheck source=cmake/setup.sh
    . "$here/cmake/setup.sh"
    echo "Building $*: this takes a few minutes the first time."
    (cd "$here" && build_targets "$@")
    source_state > "$mark"
}

export P2POOL_LAUNCHER_DIR=$here
for argument in "$@"; do
    if [ "$argument" = "--demo" ]; then
        ensure_built demo p2pool-dash simnet stratum-client
        exec bash "$here/tests/demo/demo.sh" "$@"
    fi
done
case " $* " in
    *" --stop "* | *" --status "*) [ -x "$release/p2pool-dash" ] || ensure_built node p2pool-dash ;;  # whatever was built
    *) ensure_built node p2pool-dash ;;
esac
exec "$release/p2pool-dash" "$@"
