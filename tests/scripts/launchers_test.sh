#!/usr/bin/env bash
# run_p2pool.sh and run_tests.sh: what they build, when, and how they start it. Stand-ins do the building and running.
#   launchers_test.sh SOURCES
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=expect.sh
. "$here/expect.sh"
tree=$place/tree
mkdir -p "$tree/cmake" "$tree/dash" "$tree/tests/demo"
cp "$1/run_p2pool.sh" "$1/run_tests.sh" "$tree/"
cat > "$tree/cmake/setup.sh" << 'END'
build_jobs() { echo 2; }
build_targets() {
    echo "building $*"
    mkdir -p build/release
    for name in "$@"; do
        printf '#!/bin/bash\necho "%s of $P2POOL_LAUNCHER_DIR with $*"\n' "$name" > "build/release/$name"
        chmod +x "build/release/$name"
    done
}
END
echo 'echo "demo with $*"' > "$tree/tests/demo/demo.sh"
echo 'int a;' > "$tree/dash/a.cpp"
stand_in ctest <<< 'echo "ctest $*"'
PATH=$place/bin:$PATH
run() { bash "$tree/run_p2pool.sh" "$@"; }

echo "1. The node is built once, and again after a change"
expect_exit 0 run -a "an address" --net dash
expect_said "building p2pool-dash"
expect_said "p2pool-dash of $tree with -a an address --net dash"
expect_exit 0 run
expect_not_said "building"
echo 'int b;' > "$tree/dash/b.cpp"
expect_exit 0 run --stop
expect_not_said "building"
expect_exit 0 run --status
expect_not_said "building"
expect_exit 0 run --restart
expect_said "building"
ln -s "$tree/run_p2pool.sh" "$place/link"
expect_exit 0 bash "$place/link"
expect_said "p2pool-dash of $tree"
expect_not_said "building"

echo "2. The demo has programs of its own"
expect_exit 0 run --demo
expect_said "building p2pool-dash simnet stratum-client"
expect_said "demo with --demo"

echo "3. The tests"
tests() { bash "$tree/run_tests.sh" "$@"; }
expect_exit 0 tests
expect_said "building all"
expect_said "ctest --preset release --parallel 2 -LE long"
expect_exit 0 tests --long -R name
expect_said "ctest --preset release --parallel 2 -R name"
expect_exit 0 tests -L vectors
expect_said "ctest --preset release --parallel 2 -LE long -L vectors"
stand_in ctest <<< 'exit 8'
expect_exit 8 tests
