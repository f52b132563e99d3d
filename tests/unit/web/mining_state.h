#pragma once

#include <string>
#include <vector>

#include "dash/submission/won_block.h"
#include "web/model/facts.h"
#include "web/snapshot.h"

namespace web_tests {

/// Payout addresses of the mining state.
extern const char* const kMinerAddress;
extern const char* const kOperatorAddress;

/// What a node tells its web side: a share chain of 40 shares of regtest, the last of them ours, two miners with work,
/// a peer, and two won blocks, of which the newer is the last share.
struct MiningState {
    web::SnapshotPtr snapshot;
    web::Happenings happenings;
    std::vector<dash::submission::WonBlock> blocks;  ///< oldest first
    std::string best_share;
};

/// `third_worker`: a name of one more worker; empty: none.
[[nodiscard]] MiningState mining_state(const web::NodeFacts& facts, double now, const std::string& third_worker = {});

}  // namespace web_tests
