#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "share_chain/network.h"

namespace tests {

struct AttackSettings {
    const share_chain::Network* network = nullptr;
    std::uint16_t port = 0;  ///< of 127.0.0.1, where the node listens
    std::size_t connections = 50;
    double seconds = 10;
    std::uint64_t seed = 0;
};

struct AttackReport {
    struct Sent {
        std::uint64_t messages = 0;
        std::uint64_t bytes = 0;
    };
    std::map<std::string, Sent> sent;  ///< by kind
    std::uint64_t connections = 0;     ///< made, one after another on each place
    std::uint64_t refused = 0;         ///< ended before the node said anything
    std::uint64_t bytes_received = 0;
    std::uint64_t shares_heard = 0;
};

/// Keeps so many connections to the node, each from another network of its own (127.x.0.1), and sends all sorts of
/// messages on each, as fast as the node takes them: half of the attackers keep to the protocol and send too much of
/// everything, the others break it; some never read the answers. A connection that the node ends is made anew. Returns
/// when the time is over.
[[nodiscard]] AttackReport attack(const AttackSettings& settings);

}  // namespace tests
