#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "dash/primitives/block.h"
#include "dash/rpc/block_template.h"
#include "p2pool/work/aux_work.h"
#include "p2pool/work/job.h"
#include "share_chain/generation.h"
#include "share_chain/tracker.h"

namespace p2pool::work {

/// A template of dashd and when it came.
struct WorkTemplate {
    dash::rpc::BlockTemplate block;
    std::vector<dash::Uint256> txids;  ///< of block.transactions, in order
    double received_at = 0;            ///< steady seconds
    std::size_t left_out = 0;          ///< transactions that dashd had in it, and a block or peers could not take
    bool fits = true;                  ///< false: a block or peers cannot take it, and nothing could be left out
};
using WorkTemplatePtr = std::shared_ptr<const WorkTemplate>;

/// Limits the template to what a block with all payouts and peers can take, and precomputes what all its jobs share.
[[nodiscard]] WorkTemplatePtr make_work_template(dash::rpc::BlockTemplate block, const share_chain::Network& network,
                                                 double received_at);

/// What a job was made from: enough to turn a solution into a share or a block.
struct JobSource {
    WorkTemplatePtr work_template;
    share_chain::Generation generation;
    AuxTreePtr aux;  ///< null: nothing is merge-mined
};

struct JobRequest {
    WorkTemplatePtr work_template;
    AuxTreePtr aux;            ///< blocks of other chains to mine too; null: none
    dash::Uint256 best_share;  ///< zero: begin a chain
    dash::Hash160 pubkey_hash{};
    dash::Uint256 desired_share_target;
    double donation = 0;  ///< 0…1
    share_chain::StaleInfo stale_info = share_chain::StaleInfo::kNone;
    std::uint64_t work_event = 0;
    double now = 0;         ///< unix seconds
    double steady_now = 0;  ///< seconds of the clock that received_at is of
};

/// Makes jobs: coinbase script, share data, generation transaction. What does not depend on the payout address is made
/// once for a template and best share. Node thread only.
class JobBuilder {
  public:
    JobBuilder(const share_chain::Tracker& tracker, std::uint64_t seed);

    /// Throws DecodeError when the template breaks a rule of the share chain, e.g. payments above the subsidy.
    [[nodiscard]] JobPtr build(const JobRequest& request);

  private:
    void prepare(const JobRequest& request);
    [[nodiscard]] std::uint16_t rounded_donation(double donation);

    const share_chain::Tracker& tracker_;
    std::mt19937_64 random_;
    std::uint32_t next_id_;
    /// What the jobs of all payout groups share, and what it was made from.
    std::shared_ptr<const share_chain::Groundwork> groundwork_;
    WorkTemplatePtr groundwork_template_;
    AuxTreePtr groundwork_aux_;
    dash::Uint256 groundwork_parent_;
};

// What WorkSource tells of a job.
[[nodiscard]] CoinbaseParts coinbase_parts(const Job& job);
[[nodiscard]] dash::Uint256 merkle_root(const Job& job, std::uint64_t extranonce);
[[nodiscard]] std::vector<std::string> transaction_hex(const Job& job);

/// The header that a solution stands for.
[[nodiscard]] dash::BlockHeader assemble_header(const Job& job, const Solution& solution);

/// The whole block: header, coinbase with the solution's nonce, the template's transactions.
[[nodiscard]] dash::Bytes assemble_block(const Job& job, const Solution& solution);

/// The merge-mined blocks that a solution with this X11 hash makes.
[[nodiscard]] std::vector<AuxSolution> solved_aux_blocks(const Job& job, const Solution& solution,
                                                         const dash::Uint256& hash);

}  // namespace p2pool::work
