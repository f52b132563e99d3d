#include "p2pool/node/status_line.h"

#include <doctest/doctest.h>

namespace {

using p2pool::node::NodeStatus;
using p2pool::node::status_lines;
using p2pool::node::status_warnings;

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
