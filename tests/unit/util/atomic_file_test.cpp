#include "dash/util/atomic_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "dash/util/error.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

namespace {

TEST_CASE("a file is made, then replaced, and nothing else is left beside it") {
    const tests::TemporaryFolder folder("atomic_file");
    const auto file = folder.path() / "addrs";
    dash::write_file_atomically(file, "[1]");
    CHECK(tests::read_text(file) == "[1]");
    dash::write_file_atomically(file, "[]");
    CHECK(tests::read_text(file) == "[]");
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a file that cannot be written keeps what it had, and the error names it") {
    const tests::TemporaryFolder folder("atomic_file");
    const auto file = folder.path() / "addrs";
    dash::write_file_atomically(file, "old");
    std::filesystem::create_directory(folder.path() / "addrs.new");  // where the new content would go
    CHECK_THROWS_WITH_AS(dash::write_file_atomically(file, "new"), doctest::Contains("addrs"), dash::Error);
    CHECK(tests::read_text(file) == "old");
}

TEST_CASE("what an earlier crash left does not get into the file") {
    const tests::TemporaryFolder folder("atomic_file");
    const auto file = folder.path() / "addrs";
    std::ofstream(folder.path() / "addrs.new") << "half of something much longer";
    dash::write_file_atomically(file, "whole");
    CHECK(tests::read_text(file) == "whole");
}

}  // namespace
