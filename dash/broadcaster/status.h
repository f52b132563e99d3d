#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dash/broadcaster/peer_manager.h"
#include "dash/broadcaster/report.h"

namespace dash::broadcaster {

/// A dashd of the operator as a protected peer.
struct LocalDashd {
    std::string host;
    std::uint16_t port = 0;
    bool connected = false;      ///< and answers
    double connected_since = 0;  ///< Unix seconds
    double first_seen = 0;
    double last_seen = 0;
    std::optional<double> ping_ms;
    std::uint64_t connection_attempts = 0;  ///< that became connections
    std::uint64_t successful_broadcasts = 0;
    std::uint64_t failed_broadcasts = 0;
    std::uint64_t blocks_relayed = 0;  ///< announced to us
    std::uint64_t txs_relayed = 0;
};

/// The answer of /broadcaster_status: the python node's members with more, all with their present values. `dashds`: the
/// first one first.
[[nodiscard]] nlohmann::json status_json(const PeerManager& manager, const std::vector<LocalDashd>& dashds,
                                         const BlockTotals& blocks, const std::optional<BroadcastReport>& last,
                                         const Clock& clock);
/// With --disable-broadcaster, or when it could not start.
[[nodiscard]] nlohmann::json disabled_status_json();

/// Hands the status from the broadcaster's thread to others.
class StatusBoard {
  public:
    void publish(nlohmann::json status);
    [[nodiscard]] nlohmann::json read() const;

  private:
    mutable std::mutex mutex_;
    nlohmann::json status_ = disabled_status_json();
};

}  // namespace dash::broadcaster
