#include "share_chain/store/share_files.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "dash/util/error.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
#include "tests/support/regtest.h"
#include "tests/unit/store/made_chain.h"

namespace {

namespace fs = std::filesystem;
using namespace share_chain::store;
using share_chain::SharePtr;

struct Read {
    std::vector<dash::Uint256> shares;
    std::vector<dash::Uint256> verified;
    std::vector<std::uint64_t> problem_lines;
};

Read read(const std::vector<fs::path>& files) {
    Read found;
    ShareFileEvents events;
    events.on_share = [&](const SharePtr& share) { found.shares.push_back(share->hash); };
    events.on_verified = [&](const dash::Uint256& hash) { found.verified.push_back(hash); };
    events.on_problem = [&](const fs::path&, std::uint64_t line, const std::string&) {
        found.problem_lines.push_back(line);
    };
    read_share_files(files, tests::regtest(), events);
    return found;
}

}  // namespace

TEST_CASE("what is written is read again, over several files") {
    const tests::TemporaryFolder folder("p2pool-files");
    tests::Random random;
    const auto chain = tests::made_chain(tests::regtest(), 300, 1'700'000'000, random);
    std::vector<dash::Uint256> hashes;
    std::vector<dash::Uint256> verified;
    std::uint64_t files = 0;
    {
        ShareFileWriter writer(folder.path() / "new");
        // The same shares again and again: two files and a bit.
        for (int round = 0; round < 60; ++round) {
            for (const SharePtr& share : chain) {
                hashes.push_back(share->hash);
                if (hashes.size() % 3 == 0) verified.push_back(share->hash);
                writer.add(*share, hashes.size() % 3 == 0);
            }
        }
        writer.finish();
        files = writer.files();
    }
    const auto found = find_share_files(folder.path() / "new");
    REQUIRE(found.size() == files);
    CHECK(files >= 2);
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].filename() == "shares." + std::to_string(i));
        if (i + 1 < found.size()) CHECK(fs::file_size(found[i]) >= 10'000'000);
        CHECK(fs::file_size(found[i]) < 10'100'000);
    }
    const Read again = read(found);
    CHECK(again.shares == hashes);
    CHECK(again.verified == verified);
    CHECK(again.problem_lines.empty());
}

TEST_CASE("share files are not mixed with others") {
    const tests::TemporaryFolder folder("p2pool-files");
    std::ofstream(folder.path() / "shares.4") << "\n";
    CHECK_THROWS_AS(ShareFileWriter(folder.path()), dash::ConfigError);
    CHECK_THROWS_AS(ShareFileWriter("/proc/no/such/folder"), dash::ConfigError);
}

TEST_CASE("files are found by their numbers and taken in that order") {
    const tests::TemporaryFolder folder("p2pool-files");
    for (const char* name : {"shares.10", "shares.9", "shares.x", "shares.", "shares.1.bak", "ashares.1", "shares.-1"})
        std::ofstream(folder.path() / name) << "\n";
    const auto files = find_share_files(folder.path());
    REQUIRE(files.size() == 2);
    CHECK(files[0].filename() == "shares.9");
    CHECK(find_share_files(folder.path() / "missing").empty());
}

TEST_CASE("a damaged line is told with its number, and costs nothing but itself") {
    const tests::TemporaryFolder folder("p2pool-files");
    tests::Random random;
    INFO(random.how_to_repeat());
    const auto chain = tests::made_chain(tests::regtest(), 50, 1'700'000'000, random);
    {
        ShareFileWriter writer(folder.path());
        for (const SharePtr& share : chain)
            writer.add(*share, false);
        writer.finish();
    }
    std::ifstream file(folder.path() / "shares.0");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    const std::size_t hit = random.below(lines.size());
    std::string& line = lines[hit];
    SUBCASE("cut off") {
        line.resize(random.below(line.size() / 2) * 2 + 1);
    }
    SUBCASE("a digit that is none") {
        line[2 + random.below(line.size() - 2)] = 'g';
    }
    SUBCASE("an unknown kind") {
        line[0] = '7';
    }
    const fs::path damaged = folder.path() / "shares.1";
    {
        std::ofstream out(damaged);
        for (const std::string& each : lines)
            out << each << "\n";
    }
    const Read found = read({damaged});
    CHECK(found.shares.size() == chain.size() - 1);
    CHECK(found.problem_lines == std::vector<std::uint64_t>{hit + 1});
}

TEST_CASE("a file that cannot be read at all is told to the operator") {
    CHECK_THROWS_AS(read({"/no/such/shares.0"}), dash::ConfigError);
    CHECK_THROWS_AS(read({"/proc"}), dash::ConfigError);
}

TEST_CASE("verified marks are numbers as Python reads them") {
    const tests::TemporaryFolder folder("p2pool-files");
    std::ofstream(folder.path() / "shares.0")
        << "2 ff\n2 0xFF\n2 +0Xff\n+2 00ff\n2 0\n2 -1\n2 0x\n2 \n2 1" << std::string(64, '0') << "\n2 f_f\n--2 ff\n";
    const Read found = read(find_share_files(folder.path()));
    const dash::Uint256 ff(255);
    CHECK(found.verified == std::vector<dash::Uint256>{ff, ff, ff, ff, dash::Uint256()});
    CHECK(found.problem_lines == std::vector<std::uint64_t>{6, 7, 8, 9, 10, 11});
}
