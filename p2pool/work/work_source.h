#pragma once

#include <cstdint>
#include <string>

#include "dash/primitives/uint256.h"
#include "p2pool/work/job.h"

namespace p2pool::work {

/// What a solution's hash is good for.
struct Evaluation {
    dash::Uint256 hash;
    bool is_block = false;  ///< met the block target: already handed to the submission pipeline (once)
    bool is_share = false;  ///< meets the share target
};

/// A worker as the statistics know it.
struct Worker {
    std::string name;  ///< "ADDRESS" or "ADDRESS.worker", or what the user called himself
    dash::Hash160 payout_hash{};
    std::string user_name{};  ///< as the miner wrote it, with its options
};

/// The node as the worker port sees it: gives jobs, takes solutions. Node thread only.
class WorkSource {
  public:
    virtual ~WorkSource() = default;

    /// The current job of a payout group, built on first request after a change; nullptr when there is no work to give
    /// (no_work_reason() tells why, in words for the miner).
    [[nodiscard]] virtual JobPtr job(const PayoutChoice& choice) = 0;
    [[nodiscard]] virtual std::string no_work_reason() const = 0;

    // What a job of this source is about, made anew at each call.
    [[nodiscard]] virtual CoinbaseParts coinbase(const Job& job) const = 0;
    /// Of the header with this nonce in the coinbase; cheap.
    [[nodiscard]] virtual dash::Uint256 merkle_root(const Job& job, std::uint64_t extranonce) const = 0;
    /// Hex of the block's other transactions.
    [[nodiscard]] virtual std::vector<std::string> transaction_hex(const Job& job) const = 0;

    /// Who is paid when a user name holds no address, and, for a part of all jobs that the operator's fee sets, instead
    /// of the miner.
    [[nodiscard]] virtual PayoutChoice apply_fee(const PayoutChoice& choice) = 0;
    [[nodiscard]] virtual dash::Hash160 node_payout_hash() = 0;

    /// Counts the events (new block, new best share, new merged work) that make earlier jobs old. Refreshes do not
    /// count.
    [[nodiscard]] virtual std::uint64_t work_event() const = 0;

    /// Assembles the header and hashes it (one X11). A solution that meets the block target and is valid for Dash is
    /// submitted here, before anything else is looked at, and whatever becomes of the answer; the same block twice is
    /// submitted once.
    [[nodiscard]] virtual Evaluation evaluate(const JobPtr& job, const Solution& solution, const Worker& worker) = 0;

    /// Called after evaluate() for a solution that is to count: makes the share when it is one, and credits the worker
    /// with work at `credited_target`. `late`: the job was more than kLateEvents work events old (dead on arrival).
    virtual void accept(const JobPtr& job, const Solution& solution, const Evaluation& evaluation, const Worker& worker,
                        const dash::Uint256& credited_target, bool late) = 0;
};

/// A solution for a job this many work events old is still in time.
constexpr std::uint64_t kLateEvents = 3;

}  // namespace p2pool::work
