#!/usr/bin/env bash
# Installs the distribution packages that are missing and builds. Sourced by run_p2pool.sh, run_tests.sh and .ci/run.
# Everything here runs in the source folder and says what it does.

# Prints the packages of the arguments that are not installed. A package that brings a command that is there from
# elsewhere is not missing: "cmake:cmake" names package and command.
missing_packages() {
    local entry package command
    for entry in "$@"; do
        package=${entry%%:*}
        command=""
        [ "$entry" != "$package" ] && command=${entry#*:}
        if [ -n "$command" ] && command -v "$command" > /dev/null 2>&1; then continue; fi
        if ! dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'install ok installed'; then echo "$package"; fi
    done
}

install_missing_packages() {
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -z "${missing// /}" ] && return 0
    if ! command -v apt-get > /dev/null 2>&1; then
        echo "This system has no apt-get. Install what corresponds to these Debian packages, then start again:" >&2
        echo "    $missing" >&2
        return 1
    fi
    local sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null 2>&1; then
            echo "These packages are missing: run the following line as root, then start again:" >&2
            echo "    apt-get install $missing" >&2
            return 1
        fi
        sudo="sudo"
    fi
    echo "Installing what is missing: $missing${sudo:+(sudo may ask for your password)}"
    local log
    log=$(mktemp)
    if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } > "$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "The packages could not be installed; apt's messages are above." >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# Boost 1.81 or newer: Debian 12's default is older, so it is named by version there.
boost_packages() {
    local default
    default=$(apt-cache policy libboost-dev 2> /dev/null | sed -n 's/^ *Candidate: *\([0-9]*\)\.\([0-9]*\).*/\1\2/p')
    if [ -n "$default" ] && [ "$default" -ge 181 ]; then
        echo "libboost-dev libboost-program-options-dev"
    else
        echo "libboost1.81-dev libboost-program-options1.81-dev"
    fi
}

build_packages() {
    echo "g++:g++ cmake:cmake ninja-build:ninja pkg-config:pkg-config $(boost_packages) libsecp256k1-dev" \
        "nlohmann-json3-dev libsqlite3-dev zlib1g-dev libssl-dev libspdlog-dev libminiupnpc-dev doctest-dev libbenchmark-dev"
}

# What fetches the dashboard's chart library. The node works without, so that these may fail to install: where Node comes
# from elsewhere, the distribution's npm often does.
web_packages() { echo "nodejs:node npm:npm"; }

developer_packages() {
    echo "clang-14:clang-14 libclang-rt-14-dev clang-format-14:clang-format-14 clang-tidy-14:clang-tidy-14" \
        "chromium:chromium curl:curl jq:jq sqlite3:sqlite3 prometheus:promtool haproxy faketime mandoc:mandoc man-db:man zsh:zsh"
}

# Compile jobs that fit the memory: a unit may need 1.5 GB.
build_jobs() {
    local cores memory_gb
    cores=$(nproc)
    memory_gb=$(awk '/MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
    local fit=$((memory_gb * 2 / 3))
    [ "$fit" -lt 1 ] && fit=1
    [ "$cores" -lt "$fit" ] && echo "$cores" || echo "$fit"
}

# build_targets target…: configures and builds these targets of the release preset; shows progress.
build_targets() {
    # shellcheck disable=SC2046
    install_missing_packages $(build_packages)
    # shellcheck disable=SC2046
    install_missing_packages $(web_packages) || echo "Going on without npm: the dashboard will draw its charts more simply."
    local log
    log=$(mktemp)
    if ! cmake --preset release > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
    cmake --build --preset release --parallel "$(build_jobs)" --target "$@"
}
