#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "web/snapshot.h"

namespace web {

/// The shares that the node knows, as pages look at them; follows what the node tells. Bounded as the node's tracker
/// is. Web thread.
class ShareIndex {
  public:
    struct Entry {
        share_chain::SharePtr share;
        double time_seen = 0;  ///< 0: from the store
        std::string source;
        bool verified = false;
    };

    void apply(const ShareChange& change);

    /// nullptr when unknown.
    [[nodiscard]] const Entry* find(const dash::Uint256& hash) const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// Known shares that name this one as their parent.
    [[nodiscard]] std::vector<dash::Uint256> children(const dash::Uint256& hash) const;
    /// At most `count` shares of the line that ends with `hash`, that one first.
    [[nodiscard]] std::vector<const Entry*> line(const dash::Uint256& hash, std::uint64_t count) const;

    /// Shares without children; with `verified`, verified shares without verified children.
    [[nodiscard]] std::vector<dash::Uint256> heads(bool verified) const;
    /// Shares whose parent is not known; with `verified`, verified shares whose parent is not verified.
    [[nodiscard]] std::vector<dash::Uint256> tails(bool verified) const;

    /// The block's transactions after the coinbase; empty when shares that announced them are not known.
    [[nodiscard]] std::vector<dash::Uint256> transactions(const share_chain::Share& share) const;

  private:
    [[nodiscard]] bool has_child(const dash::Uint256& hash, bool verified) const;

    std::unordered_map<dash::Uint256, Entry> entries_;
    std::unordered_map<dash::Uint256, std::vector<dash::Uint256>> children_;
};

}  // namespace web
