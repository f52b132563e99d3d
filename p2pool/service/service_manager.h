#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace p2pool::service {

/// Tells systemd, or whoever set $NOTIFY_SOCKET, how the node fares: "READY=1", "STATUS=…", "STOPPING=1", "WATCHDOG=1",
/// several of them one a line (sd_notify(3); the protocol is one datagram). Nothing happens where nobody wants to know.
/// Thread-safe.
void tell_service_manager(const std::string& state);

/// How long the service manager bears silence before it takes the process for hung; nullopt when it does not watch.
[[nodiscard]] std::optional<std::chrono::microseconds> service_watchdog_time();

}  // namespace p2pool::service
