#!/usr/bin/env bash
# .ci/tidy chooses the sources that a commit changed, and passes for nothing else; .ci/run knows its options; the presets
# do not pass when no test is meant.
#   ci_test.sh SOURCES
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=expect.sh
. "$here/expect.sh"
command -v git > /dev/null || { echo "Skipped: git is missing"; exit 77; }
tree=$place/tree
mkdir -p "$tree/.ci" "$tree/dash"
cp "$1/.ci/tidy" "$1/.ci/run" "$tree/.ci/"
stand_in clang-tidy-14 <<< 'echo "reads $*"; case "$*" in *bad*) exit 1 ;; esac'
stand_in cmake <<< 'exit 0'
PATH=$place/bin:$PATH
cd "$tree"
git init -q .
commit() { git add -A && git -c user.name=t -c user.email=t@localhost commit -q -m "$1"; }
for name in a b c; do
    echo "// 1" > "dash/$name.cpp"
    echo "// 1" > "dash/$name.h"
done
commit first
echo "// 2" > dash/a.cpp
echo "// 2" > dash/b.h
commit second
tidy() { bash .ci/tidy "$@"; }

echo "1. Which sources"
expect_exit 0 tidy HEAD~1
expect_said "reads -p build/tidy --quiet dash/a.cpp"
expect_said "dash/b.cpp"
expect_not_said "dash/c.cpp"
expect_exit 0 tidy
expect_said "dash/c.cpp"
expect_exit 0 tidy HEAD
expect_said "reads 0 sources"

echo "2. A commit that is not there, and a finding"
for name in HEAD~7 nonsense 0123456789012345678901234567890123456789; do
    expect_exit 2 tidy "$name"
    expect_said "There is no commit $name"
done
echo "// 1" > dash/bad.cpp
commit third
expect_exit 123 tidy HEAD~1

echo "3. Options of .ci/run"
for words in --short "--long --long" "long"; do
    # shellcheck disable=SC2086
    expect_exit 2 bash .ci/run $words
    expect_said ".ci/run --long"
done

echo "4. A label that no test has is an error"
mkdir -p "$place/labels"
sed 's|"binaryDir": "[^"]*"|"binaryDir": "'"$place/labels/build"'"|' "$1/CMakePresets.json" > "$place/labels/CMakePresets.json"
mkdir -p "$place/labels/build"
echo 'add_test(named "/bin/true")' > "$place/labels/build/CTestTestfile.cmake"
cd "$place/labels"
expect_exit 0 ctest --preset release -R named
code=0
ctest --preset release -L mistyped > "$place/said" 2>&1 || code=$?
[ "$code" != 0 ] || fail "ctest passed for a label that no test has: $(cat "$place/said")"
