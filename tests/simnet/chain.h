#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/util/clock.h"
#include "tests/simnet/coins.h"
#include "tests/simnet/evo_state.h"
#include "tests/simnet/reject.h"
#include "tests/simnet/rules.h"

namespace simnet {

/// One header of the block tree, with its block when that has come.
struct BlockEntry {
    dash::BlockHeader header;
    dash::Uint256 hash;  ///< X11
    std::uint32_t height = 0;
    std::uint64_t work = 0;  ///< of this block and all below it
    BlockEntry* parent = nullptr;
    std::shared_ptr<const dash::Block> block;
    std::size_t block_bytes = 0;
    bool failed = false;                    ///< it or a block below it is invalid
    bool conflicting = false;               ///< a ChainLock excludes it
    bool connected = false;                 ///< was on the active chain at some time: fully validated
    std::int64_t arrival = 0;               ///< of equal work, the lowest wins; made negative by preciousblock
    std::shared_ptr<const EvoState> state;  ///< after the block, once it was needed
    BlockUndo undo;
};

/// What became of a block that was handed in.
struct Outcome {
    enum class Kind {
        kConnected,  ///< valid and on the active chain
        kStored,     ///< not validated: another branch has more work, or as much and came first
        kKnown,      ///< nothing new, or not wanted
        kRejected,
    };
    Kind kind = Kind::kKnown;
    std::string reason;  ///< of kRejected

    /// In the words of submitblock (BIP 22): nullopt is JSON null, accepted.
    [[nodiscard]] Reject submit_result() const;
};

/// The block tree of one daemon, its active chain, and the coins of that chain. All on one thread.
class Chain {
  public:
    Chain(const Rules& rules, const dash::Clock& clock);
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    [[nodiscard]] const Rules& rules() const { return rules_; }
    [[nodiscard]] const BlockEntry& tip() const { return *active_.back(); }
    [[nodiscard]] const BlockEntry* find(const dash::Uint256& hash) const;
    /// On the active chain; nullptr above its tip.
    [[nodiscard]] const BlockEntry* at_height(std::uint32_t height) const;
    [[nodiscard]] bool is_active(const BlockEntry& entry) const { return at_height(entry.height) == &entry; }
    /// Tips of all branches, the highest first, as getchaintips gives them.
    [[nodiscard]] std::vector<const BlockEntry*> branch_tips() const;
    /// The highest block of the active chain that is also below `entry`.
    [[nodiscard]] const BlockEntry& fork_point(const BlockEntry& entry) const;
    [[nodiscard]] const CoinSet& coins() const { return coins_; }

    [[nodiscard]] Network& network() { return network_; }
    [[nodiscard]] const Network& network() const { return network_; }
    [[nodiscard]] std::uint32_t now() const;

    /// Of the eleven blocks up to this one.
    [[nodiscard]] static std::uint32_t median_time_past(const BlockEntry& entry);
    /// For the block above `parent`.
    [[nodiscard]] EvoContext evo_context(const BlockEntry& parent) const;
    /// After `entry`, computed from its blocks when it was never connected.
    [[nodiscard]] std::shared_ptr<const EvoState> evo_state(const BlockEntry& entry);

    /// submitblock: nullopt is accepted.
    [[nodiscard]] Reject submit(std::shared_ptr<const dash::Block> block);
    /// A block from a peer. `requested`: it answers a getdata; otherwise one with less work than the tip is not looked
    /// at.
    Outcome accept_block(std::shared_ptr<const dash::Block> block, bool requested);
    /// Takes one header; the reason is set when it is refused, the entry otherwise.
    BlockEntry* accept_header(const dash::BlockHeader& header, Reject& reason);
    /// getblocktemplate in proposal mode.
    [[nodiscard]] Reject propose(const dash::Block& block);

    /// Makes a block win against others of equal work. False when the block is unknown.
    bool make_precious(const dash::Uint256& hash);
    /// The masternodes lock the block: branches without it become conflicting. False when the block is unknown or its
    /// branch cannot be activated.
    bool lock(const dash::Uint256& hash, const BlsSignature& signature);

    /// Called after the active tip changed: what was disconnected (highest first) and connected (lowest first).
    using TipListener = std::function<void(const std::vector<const BlockEntry*>& disconnected,
                                           const std::vector<const BlockEntry*>& connected)>;
    void on_new_tip(TipListener listener) { listeners_.push_back(std::move(listener)); }

  private:
    BlockEntry& insert(const dash::BlockHeader& header, const dash::Uint256& hash, BlockEntry* parent);
    void add_genesis();
    Reject check_new_header(const dash::BlockHeader& header, const dash::Uint256& hash, BlockEntry*& parent);
    Reject accept_known_header(const BlockEntry& entry) const;
    void activate_best();
    [[nodiscard]] BlockEntry* best_candidate();
    [[nodiscard]] Reject connect(BlockEntry& entry);
    void disconnect_tip();
    bool switch_to(BlockEntry& target);
    void mark_descendants(BlockEntry& root, bool BlockEntry::*flag);
    [[nodiscard]] bool contradicts_lock(const BlockEntry& parent, const dash::Uint256& hash) const;

    Rules rules_;
    const dash::Clock& clock_;
    Network network_;
    std::unordered_map<dash::Uint256, std::unique_ptr<BlockEntry>> entries_;
    std::vector<BlockEntry*> active_;
    CoinSet coins_;
    std::int64_t arrivals_ = 0;
    std::int64_t precious_ = 0;
    dash::Uint256 checked_hash_;  ///< the block whose validation is awaited …
    Reject checked_reason_;       ///< … and why it failed
    std::vector<TipListener> listeners_;
};

/// The ancestor at `height`, at most that of `entry`.
[[nodiscard]] const BlockEntry& ancestor(const BlockEntry& entry, std::uint32_t height);

}  // namespace simnet
