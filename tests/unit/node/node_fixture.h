#pragma once

#include <cstdint>
#include <vector>

#include "dash/rpc/block_template.h"
#include "dash/x11/x11.h"
#include "p2pool/node/node.h"
#include "p2pool/work/job_builder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/vectors.h"

namespace node_tests {

using p2pool::node::Node;
using p2pool::work::JobPtr;
using p2pool::work::PayoutChoice;
using p2pool::work::Solution;
using p2pool::work::Worker;

/// A template that a real Dash Core gave on regtest, with six transactions, three of which depend on each other.
inline dash::rpc::BlockTemplate recorded_template() {
    return dash::rpc::parse_block_template(tests::load_recording("gbt/20_mempool_txs_dependents_h670.json"));
}

/// Wants the easiest shares there are, however many he makes.
inline PayoutChoice miner(std::uint8_t number) {
    PayoutChoice choice;
    choice.pubkey_hash.fill(number);
    choice.share_difficulty = 0;
    return choice;
}

/// A node on regtest, and what it told its owner.
class Fixture {
  public:
    explicit Fixture(double fee = 0, double donation = 0) : node(settings(fee, donation), clock) {
        clock.set_unix_seconds(recorded_template().time);
        node.set_events({.on_work_changed = [this](bool clean) { work_changes.push_back(clean); },
                         .on_block_won = [this](dash::submission::WonBlock block) { won.push_back(std::move(block)); },
                         .on_shares_added = [this] { node.settle(); },
                         .on_decision = {}});
    }

    /// A solution whose hash is at most `at_most` and more than `above`.
    Solution solve(const JobPtr& job, const dash::Uint256& at_most, const dash::Uint256& above = {}) {
        Solution solution{.extranonce = next_extranonce++, .time = job->time, .nonce = 0, .version = job->version};
        for (;; ++solution.nonce) {
            const dash::Uint256 hash =
                dash::x11::hash_number(p2pool::work::assemble_header(*job, solution).serialize());
            if (hash <= at_most && hash > above) return solution;
        }
    }
    Solution share_without_block(const JobPtr& job) { return solve(job, dash::Uint256::max(), job->block_target); }

    void submit(const JobPtr& job, const Solution& solution, bool late = false) {
        const auto evaluation = node.evaluate(job, solution, worker);
        node.accept(job, solution, evaluation, worker, job->share_target, late);
    }

    tests::ManualClock clock;
    std::vector<bool> work_changes;
    std::vector<dash::submission::WonBlock> won;
    Node node;
    Worker worker{.name = "tester", .payout_hash = {}};
    std::uint64_t next_extranonce = 1;

  private:
    static p2pool::node::NodeSettings settings(double fee, double donation) {
        p2pool::node::NodeSettings settings;
        settings.network = share_chain::find_network("dash_regtest");
        settings.payout_hashes.resize(1);
        settings.payout_hashes[0].fill(0xaa);
        settings.fee = fee;
        settings.donation = donation;
        settings.random_seed = 1;
        return settings;
    }
};

}  // namespace node_tests
