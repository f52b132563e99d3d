#pragma once

#include <chrono>
#include <cstddef>

namespace dash::p2p {

/// What was given to a TCP connection and has not left this machine yet.
struct Backlog {
    std::size_t bytes = 0;
    /// The other side's receive window has no room for the next segment: it does not read, whatever the line can carry.
    bool held_by_peer = false;
    std::chrono::microseconds round_trip{0};  ///< as TCP measured it last
};

/// Of a connected socket, with `queued_bytes` that wait for room in it. What the kernel does not tell stays as above.
[[nodiscard]] Backlog read_backlog(int socket, std::size_t queued_bytes);

}  // namespace dash::p2p
