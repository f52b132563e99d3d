#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dash/primitives/wide.h"
#include "share_chain/forest.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

namespace share_chain {

class PayoutWindow;
class Tracker;

/// Where a share came from.
struct Source {
    std::string peer;  ///< "host:port"; empty = ourselves or the store
    /// The peer told of the share by itself, or named it as its best one: it has to know that it is good. Else it was
    /// asked for it by its name, and can give nothing else.
    bool vouches = true;
};

/// What the tracker needs to know of the world outside the share chain.
struct TrackerEnvironment {
    /// Height of a block minus the height of our dashd's best block; ≤ 0. Unknown blocks count as height 0 (python
    /// p2pool.node get_height_rel_highest). Unset: every block is the best.
    std::function<std::int64_t(const dash::Uint256& block_hash)> block_relative_height{};
    /// Serialized size of a known transaction; nullopt when it is not known. Unset: none is known.
    std::function<std::optional<std::size_t>(const dash::Uint256& txid)> transaction_size{};
    /// Checks a share against its ancestors, throws when it is not what the rules dictate. Unset: check_in_context.
    std::function<void(const Tracker& tracker, const Share& share)> check{};
    /// Memory for peers' shares that are not part of one of the best lines: anybody can send some that nothing connects
    /// to, if only he did some work for them. The longest chain, while it is downloaded, takes a fifth of this.
    std::size_t most_loose_bytes = 256U << 20;
};

/// How good a line is among those with another tail; greater is better. Shorter lines than CHAIN_LENGTH compare by
/// height.
struct ChainScore {
    std::uint64_t height = 0;               ///< at most CHAIN_LENGTH
    std::optional<double> work_per_second;  ///< from CHAIN_LENGTH on

    friend auto operator<=>(const ChainScore&, const ChainScore&) = default;
};

/// A verified head of the best tail, and what decides between them: work first, then the smaller punishment, then who
/// was seen first, then the greater hash.
struct RankedHead {
    dash::Uint256 hash;
    dash::Wide work;     ///< of its line without its last five shares, so that a fork is not decided by its first share
    int punishment = 0;  ///< −1: a block solution, preferred; 1: its parent is mined on instead; 0: neither
    double time_seen = 0;
};

/// What think() decided.
struct Decision {
    dash::Uint256 best;                    ///< zero: no chain
    std::vector<RankedHead> ranked_heads;  ///< best first
    struct Wanted {
        dash::Uint256 hash;
        std::string source;  ///< the peer who should have it; empty = anybody
    };
    std::vector<Wanted> wanted;            ///< parents to ask peers for, each once
    std::vector<std::string> misbehaving;  ///< peers who vouched for shares that failed their check, each once
    std::vector<dash::Uint256> newly_verified;
    std::vector<std::pair<dash::Uint256, std::string>> rejected;  ///< shares that failed just now, with the reason
    /// Of the shares that failed those that are gone, and what had to make room since the last time.
    std::vector<dash::Uint256> removed;
};

/// All shares the node knows, as a forest: which are verified, which is best. Single-threaded: lives on the node
/// thread. (python p2pool.data OkayTracker, p2pool.util.forest.)
///
/// Nobody is refused, since what nothing connects to yet may be the chain. When the shares beside the best lines take
/// too much memory, those go that are worth the least of it. (The reference keeps them all.) One half is for those with
/// the most work in their bytes, whoever sent them: to crowd out honest shares there takes more hashes than honest
/// miners have, and many addresses do not help. The other half is for all hosts in equal parts: to crowd out an honest
/// peer's shares there takes many addresses, and hashes do not help. Within its part a host's shares with the most work
/// stay, too.
class Tracker {
  public:
    explicit Tracker(const Network& network, TrackerEnvironment environment = {});
    ~Tracker();
    Tracker(const Tracker&) = delete;
    Tracker& operator=(const Tracker&) = delete;

    [[nodiscard]] const Network& network() const { return network_; }

    /// Adds a share; `time_seen` unix seconds, 0 for shares from the store. Others may have to make room for it:
    /// think() tells which. False when it is already there, or was worth less than all others.
    bool add(SharePtr share, double time_seen, const Source& source = {});
    /// Marks a share from the store as verified in an earlier run, so that its check is not repeated. Nothing when it
    /// is unknown.
    void trust(const dash::Uint256& hash);

    [[nodiscard]] SharePtr find(const dash::Uint256& hash) const;  ///< nullptr when unknown
    [[nodiscard]] bool contains(const dash::Uint256& hash) const { return all_.contains(hash); }
    [[nodiscard]] bool is_verified(const dash::Uint256& hash) const { return verified_.contains(hash); }
    [[nodiscard]] std::size_t size() const { return all_.size(); }
    [[nodiscard]] std::size_t verified_size() const { return verified_.size(); }

