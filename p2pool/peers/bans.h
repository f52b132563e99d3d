#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "dash/util/clock.h"
#include "p2pool/peers/peer_address.h"

namespace p2pool::peers {

/// Hosts that are kept out for a while; only in memory. This machine (127.0.0.0/8, ::1) never is. An IPv6 host stands
/// for its /64, which one subscriber has for himself.
class Bans {
  public:
    static constexpr std::size_t kMostBans = 10'000;

    explicit Bans(const dash::Clock& clock) : clock_(clock) {}

    void ban(const PeerAddress& address, double seconds);
    [[nodiscard]] bool is_banned(const PeerAddress& address) const;
    [[nodiscard]] std::size_t size() const;

  private:
    const dash::Clock& clock_;
    std::map<std::string, double> until_;  ///< at most kMostBans: the ones that end first make room
};

}  // namespace p2pool::peers
