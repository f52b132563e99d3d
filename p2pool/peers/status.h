#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "p2pool/peers/peer_address.h"

namespace p2pool::peers {

struct PeerStatus {
    PeerAddress address;
    std::uint32_t version = 0;
    std::string sub_version;  ///< as the peer sent it: any bytes
    bool incoming = false;
    bool permanent = false;
    double connected_since = 0;               ///< unix seconds
    std::optional<double> ping_seconds;       ///< of the last question that was answered
    std::size_t transactions_remembered = 0;  ///< that we hold for the peer
    std::size_t transaction_bytes_remembered = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
};

/// How far the share chain's download is.
struct DownloadProgress {
    bool active = false;              ///< parents are asked for
    std::size_t known_shares = 0;     ///< in the tracker
    std::size_t estimated_total = 0;  ///< that the tracker will have when done
    double shares_per_second = 0;     ///< in the last seconds
    std::optional<double> seconds_left;
};

struct NetworkStatus {
    std::vector<PeerStatus> peers;  ///< those that shook hands, by age
    std::size_t incoming = 0;       ///< of them
    std::size_t addresses_known = 0;
    std::size_t hosts_banned = 0;
    std::size_t transactions_known = 0;
    std::size_t transaction_bytes_known = 0;
    DownloadProgress download;
};

}  // namespace p2pool::peers