    /// Height, tail, work and min_work of the line that ends with this share. O(log n), like all queries below that
    /// give one answer.
    using Line = Forest::Line;
    [[nodiscard]] Line line(const dash::Uint256& hash) const { return all_.line(hash); }
    /// The same with verified shares only: its tail may be a known share that is not verified.
    [[nodiscard]] Line verified_line(const dash::Uint256& hash) const { return verified_.line(hash); }
    /// The n-th ancestor (0 = itself); the tail, zero at genesis, for n = height. Throws std::out_of_range when the
    /// line is shorter.
    [[nodiscard]] dash::Uint256 ancestor(const dash::Uint256& hash, std::uint64_t n) const {
        return all_.ancestor(hash, n);
    }
    [[nodiscard]] bool is_ancestor(const dash::Uint256& older, const dash::Uint256& younger) const;
    /// At most `count` shares of the line that ends with `start`, that one first; fewer when the line is shorter.
    [[nodiscard]] std::vector<SharePtr> chain(const dash::Uint256& start, std::uint64_t count) const;
    [[nodiscard]] std::vector<dash::Uint256> children(const dash::Uint256& hash) const { return all_.children(hash); }
    [[nodiscard]] std::vector<dash::Uint256> heads() const;
    [[nodiscard]] std::vector<dash::Uint256> verified_heads() const;
    [[nodiscard]] std::vector<dash::Uint256> tails() const;  ///< unknown parents
    [[nodiscard]] std::vector<dash::Uint256> verified_tails() const;
    [[nodiscard]] double time_seen(const dash::Uint256& hash) const;  ///< 0 when unknown
    /// The peer it came from; empty when unknown.
    [[nodiscard]] std::string source(const dash::Uint256& hash) const;

    /// The payout weights computed last, as a starting point for the next: a cache, so const (see payout_weights).
    [[nodiscard]] PayoutWindow& payout_window() const { return *payout_window_; }

    /// Verifies what can be verified and chooses the best share. `now` in unix seconds.
    [[nodiscard]] Decision think(double now);

    /// Removes dead heads and what is below every chain's need; returns the removed hashes. Call every few seconds,
    /// with what think() decided just before, then think() again.
    std::vector<dash::Uint256> prune(double now, const Decision& last);

    /// How good the line of this verified share is.
    [[nodiscard]] ChainScore score(const dash::Uint256& verified_head) const;

  private:
    /// So many lines are kept, whatever their age and size.
    static constexpr std::size_t kBestHeadsKept = 5;

    struct Entry {
        SharePtr share;
        double time_seen = 0;
        Source source;
        bool rejected = false;  ///< its check failed and would again: it depends on nothing but known ancestors
    };
    /// A parent to ask for.
    struct Want {
        std::string source;
        std::int64_t newest = 0;  ///< timestamp above it: stale lines are not worth asking for
    };
    using Wants = std::map<dash::Uint256, Want>;

    [[nodiscard]] const Entry* entry(const dash::Uint256& hash) const;
    void erase(const dash::Uint256& hash, std::vector<dash::Uint256>& removed);
    void erase_branch(const dash::Uint256& root, std::vector<dash::Uint256>& removed);

    /// A share that may have to make room.
    struct Loose {
        dash::Uint256 hash;
        std::string_view host;
        std::size_t bytes = 0;
        double work_per_byte = 0;
        double time_seen = 0;
    };
    [[nodiscard]] std::vector<Loose> loose_shares() const;  ///< worth most first
    [[nodiscard]] std::unordered_set<dash::Uint256> best_lines() const;
    void make_room_for(const Share& added);

    bool verify(const dash::Uint256& hash, Decision& decision);
    void verify_heads(Decision& decision, Wants& wants);
    [[nodiscard]] bool is_to_blame(const Entry& bad) const;
    void drop_rejected(const std::vector<dash::Uint256>& rejected, Decision& decision);
    void extend_verified_lines(Decision& decision, Wants& wants);
    void want(Wants& wants, const dash::Uint256& parent, const dash::Uint256& head, const Forest& forest) const;
    [[nodiscard]] std::vector<dash::Uint256> heads_of_best_tail() const;
    [[nodiscard]] dash::Uint256 young_ancestor(const dash::Uint256& head) const;
    [[nodiscard]] std::vector<RankedHead> ranked(const std::vector<dash::Uint256>& heads) const;  ///< best first
    [[nodiscard]] int punishment(const Share& share) const;

    void eat_dead_heads(double now, const Decision& last, std::vector<dash::Uint256>& removed);
    void drop_tails(std::vector<dash::Uint256>& removed);

    const Network& network_;
    TrackerEnvironment environment_;
    std::unordered_map<dash::Uint256, Entry> entries_;
    Forest all_;
    Forest verified_;
    std::set<dash::Uint256> unverified_;
    /// As think() ranked them last; at most kBestHeadsKept.
    std::vector<dash::Uint256> best_heads_;
    std::size_t bytes_since_made_room_ = 0;
    std::vector<dash::Uint256> made_room_;  ///< since the last think()
    std::unique_ptr<PayoutWindow> payout_window_;
};

}  // namespace share_chain
