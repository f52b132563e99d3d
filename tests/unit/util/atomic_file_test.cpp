#include "dash/util/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "dash/util/error.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
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

TEST_CASE("a writer that is killed at any moment leaves the old content or the new one") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const tests::TemporaryFolder folder("atomic_file");
    const auto file = folder.path() / "broadcast_peers.json";
    dash::write_file_atomically(file, "1.");
    constexpr std::size_t kMostBytes = 200'000;
    for (int round = 0; round < 20; ++round) {
        const pid_t writer = ::fork();
        if (writer == 0) {
            for (std::size_t i = 0;; ++i) {
                const std::size_t size = 1 + i * 7919 % kMostBytes;
                dash::write_file_atomically(file, std::to_string(size) + std::string(size, '.'));
            }
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(30'000)));
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        const std::string content = tests::read_text(file);
        const std::size_t digits = content.find('.');
        REQUIRE(digits != std::string::npos);
        CHECK(content.size() - digits == std::stoul(content));
    }
}

}  // namespace
