#!/usr/bin/env bash
# cmake/setup.sh on systems that this one is not: without apt, with apt's lists empty, without root. Stand-ins play them.
#   setup_test.sh SOURCES
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=expect.sh
. "$here/expect.sh"
sources=$1
borrow awk bash cat env grep mktemp nproc rm sed tail touch tr
export place

# setup COMMAND…: with setup.sh's functions, and no programs but those of this test.
setup() { env PATH="$place/bin" bash -c '. "$0/cmake/setup.sh"; "$@"' "$sources" "$@"; }
no_programs() { find "$place/bin" -type f -delete; }
have_build_tools() { for tool in g++ ninja pkg-config node npm; do stand_in "$tool" < /dev/null; done; }
stand_in_cmake() { echo "echo cmake \"\$@\"; [ -z \"\$CMAKE_FAILS\" ] || { echo 'Could NOT find Boost'; exit 1; }" | stand_in cmake; }

echo "1. Without apt"
have_build_tools
stand_in_cmake
expect_exit 0 setup build_targets simnet
expect_said "cmake --build --preset release"
expect_said "--target simnet"
CMAKE_FAILS=1 expect_exit 1 setup build_targets simnet
expect_said "Could NOT find Boost"
expect_said "sudo dnf install"
expect_said "Boost 1.81 or newer"
rm "$place/bin/ninja" "$place/bin/npm"
expect_exit 1 setup build_targets simnet
expect_said "These are missing, by the names of Debian's packages: ninja-build"
expect_said "sudo dnf install"
expect_not_said "libboost"
stand_in ninja < /dev/null
expect_exit 0 setup build_targets simnet
expect_said "Going on without npm"

# apt OLD NEW: a system whose lists know the Boost OLD (nothing, if empty), and NEW once they are up to date; with nothing
# installed. What it is asked to do is in $place/asked.
apt() {
    no_programs
    have_build_tools
    stand_in_cmake
    rm -f "$place/asked" "$place/updated"
    stand_in dpkg-query <<< 'exit 1'
    stand_in id <<< 'echo 0'
    stand_in apt-get << 'END'
echo "$@" >> "$place/asked"
[ "$1" != update ] || touch "$place/updated"
[ "$1" = update ] || [ -z "${APT_FAILS:-}" ] || { echo "E: Unable to locate package"; exit 100; }
END
    stand_in apt-cache << END
version=$1
[ ! -e "\$place/updated" ] || version=$2
[ -z "\$version" ] || printf 'libboost-dev:\n  Installed: (none)\n  Candidate: %s\n' "\$version"
END
}
expect_asked() { grep -qE -- "$1" "$place/asked" || fail "apt-get was not asked for '$1', but: $(cat "$place/asked")"; }
expect_not_asked() { ! grep -qE -- "$1" "$place/asked" || fail "apt-get was asked for '$1': $(cat "$place/asked")"; }

echo "2. Empty lists of packages"
apt "" 1.83.0.2
expect_exit 0 setup build_targets simnet
expect_asked '^update'
expect_asked 'install .* libboost-dev libboost-program-options-dev '
expect_not_asked 'libboost1.81'
apt "" 1.74.0.3
expect_exit 0 setup build_targets simnet
expect_asked ' libboost1.81-dev libboost-program-options1.81-dev '

echo "3. Which Boost"
for version in 1.81.0.1 1.83.0.2 1.90.0 1.100.0 2.0.0; do
    apt "$version" "$version"
    expect_exit 0 setup boost_packages
    expect_said "libboost-dev"
done
for version in 1.74.0.3 1.80.0 1.9.0; do
    apt "$version" "$version"
    expect_exit 0 setup boost_packages
    expect_said "libboost1.81-dev"
done

echo "4. What goes wrong is told"
apt 1.74.0.3 1.74.0.3
APT_FAILS=1 expect_exit 1 setup build_targets simnet
expect_said "Unable to locate package"
expect_said "The packages could not be installed"
expect_not_said "dnf"
stand_in id <<< 'echo 1000'
expect_exit 1 setup build_targets simnet
expect_said "run the following line as root"
expect_said "apt-get install libboost1.81-dev"
stand_in sudo <<< 'echo "sudo $1" >> "$place/asked"; exec "$@"'
rm -f "$place/asked"
expect_exit 0 setup build_targets simnet
expect_said "sudo may ask for your password"
expect_asked '^sudo apt-get'

echo "5. Nothing is asked for that is there"
apt 1.74.0.3 1.74.0.3
stand_in dpkg-query <<< "echo 'install ok installed'"
expect_exit 0 setup build_targets simnet
[ ! -e "$place/asked" ] || fail "apt-get was asked for something: $(cat "$place/asked")"
