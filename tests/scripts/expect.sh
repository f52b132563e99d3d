#!/usr/bin/env bash
# For the tests of scripts, which source it: a folder of their own that goes with them, programs that stand in for others,
# and what is expected.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

# stand_in NAME: a program of this name in $place/bin, which does what the lines on the standard input say.
stand_in() {
    { echo '#!/bin/bash'; cat; } > "$place/bin/$1"
    chmod +x "$place/bin/$1"
}

# borrow NAME…: programs of this system that are there, too, for a path of $place/bin alone.
borrow() {
    local name
    for name in "$@"; do ln -s "$(command -v "$name")" "$place/bin/$name"; done
}

# expect_exit CODE COMMAND…: the command ends with it; what it says on both ways goes to $output.
expect_exit() {
    local wanted=$1 code=0
    shift
    output=$("$@" 2>&1) || code=$?
    [ "$code" = "$wanted" ] || fail "'$*' ended with $code instead of $wanted, and said: $output"
}

# expect_said TEXT, expect_not_said TEXT: of the last output.
expect_said() {
    case "$output" in *"$1"*) ;; *) fail "'$1' was not said, but: $output" ;; esac
}
expect_not_said() {
    case "$output" in *"$1"*) fail "'$1' was said: $output" ;; esac
}
