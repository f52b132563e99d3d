#include "dash/submission/spool.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "dash/util/error.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"
#include "tests/support/random.h"
#include "tests/unit/submission/numbered_block.h"

namespace {

using namespace dash::submission;
using dash::Bytes;
using dash::Uint256;
using submission_tests::numbered_block;
namespace fs = std::filesystem;

struct SpoolPlace {
    tests::TemporaryFolder folder{"spool"};
    fs::path database = folder.path() / "p2pool.sqlite3";
    fs::path file = folder.path() / "p2pool.sqlite3.won";
};

std::vector<Uint256> hashes(const std::vector<WonBlock>& blocks) {
    std::vector<Uint256> hashes;
    for (const WonBlock& won : blocks)
        hashes.push_back(won.hash);
    return hashes;
}

std::vector<Uint256> left_over(const SpoolPlace& place) {
    return hashes(Spool(place.database).left_over());
}

}  // namespace

TEST_CASE("a block waits whole until it is settled") {
    const SpoolPlace place;
    {
        Spool spool(place.database);
        CHECK(spool.left_over().empty());
        spool.add(numbered_block(1));
        spool.add(numbered_block(2, 100'000));
    }
    {
        Spool spool(place.database);
        REQUIRE(spool.left_over().size() == 2);
        const WonBlock& second = spool.left_over()[1];
        CHECK(second.hash == Uint256(2));
        CHECK(second.height == 1002);
        CHECK(*second.bytes == Bytes(100'000, 2));
        CHECK(second.finder == "yAddress.worker");
        CHECK(second.found_at == 1'700'000'002.25);
        spool.settled(Uint256(2));
        CHECK(fs::file_size(place.file) > 0);
        spool.settled(Uint256(1));
        CHECK(fs::file_size(place.file) == 0);
        spool.add(numbered_block(3));
        spool.settled(Uint256(4));
    }
    CHECK(left_over(place) == std::vector<Uint256>{Uint256(3)});
}

TEST_CASE("what a death cut off hides neither what was whole nor what comes later") {
    const SpoolPlace place;
    Spool(place.database).add(numbered_block(1));
    const std::uintmax_t whole = fs::file_size(place.file);
    Spool(place.database).add(numbered_block(2));
    const std::uintmax_t both = fs::file_size(place.file);
    std::ifstream stream(place.file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    for (std::uintmax_t cut = whole; cut < both; ++cut) {
        std::ofstream(place.file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(cut));
        Spool spool(place.database);
        REQUIRE(hashes(spool.left_over()) == std::vector<Uint256>{Uint256(1)});
        spool.add(numbered_block(3));
        REQUIRE(left_over(place) == std::vector<Uint256>{Uint256(1), Uint256(3)});
    }
}

TEST_CASE("damage anywhere in the file costs blocks, not the start") {
    const SpoolPlace place;
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::uint64_t i = 1; i <= 5; ++i)
        Spool(place.database).add(numbered_block(i));
    std::ifstream stream(place.file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    for (int round = 0; round < 200; ++round) {
        std::string damaged = content;
        damaged[random.below(damaged.size())] ^= static_cast<char>(1 + random.below(255));
        std::ofstream(place.file, std::ios::binary) << damaged;
        const std::vector<Uint256> found = left_over(place);
        REQUIRE(found.size() < 5);
        for (std::size_t i = 0; i < found.size(); ++i)
            REQUIRE(found[i] == Uint256(i + 1));
    }
}

TEST_CASE("a full disk is told, and the blocks before and after it stay readable") {
    const SpoolPlace place;
    Spool spool(place.database);
    spool.add(numbered_block(1));
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    rlimit small = before;
    small.rlim_cur = fs::file_size(place.file) + 500;
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK_THROWS_AS(spool.add(numbered_block(2, 5000)), dash::Error);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    ::signal(SIGXFSZ, handler);
    spool.add(numbered_block(3));
    CHECK(left_over(place) == std::vector<Uint256>{Uint256(1), Uint256(3)});
}
