#!/usr/bin/env bash
# Installs what is missing, builds everything and runs the whole test suite.
#   ./run_tests.sh                       all tests but those that take long
#   ./run_tests.sh --long                those too
#   ./run_tests.sh -L vectors            one kind: unit, vectors, simnet, interop, fuzz, browser, bench
#   P2POOL_VECTORS=DIR ./run_tests.sh    golden data from another folder of the same form
#   P2POOL_DASHD=/path/to/dashd ./run_tests.sh    also the scenarios on a real Dash Core
set -eu
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
# shellcheck source=cmake/setup.sh
. cmake/setup.sh
kinds=(-LE long)
if [ "${1:-}" = "--long" ]; then
    kinds=()
    shift
fi
echo "Building the node and its tests."
build_targets all
exec ctest --preset release --parallel "$(build_jobs)" ${kinds[@]+"${kinds[@]}"} "$@"
