#!/usr/bin/env bash
# Runs the same miners and the same share chain against this node and another one, and prints both with ratios.
#   tests/bench/compare.sh 'COMMAND' [--connections N] [--rate SUBMITS_A_SECOND] [--seconds S]
# COMMAND starts the other node with whatever arguments stand behind it, which are the python node's flags (see
# tests/interop/README.md). It must end in exec, so that its processor time and memory are found.
set -eu
if [ $# -lt 1 ]; then
    sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
fi
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
export P2POOL_REFERENCE_COMMAND=$1
shift
# shellcheck source=../../cmake/setup.sh
. cmake/setup.sh
build_targets compare
exec build/release/compare "$@"
