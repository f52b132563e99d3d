#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "dash/primitives/uint256.h"
#include "dash/primitives/wide.h"

namespace share_chain {

/// Shares as a forest: each names one parent, of which we may not know all (python p2pool.util.forest Tracker).
///
/// A share that is not here but is the parent of one is a "tail"; zero, the parent of the first share of a chain, is a
/// tail like any other. A share without children is a "head". Shares come in any order and go from both ends of a line.
///
/// Inside it is a link-cut tree (Sleator and Tarjan): every operation takes O(log n) steps, amortised, whatever the
/// shape of the forest and the order of arrival. Queries rearrange the tree, so even const members are for one thread
/// at a time.
class Forest {
  public:
    /// What a share adds to the sums of its line, each below 2^257.
    struct Effort {
        dash::Wide work;      ///< average attempts of its target
        dash::Wide min_work;  ///< average attempts of its max_target
    };

    /// From a share down to the oldest known ancestor, both counted.
    struct Line {
        std::uint64_t height = 0;
        dash::Uint256 tail;  ///< the unknown parent of the last
        dash::Wide work;
        dash::Wide min_work;
    };

    Forest() = default;
    Forest(const Forest&) = delete;
    Forest& operator=(const Forest&) = delete;

    /// False when it is already there. `hash` is not zero and `previous` is not one of its descendants: no share can
    /// name a hash that depends on its own.
    bool add(const dash::Uint256& hash, const dash::Uint256& previous, const Effort& effort);

    /// Removes a share at either end of its line: one that is a head, or whose parent is a tail. False, and nothing
    /// happens, when it is unknown or stands between two others.
    bool remove(dash::Uint256 hash);

    [[nodiscard]] bool contains(const dash::Uint256& hash) const;
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Height 0 and the hash itself as tail when it is unknown.
    [[nodiscard]] Line line(const dash::Uint256& hash) const;

    /// The n-th ancestor (0 = itself); the tail for n = height. Throws std::out_of_range above that.
    [[nodiscard]] dash::Uint256 ancestor(const dash::Uint256& hash, std::uint64_t n) const;

    /// True for a share and itself, and for a line's tail.
    [[nodiscard]] bool is_ancestor(const dash::Uint256& older, const dash::Uint256& younger) const;

    /// The known shares whose parent is `hash`, known or not; ascending.
    [[nodiscard]] std::vector<dash::Uint256> children(const dash::Uint256& hash) const;

    [[nodiscard]] const std::set<dash::Uint256>& heads() const { return heads_; }
    [[nodiscard]] const std::set<dash::Uint256>& tails() const { return tails_; }

  private:
    /// Sums over lines of up to 2^62 shares.
    using Sum = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
        320, 320, boost::multiprecision::unsigned_magnitude, boost::multiprecision::unchecked, void>>;
    struct Totals {
        std::uint64_t shares = 0;
        Sum work;
        Sum min_work;
    };

    /// A share, or a tail (the root of its tree). Lines are cut into paths; a path is a splay tree ordered by depth.
    struct Node {
        const dash::Uint256* hash = nullptr;
        Node* previous = nullptr;  ///< in the forest; null for a tail
        Node* first_child = nullptr;
        Node* next_sibling = nullptr;
        Node* previous_sibling = nullptr;

        Node* up = nullptr;  ///< in the splay tree; at its root, the node that the path hangs from
        Node* older = nullptr;
        Node* younger = nullptr;
        Totals own;    ///< all zero for a tail
        Totals total;  ///< of the splay subtree

        [[nodiscard]] bool is_tail() const { return previous == nullptr; }
        [[nodiscard]] bool is_path_root() const { return up == nullptr || (up->older != this && up->younger != this); }
        void update();
    };

    static void rotate(Node& node);
    static void splay(Node& node);
    static void expose(Node& node);
    static void cut(Node& node);
    static Node& oldest(Node& exposed);
    static void attach_child(Node& parent, Node& child);
    static void detach_child(Node& parent, Node& child);

    [[nodiscard]] Node* find(const dash::Uint256& hash) const;
    Node& find_or_create(const dash::Uint256& hash);
    void erase(Node& node);

    mutable std::unordered_map<dash::Uint256, Node> nodes_;
    std::set<dash::Uint256> heads_;
    std::set<dash::Uint256> tails_;
    std::size_t size_ = 0;
};

}  // namespace share_chain
