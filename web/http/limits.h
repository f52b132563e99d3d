#pragma once

#include <chrono>
#include <cstddef>

namespace web {

/// What a client may cost.
struct HttpLimits {
    /// Connections at once. When all are taken, the client that has the most of them gives up one that it does not use;
    /// a client that has as many itself is refused with 503.
    std::size_t max_connections = 512;
    /// Of one client; one more is refused with 503.
    std::size_t max_connections_per_client = 64;
    /// Connections of one client that are refused, and wait to hear so; and of all clients max_connections. One more
    /// ends the oldest. Health checks are answered on these, too.
    std::size_t max_refused_per_client = 16;
    /// Bytes of answers that one client was sent and has not taken; one answer may be larger.
    std::size_t max_unsent_bytes_per_client = 8U << 20;
    std::size_t max_header_bytes = 8192;
    std::size_t max_body_bytes = 16'384;
    std::chrono::milliseconds request_timeout{30'000};  ///< for a request to arrive, and for the next one to begin
    std::chrono::milliseconds refused_timeout{5'000};   ///< the same for a refused connection
    std::chrono::milliseconds write_timeout{60'000};    ///< for a client to take an answer
};

}  // namespace web
