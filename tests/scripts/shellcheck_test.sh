#!/usr/bin/env bash
# ShellCheck finds nothing in any script of these sources: what it calls a warning, and worse.
#   bash shellcheck_test.sh SOURCES
set -eu
command -v shellcheck > /dev/null || { echo "Skipped: install shellcheck"; exit 77; }
cd "$1"
mapfile -t scripts < <(grep -rlIE '^#!.*\b(ba)?sh\b' --exclude-dir=build --exclude-dir=.git --exclude-dir=data --exclude-dir=node_modules . | sort)
[ ${#scripts[@]} -gt 10 ] || { echo "FAILED: only ${#scripts[@]} scripts were found" >&2; exit 1; }
shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
