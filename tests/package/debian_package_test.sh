#!/usr/bin/env bash
# Makes the Debian package of this build, installs it into a folder of its own, starts the node as the service unit says,
# upgrades it with the data kept, and removes it.
#   debian_package_test.sh BUILD_FOLDER
set -eu
build=$1
needed="cpack dpkg dpkg-deb dpkg-shlibdeps"
for program in $needed; do
    command -v "$program" > /dev/null || { echo "skipped: $program is missing"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: dpkg installs as root only"; exit 77; }

folder=$(mktemp -d)
root=$folder/root
children=()
end() {
    for child in ${children[@]+"${children[@]}"}; do kill "$child" 2> /dev/null || true; done
    rm -rf "$folder"
}
trap end EXIT
fail() {
    echo "FAILED: $1" >&2
    [ ! -f "${2:-}" ] || tail -n 30 "$2" >&2
    exit 1
}
# wait_for text file: until the text is there.
wait_for() {
    for _ in $(seq 300); do
        if grep -qF -- "$1" "$2" 2> /dev/null; then return 0; fi
        sleep 0.1
    done
    fail "'$1' never came" "$2"
}
package() {
    (cd "$folder" && cpack --config "$build/CPackConfig.cmake" -G DEB -R "$1" -B "$folder/$1" > "$folder/cpack.log" 2>&1) || fail "cpack" "$folder/cpack.log"
    ls "$folder/$1/p2pool-dash_$1_"*.deb
}
# One that nobody listens on, below those that the system gives to outgoing connections.
free_port() {
    local port
    while port=$((RANDOM % 10000 + 20000)) && (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do :; done
    echo "$port"
}
# The package's scripts see $DPKG_ROOT and leave this system alone.
dpkg_in_root() { dpkg --root="$root" --log=/dev/null --force-script-chrootless --force-depends "$@" > "$folder/dpkg.log" 2>&1 || fail "dpkg $*" "$folder/dpkg.log"; }

echo "1. The package"
old=$(package 1.0.0)
new=$(package 1.0.1)
dpkg-deb --info "$old" | grep -q 'Depends:.*libc6' || fail "no dependencies were found"
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
dpkg_in_root -i "$old"
unit=$root/lib/systemd/system/p2pool-dash.service
for file in "$unit" "$root"/usr/bin/p2pool-dash "$root"/usr/share/{p2pool-dash/networks/dash_custom_example.json,doc/p2pool-dash/{README.md,docs/OPERATIONS.md}} \
    "$root"/usr/share/{man/man1/p2pool-dash.1.gz,bash-completion/completions/p2pool-dash,zsh/vendor-completions/_p2pool-dash}; do
    [ -f "$file" ] || fail "$file was not installed"
done
[ "$(stat -c %a "$root/etc/default/p2pool-dash")" = 600 ] || fail "/etc/default/p2pool-dash can be read by others"
"$root/usr/bin/p2pool-dash" --net dash_custom_example --status --datadir "$folder/none" > /dev/null || [ $? = 3 ] || fail "the installed program does not find its networks"

if command -v systemd-analyze > /dev/null; then
    echo "2. The unit"
    sed "s|/usr/bin/|$root/usr/bin/|" "$unit" > "$folder/p2pool-dash.service"
    systemd-analyze verify --man=no "$folder/p2pool-dash.service" 2>&1 | grep 'p2pool-dash.service' && fail "systemd finds fault with the unit"
    exposure=$(systemd-analyze security --offline=true --root="$root" p2pool-dash.service --no-pager 2> /dev/null | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
    [ -n "$exposure" ] && awk "BEGIN { exit !($exposure <= 2.0) }" || fail "systemd calls the unit's exposure '$exposure'"
fi

echo "3. Start as the unit says"
"$build/simnet" --rpc-port 0 --p2p-port 0 --rpc-user tester --rpc-password secret > "$folder/simnet.log" 2>&1 &
children+=($!)
wait_for "RPC on" "$folder/simnet.log"
rpc_port=$(sed -n 's/.*RPC on [^:]*:\([0-9]*\),.*/\1/p' "$folder/simnet.log" | head -n 1)
p2p_port=$(sed -n 's/.*P2P on [^:]*:\([0-9]*\).*/\1/p' "$folder/simnet.log" | head -n 1)
worker_port=$(free_port)
data=$root/var/lib/p2pool-dash
mkdir -p "$data" # systemd does this
cat > "$root/etc/default/p2pool-dash" << END
P2POOL_OPTIONS="--net dash_regtest --dashd-rpc-port $rpc_port --dashd-p2p-port $p2p_port --disable-upnp --p2pool-port $(free_port) -w 127.0.0.1:$worker_port -a yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB tester secret"
END
start() {
    local command
    command=$(sed -n 's/^ExecStart=//p' "$unit" | sed "s|/usr/bin/|$root/usr/bin/|; s|/var/lib/|$root/var/lib/|")
    : > "$folder/node.log"
    (. "$root/etc/default/p2pool-dash" && eval "exec $command") > "$folder/node.log" 2>&1 &
    node=$!
    children+=("$node")
    wait_for "Started successfully!" "$folder/node.log"
}
stop() {
    kill -TERM "$node"
    wait "$node" || fail "the node did not stop well" "$folder/node.log"
}
start
"$build/stratum-client" "127.0.0.1:$worker_port" --user yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB+0 > /dev/null 2>&1 &
miner=$!
children+=("$miner")
wait_for "GOT SHARE!" "$folder/node.log"
kill "$miner"
stop

echo "4. Upgrade, with data and settings kept"
dpkg_in_root -i "$new"
grep -q "$rpc_port" "$root/etc/default/p2pool-dash" || fail "the upgrade changed the settings"
start
wait_for "shares in chain" "$folder/node.log"
! grep -q "P2Pool: 0 shares in chain" "$folder/node.log" || fail "the shares are gone" "$folder/node.log"
stop

echo "5. Remove, with the data kept"
dpkg_in_root -r p2pool-dash
[ ! -e "$root/usr/bin/p2pool-dash" ] || fail "the program is still there"
dpkg_in_root -P p2pool-dash
[ ! -e "$root/etc/default/p2pool-dash" ] || fail "the settings are still there"
[ -f "$data/dash_regtest/p2pool.sqlite3" ] || fail "the data is gone"
echo "The package holds."
