#!/usr/bin/env bash
# Installs the distribution packages that are missing and builds. Sourced by run_p2pool.sh, run_tests.sh, tests/fuzz/run.sh
# and .ci/run. Everything here runs in the source folder and says what it does.

# Lists of packages. "cmake:cmake" names a package and the command that it brings.

# Boost 1.81 or newer: Debian 12's default is older, so it is named by version there. Asks apt's lists.
boost_packages() {
    local default
    default=$(apt-cache policy libboost-dev 2> /dev/null | sed -n 's/^ *Candidate: *\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    case "$default" in
        "" | "1 "[0-9] | "1 "[0-7][0-9] | "1 80") echo "libboost1.81-dev libboost-program-options1.81-dev" ;;
        *) echo "libboost-dev libboost-program-options-dev" ;;
    esac
}

build_packages() {
    echo "g++:g++ cmake:cmake ninja-build:ninja pkg-config:pkg-config $(boost_packages) libsecp256k1-dev" \
        "nlohmann-json3-dev libsqlite3-dev zlib1g-dev libssl-dev libspdlog-dev libminiupnpc-dev doctest-dev libbenchmark-dev"
}

# What fetches the dashboard's chart library. The node works without, so that these may fail to install: where Node comes
# from elsewhere, the distribution's npm often does.
web_packages() { echo "nodejs:node npm:npm"; }

sanitizer_packages() { echo "clang-14:clang-14 libclang-rt-14-dev lld-14:ld.lld-14"; }

developer_packages() {
    echo "$(sanitizer_packages) clang-format-14:clang-format-14 clang-tidy-14:clang-tidy-14 shellcheck:shellcheck" \
        "chromium:chromium curl:curl jq:jq sqlite3:sqlite3 prometheus:promtool haproxy faketime mandoc:mandoc man-db:man zsh:zsh"
}

# Whether packages can be asked for and installed here: Debian, Ubuntu and their kin.
has_apt() { command -v dpkg-query > /dev/null 2>&1 && command -v apt-get > /dev/null 2>&1; }

# Prints the packages of the arguments that are not installed. A package whose command is there from elsewhere is not
# missing; nor, without dpkg, is one that has no command: whether its library is there, cmake will say.
missing_packages() {
    local entry package command
    for entry in "$@"; do
        package=${entry%%:*}
        command=""
        [ "$entry" != "$package" ] && command=${entry#*:}
        if [ -n "$command" ]; then
            if command -v "$command" > /dev/null 2>&1; then continue; fi
        elif ! has_apt; then
            continue
        fi
        if has_apt && dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'install ok installed'; then continue; fi
        echo "$package"
    done
}

# missing_of list…: likewise, of the lists that functions of these names print; on one line.
missing_of() {
    local list
    for list in "$@"; do
        # shellcheck disable=SC2046
        missing_packages $("$list")
    done | tr '\n' ' '
}

# For systems without apt. By the names in parentheses dnf and zypper find a library whatever its package is called.
tell_what_is_needed() {
    cat >&2 << 'END'
Packages are installed by themselves on Debian and Ubuntu only. Install these with your system's package manager, then
start again. The programs: g++ 12 or newer, cmake 3.23 or newer, ninja, pkg-config. The libraries, with their headers:
    Boost 1.81 or newer with program_options, libsecp256k1, nlohmann-json 3.11 or newer, SQLite 3, zlib, OpenSSL 3,
    spdlog, miniupnpc, doctest, Google Benchmark
On Fedora:
    sudo dnf install gcc-c++ cmake ninja-build pkgconf-pkg-config boost-devel 'pkgconfig(libsecp256k1)' \
        'cmake(nlohmann_json)' 'pkgconfig(sqlite3)' 'pkgconfig(zlib)' 'pkgconfig(openssl)' 'cmake(spdlog)' miniupnpc-devel \
        'cmake(doctest)' 'cmake(benchmark)'
END
}

# install_missing_packages list…: of the lists above, by their functions' names.
install_missing_packages() {
    local missing
    missing=$(missing_of "$@")
    [ -z "${missing// /}" ] && return 0
    if ! has_apt; then
        echo "These are missing, by the names of Debian's packages: $missing" >&2
        return 1
    fi
    local sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null 2>&1; then
            echo "These packages are missing: run the following line as root, then start again:" >&2
            echo "    apt-get update && apt-get install $missing" >&2
            return 1
        fi
        sudo="sudo"
    fi
    local log
    log=$(mktemp)
    echo "Asking for the lists of packages.${sudo:+ (sudo may ask for your password)}"
    # One source that does not answer need not be the one that is wanted.
    $sudo apt-get update > "$log" 2>&1 || true
    # Which Boost there is, fresh lists tell: a new container has none.
    missing=$(missing_of "$@")
    echo "Installing what is missing: $missing"
    # shellcheck disable=SC2086
    if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >> "$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "The packages could not be installed; apt's messages are above." >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
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
    if ! install_missing_packages build_packages; then
        has_apt || tell_what_is_needed
        return 1
    fi
    install_missing_packages web_packages || echo "Going on without npm: the dashboard will draw its charts more simply."
    local log
    log=$(mktemp)
    if ! cmake --preset release > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        has_apt || tell_what_is_needed
        return 1
    fi
    rm -f "$log"
    cmake --build --preset release --parallel "$(build_jobs)" --target "$@"
}
