#!/usr/bin/env bash
# The demo: a simulated Dash network, the node and a CPU miner on this computer, in a folder that is removed at the end.
# Started by "run_p2pool.sh --demo [more flags for the node]".
set -u
programs=${P2POOL_PROGRAMS:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/release}
address=yUM9qr3n8wtkwVCnYrZcLCqt4jrxQyaCJi
port=19703
node_flags=()
for argument in "$@"; do
    [ "$argument" = "--demo" ] || node_flags+=("$argument")
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/p2pool-demo-XXXXXX")
children=()
finish() {
    trap - INT TERM HUP EXIT
    trap '' PIPE # whoever read the output may be gone: that must not end this before the programs are
    printf '\nStopping the demo.\n' 2> /dev/null
    # The miner first, the network last: nothing then complains about the others.
    for ((i = ${#children[@]} - 1; i >= 0; i--)); do
        kill "${children[i]}" 2> /dev/null
        wait "${children[i]}" 2> /dev/null
    done
    rm -rf "$folder"
    exit "${1:-0}"
}
trap 'finish 0' INT TERM HUP PIPE
trap 'finish 1' EXIT

fail() {
    echo "$1 The end of its output:" >&2
    tail -n 20 "$2" >&2
    finish 1
}

# wait_for TEXT FILE PID SECONDS: until the file holds the text.
wait_for() {
    local tenths=$(($4 * 10))
    while ! grep -q "$1" "$2" 2> /dev/null; do
        kill -0 "$3" 2> /dev/null || return 1
        tenths=$((tenths - 1))
        [ "$tenths" -gt 0 ] || return 1
        sleep 0.1
    done
}

echo "1. A simulated Dash network (no daemon, no coins, nothing leaves this computer)"
"$programs/simnet" --rpc-port 0 --p2p-port 0 > "$folder/simnet.log" 2>&1 &
children+=($!)
wait_for "RPC on" "$folder/simnet.log" "${children[0]}" 30 || fail "The simulated network did not start." "$folder/simnet.log"
rpc_port=$(sed -n 's/.*RPC on [^:]*:\([0-9]*\),.*/\1/p' "$folder/simnet.log" | head -n 1)
p2p_port=$(sed -n 's/.*P2P on [^:]*:\([0-9]*\).*/\1/p' "$folder/simnet.log" | head -n 1)

echo "2. The node"
"$programs/p2pool-dash" --net dash_regtest --datadir "$folder/data" --dashd-rpc-port "$rpc_port" --dashd-p2p-port "$p2p_port" \
    --disable-upnp --disable-advertise -a "$address" -w "127.0.0.1:$port" ${node_flags[@]+"${node_flags[@]}"} simnet simnet > "$folder/node.log" 2>&1 &
children+=($!)
node=$!
started=$SECONDS
wait_for "Started successfully" "$folder/node.log" "$node" 30 || fail "The node did not start." "$folder/node.log"
# Of the worker port, the operator's own -w has the last word.
port=$(sed -n 's/.*Listening for workers on .* port \([0-9]*\).*/\1/p' "$folder/node.log" | head -n 1)
echo "   Miners are welcome at stratum+tcp://127.0.0.1:$port"
echo "   Dashboard: http://127.0.0.1:$port/"

echo "3. A miner on one processor core"
"$programs/stratum-client" "127.0.0.1:$port" --user "$address.demo" --difficulty 0.00001 > "$folder/miner.log" 2>&1 &
children+=($!)

echo "   Ctrl-C stops everything."
echo
shares=0
blocks=0
accepted=0
while IFS= read -r line; do
    text=${line#* * }
    text=${text#> }
    case $text in
        "GOT SHARE!"*)
            shares=$((shares + 1))
            if [ "$shares" = 1 ]; then
                echo "*  First share after $((SECONDS - started)) s: the miner's work is in the share chain and counts for the next blocks."
                echo "   $text"
            elif [ $((shares % 25)) = 0 ]; then
                echo "   $shares shares so far."
            fi
            ;;
        "### DASH BLOCK FOUND! ###")
            blocks=$((blocks + 1))
            [ "$blocks" = 1 ] && echo "*  First block after $((SECONDS - started)) s: it pays everybody in the share chain."
            ;;
        *"[OK] on the main chain"*)
            accepted=$((accepted + 1))
            [ "$accepted" = 1 ] && echo "*  First block ACCEPTED by the network after $((SECONDS - started)) s."
            echo "   Block $accepted accepted: ${text%%:*}"
            ;;
        "P2Pool:"* | " Local:"* | " Pool:"*) echo "   $text" ;;
    esac
done < <(tail -n +1 -F "$folder/node.log" --pid "$node" 2> /dev/null)
fail "The node ended." "$folder/node.log"
