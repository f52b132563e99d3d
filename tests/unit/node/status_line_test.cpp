#include "p2pool/node/status_line.h"

#include <doctest/doctest.h>

namespace {

using p2pool::node::NodeStatus;
using p2pool::node::status_lines;
using p2pool::node::status_warnings;
using p2pool::node::won_block_lines;

std::string last_line(const NodeStatus& status) {
    return status_lines(status, *share_chain::find_network("dash_regtest")).back();
}

NodeStatus grown() {
    NodeStatus status;
    status.chain_height = 50;
    return status;
}

}  // namespace

TEST_CASE("votes for newer share versions are shown while there are any") {
    NodeStatus status = grown();
    CHECK(last_line(status).find("Votes") == std::string::npos);
    status.newer_votes = {{.version = 18, .proportion = 0.5}, {.version = 17, .proportion = 0.041}};
    CHECK(last_line(status) == " Votes for newer share versions: v18 50.0% v17 4.1%");
}

TEST_CASE("open files are told where they are known") {
    NodeStatus status = grown();
    const auto first_line = [&] { return status_lines(status, *share_chain::find_network("dash_regtest")).front(); };
    CHECK(first_line().find("FDs") == std::string::npos);
    status.open_files = {57, 2};
    CHECK(first_line() == "P2Pool: 50 shares in chain (0 verified/0 total) Peers: 0 (0 incoming) FDs: 57 R/2 W");
}

TEST_CASE("a chain that is too short for an archive is told") {
    using p2pool::node::archive_line;
    CHECK(archive_line(0, 4320) == "Chain height 0 <= 2*CHAIN_LENGTH (8640), no archival needed yet");
    CHECK(archive_line(200, 100) == "Chain height 200 <= 2*CHAIN_LENGTH (200), no archival needed yet");
    CHECK_FALSE(archive_line(201, 100));
}

TEST_CASE("a majority for a version that this node does not know is a warning") {
    NodeStatus status = grown();
    CHECK(status_warnings(status).empty());
    status.newer_votes = {{.version = 18, .proportion = 0.5}, {.version = 17, .proportion = 0.4}};
    CHECK(status_warnings(status).empty());
    status.newer_votes[0].proportion = 0.519;
    REQUIRE(status_warnings(status).size() == 1);
    CHECK(status_warnings(status)[0].rfind("A MAJORITY OF SHARES CONTAIN A VOTE FOR AN UNSUPPORTED SHARE "
                                           "IMPLEMENTATION! (v18 with 51% support)",
                                           0) == 0);
    status.chain_height = 2;  // two shares are no vote
    CHECK(status_warnings(status).empty());
}

TEST_CASE("dashd's own warnings, but for those that everybody has") {
    NodeStatus status;
    status.dashd_warnings = "Warning: unknown new rules activated (versionbit 28)";
    REQUIRE(status_warnings(status).size() == 1);
    CHECK(status_warnings(status)[0] == "(from dashd) Warning: unknown new rules activated (versionbit 28)");
    status.dashd_warnings = "This is a pre-release test build - use at your own risk";
    CHECK(status_warnings(status).empty());
    status.dashd_warnings = "Make sure to encrypt your wallet";
    CHECK(status_warnings(status).empty());
}

TEST_CASE("a dashd that is silent") {
    NodeStatus status;
    status.template_age_seconds = 59;
    CHECK(status_warnings(status).empty());
    status.template_age_seconds = 90;
    REQUIRE(status_warnings(status).size() == 1);
    CHECK(status_warnings(status)[0] == "LOST CONTACT WITH DASHD for 1.5 minutes! Check that it isn't frozen or dead!");
}

TEST_CASE("several payout addresses are shown each, and in all") {
    NodeStatus status = grown();
    status.payouts_if_block_now_duffs = {150'000'000, 0};
    const auto lines = status_lines(status, *share_chain::find_network("dash_regtest"));
    CHECK(lines[2].find(" Current payout: (1.5000)(0.0000)=1.5000 rDASH") != std::string::npos);
}

TEST_CASE("what is said of the pool's block") {
    dash::submission::WonBlock block;
    block.hash = dash::Uint256::from_hex("00000000000000ab" + std::string(48, '1'));
    block.height = 2'000'000;
    NodeStatus status;
    CHECK(won_block_lines(block, status, 5) ==
          std::vector<std::string>{"Recorded block 00000000000000ab at height 2000000 with pool hashrate 0.00 TH/s"});
    status.pool_hashes_per_second = 2.5e12;
    status.attempts_to_block = 2.5e12 * 7200;
    const auto first = won_block_lines(block, status, std::nullopt);
    REQUIRE(first.size() == 2);
    CHECK(first[0] == "Recorded block 00000000000000ab at height 2000000 with pool hashrate 2.50 TH/s");
    CHECK(first[1] == "BLOCK LUCK: (expected time to block: 2.0 hours)");
    CHECK(won_block_lines(block, status, 14'400)[1] ==
          "BLOCK LUCK: Luck: 50.0% (found in 4.0 hours, expected 2.0 hours)");
}
