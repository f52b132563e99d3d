#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/hash160.h"
#include "dash/primitives/uint256.h"

namespace p2pool::work {

/// Who is paid for a miner's shares, and how hard the miner wants them: connections with the same choice share one job.
struct PayoutChoice {
    dash::Hash160 pubkey_hash{};
    /// "/N" of the user name: a wish that the share chain's rules clip.
    std::optional<double> share_difficulty;

    friend auto operator<=>(const PayoutChoice&, const PayoutChoice&) = default;
};

/// Everything a share needs besides a miner's solution; opaque to the stratum side.
struct JobSource;

/// One piece of work as miners get it. Immutable, and shared by all connections with the same payout: each searches its
/// own part of the 8-byte nonce at the end of the coinbase (extranonce1 ‖ extranonce2). Thousands are held for minutes:
/// what is large, and seldom asked for, WorkSource makes from it.
struct Job {
    std::string id;  ///< 8 hex digits, unique while the job is held
    std::vector<dash::Uint256> merkle_branch;

    std::uint32_t version = 0;  ///< block version of the template
    dash::Uint256 previous_block;
    std::uint32_t bits = 0;
    std::uint32_t time = 0;      ///< header time offered
    std::uint32_t min_time = 0;  ///< earliest time the Dash chain accepts

    dash::Uint256 block_target;
    dash::Uint256 share_target;
    dash::Uint256 easiest_target;  ///< of what the job can win: a share, or a merge-mined block that is easier
    std::uint64_t work_event = 0;  ///< WorkSource::work_event() when the job was made

    std::shared_ptr<const JobSource> source;
};

using JobPtr = std::shared_ptr<const Job>;

/// A job's coinbase around its 8-byte nonce.
struct CoinbaseParts {
    dash::Bytes prefix;  ///< up to the nonce ("coinb1")
    dash::Bytes suffix;  ///< after it ("coinb2")
};

/// The latest header time that the Dash chain accepts: two hours ahead of its clock. That is dashd's, from which a
/// template's time comes; this machine's may be behind, and must then cost neither work nor a block.
[[nodiscard]] inline double latest_time(std::uint32_t template_time, double unix_now) {
    constexpr double kMostAhead = 7200;
    return std::max<double>(template_time, unix_now) + kMostAhead;
}
[[nodiscard]] inline double latest_time(const Job& job, double unix_now) {
    return latest_time(job.time, unix_now);
}

/// A miner's answer to a job.
struct Solution {
    std::uint64_t extranonce = 0;  ///< the 8 bytes between coinb1 and coinb2, read little-endian
    std::uint32_t time = 0;
    std::uint32_t nonce = 0;
    std::uint32_t version = 0;  ///< the whole header version, rolled bits included

    friend bool operator==(const Solution&, const Solution&) = default;
};

}  // namespace p2pool::work
