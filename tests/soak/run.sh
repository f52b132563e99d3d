#!/usr/bin/env bash
# tests/soak/run.sh HOURS [BUILD] [more options of the program soak]
# Three nodes, miners, blocks, reorganisations and faults for so many hours; progress each minute, a summary at the end,
# exit code 1 when something did not hold. BUILD is a build folder, of sanitizers too: build/asan, build/tsan.
# Without it build/release is brought up to date and used.
set -eu
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
if [ $# -lt 1 ]; then
    sed -n "2,5s/^# //p" tests/soak/run.sh >&2
    exit 2
fi
hours=$1
shift
if [ $# -gt 0 ] && [ -d "$1" ]; then
    build=$1
    shift
else
    # shellcheck source=../../cmake/setup.sh
    . cmake/setup.sh
    build_targets soak
    build=build/release
fi
# Freed memory that the sanitizer keeps back must not look like growth.
export ASAN_OPTIONS="quarantine_size_mb=8:${ASAN_OPTIONS:-}"
exec nice "$build/soak" --hours "$hours" "$@"
