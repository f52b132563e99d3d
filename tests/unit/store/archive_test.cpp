#include "share_chain/store/archive.h"

#include <doctest/doctest.h>

#include "dash/util/error.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

using share_chain::store::write_archive;

namespace {

constexpr share_chain::store::ArchiveHeading kHeading{
    .unix_seconds = 1'700'000'000, .reason = "periodic", .chain_height = 8700, .active_shares = 8640};

}  // namespace

TEST_CASE("an archive file is as the python node writes it") {
    const tests::TemporaryFolder folder("p2pool-archive");
    const auto file = write_archive(folder.path() / "share_archive", kHeading,
                                    {{dash::Uint256(0xab), 1'690'000'000, true}, {dash::Uint256(1), 5, false}});
    CHECK(file == folder.path() / "share_archive" / "shares_1700000000.txt");
    CHECK(tests::read_text(file) ==
          "# P2Pool Share Archive - Created: 2023-11-14 22:13:20 UTC\n"
          "# Reason: periodic\n"
          "# Chain height: 8700, Shares in active chain: 8640\n"
          "# Format: share_hash timestamp verified\n"
          "\n"
          "00000000000000000000000000000000000000000000000000000000000000ab 1690000000 verified\n"
          "0000000000000000000000000000000000000000000000000000000000000001 5 unverified");
}

TEST_CASE("an archive file never replaces another") {
    const tests::TemporaryFolder folder("p2pool-archive");
    CHECK(write_archive(folder.path(), kHeading, {}) != write_archive(folder.path(), kHeading, {}));
}

TEST_CASE("a folder that cannot be made is an error") {
    CHECK_THROWS_AS(write_archive("/proc/no/such/folder", kHeading, {}), dash::Error);
}
