#pragma once

#include <chrono>
#include <cstddef>

namespace web {

/// What a client may cost.
struct HttpLimits {
    /// Connections at once; one more is refused with 503.
    std::size_t max_connections = 512;
    /// Of one client.
    std::size_t max_connections_per_client = 64;
    std::size_t max_header_bytes = 8192;
    std::size_t max_body_bytes = 16'384;
    std::chrono::milliseconds request_timeout{30'000};  ///< for a request to arrive, and for the next one to begin
    std::chrono::milliseconds write_timeout{60'000};    ///< for a client to take an answer
};

}  // namespace web
