#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "dash/submission/won_block.h"
#include "web/json_text.h"

namespace web {

/// What the chain made of a block, as people see it.
enum class BlockFate { kUnknown, kPending, kConfirmed, kOrphaned };
/// "unknown", "pending", "confirmed", "orphaned".
[[nodiscard]] std::string_view to_string(BlockFate fate);

/// An output of a block's coinbase.
struct BlockPayout {
    enum class Kind { kMiner, kPayment, kDonation };
    dash::Bytes script;
    std::uint64_t duffs = 0;
    Kind kind = Kind::kMiner;
};
[[nodiscard]] std::string_view to_string(BlockPayout::Kind kind);

/// A Dash block that the pool found.
struct FoundBlock {
    dash::Uint256 hash;
    dash::Uint256 share_hash;  ///< a share names its block: the same as `hash`, except in what the python node imported
    double found_at = 0;       ///< unix seconds
    std::uint32_t height = 0;  ///< 0: unknown
    std::string miner;         ///< address; empty: unknown
    std::optional<double> pool_hashes_per_second;
    std::optional<double> stale_proportion;
    std::optional<double> network_difficulty;
    std::optional<double> expected_seconds;
    std::optional<std::uint64_t> reward_duffs;
    std::vector<BlockPayout> payouts;  ///< empty: not known
    BlockFate fate = BlockFate::kUnknown;
    std::optional<std::int64_t> confirmations;
    bool chainlock = false;
    bool settled = false;   ///< the fate is final
    double checked_at = 0;  ///< when the chain was asked last
    std::optional<dash::submission::SubmissionReport> submission;

    /// How its submission fares. What an earlier run of the node sent stays told.
    void take(const dash::submission::SubmissionReport& report);
    [[nodiscard]] std::optional<std::uint32_t> known_height() const {
        return height > 0 ? std::optional(height) : std::nullopt;
    }
    /// 0xFFFF·2^208 by the hash, as the python node counts.
    [[nodiscard]] double hash_difficulty() const;
    /// Of the payouts, what goes to p2pool's miners and authors; nullopt when not known.
    [[nodiscard]] std::optional<std::uint64_t> miners_duffs() const;
};

/// How a block goes to the Dash network, as the API tells it.
[[nodiscard]] Json submission_json(const dash::submission::SubmissionReport& report);

/// As it is stored.
[[nodiscard]] Json to_record(const FoundBlock& block);
/// Throws DecodeError.
[[nodiscard]] FoundBlock from_record(const Json& record);
/// An entry of the python node's block_history.json; throws DecodeError.
[[nodiscard]] FoundBlock from_python(const Json& entry);

/// All blocks found, by time. Grows by one a found block and is never cut: that is history. Web thread.
class FoundBlocks {
  public:
    /// nullptr when it is there already.
    FoundBlock* add(FoundBlock block);
    [[nodiscard]] FoundBlock* find(const dash::Uint256& hash);
    [[nodiscard]] std::size_t size() const { return by_hash_.size(); }
    /// Newest first.
    [[nodiscard]] std::vector<const FoundBlock*> newest(std::size_t limit, double before = 1e18) const;
    /// Oldest first.
    [[nodiscard]] std::vector<const FoundBlock*> all() const;
    /// The one whose turn it is to be looked up in the chain; nullptr when none is due.
    [[nodiscard]] FoundBlock* due(double now);

  private:
    std::map<std::pair<double, dash::Uint256>, FoundBlock> by_time_;
    std::unordered_map<dash::Uint256, double> by_hash_;
};

}  // namespace web
