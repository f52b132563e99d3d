#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dash/p2p/framing.h"
#include "p2pool/peers/messages.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

namespace tests {

/// What attackers say to a node: messages made up and messages bent, shares they heard of and shares made from these.
/// On an easy network (dash_regtest) the latter have enough work.
class Arsenal {
  public:
    Arsenal(const share_chain::Network& network, std::uint64_t seed);

    /// Names what an attack is, for the report.
    struct Shot {
        std::string_view kind;
        dash::Bytes bytes;
    };
    [[nodiscard]] Shot next();
    /// Of those only what costs nobody his connection.
    [[nodiscard]] Shot next_lawful();

    /// The start of a conversation as it should be, and a request for shares to bend.
    [[nodiscard]] dash::Bytes greeting();
    [[nodiscard]] dash::Bytes ask_for_shares(const dash::Uint256& best);
    /// Takes shares and names out of what the node says.
    void heard(const dash::p2p::Frame& frame);

    [[nodiscard]] std::size_t shares_heard() const { return shares_.size(); }
    [[nodiscard]] std::mt19937_64& random() { return random_; }

  private:
    using Payload = std::pair<std::string_view, dash::Bytes>;

    [[nodiscard]] std::size_t below(std::size_t bound) { return random_() % bound; }
    [[nodiscard]] dash::Bytes bytes(std::size_t size);
    [[nodiscard]] dash::Uint256 number();
    [[nodiscard]] dash::Uint256 name();  ///< known to the node, or not
    [[nodiscard]] std::vector<dash::Uint256> names(std::size_t most);
    [[nodiscard]] p2pool::peers::KnownTransaction transaction(std::size_t most_bytes);
    [[nodiscard]] share_chain::SharePtr known_share() { return shares_[below(shares_.size())]; }

    void learn(const std::vector<share_chain::TypedContents>& shares);
    void bend(dash::Bytes& bytes);
    /// A share heard of, changed where `change` says, as a message carries it.
    [[nodiscard]] share_chain::TypedContents changed_share(
        const std::function<void(share_chain::ShareContents&)>& change);
    [[nodiscard]] Payload shares(std::size_t most, const std::function<share_chain::TypedContents()>& make);

    [[nodiscard]] Payload any_message();
    [[nodiscard]] Payload old_shares();
    [[nodiscard]] Payload orphans();
    [[nodiscard]] Payload wrong_shares();
    [[nodiscard]] Payload bent_shares();
    [[nodiscard]] Payload request(std::size_t least_names);
    [[nodiscard]] Payload transactions();
    [[nodiscard]] Payload addresses();
    [[nodiscard]] Payload best_block();
    [[nodiscard]] Payload handshake();
    [[nodiscard]] dash::Bytes frame(const Payload& payload) const;

    const share_chain::Network& network_;
    std::mt19937_64 random_;
    std::vector<share_chain::SharePtr> shares_;  ///< at most kMostShares
    std::deque<dash::Uint256> names_;            ///< at most kMostNames
    std::deque<dash::Uint256> remembered_;       ///< at most kMostNames
};

}  // namespace tests
