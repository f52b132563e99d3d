#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace p2pool::peer_io {

/// What one attempt to open a port in the router came to.
struct PortMapping {
    bool mapped = false;
    std::string detail;  ///< the address of this machine that the router forwards to, or why not
};

/// Asks the local router by UPnP (the first Internet gateway that answers) to forward TCP `port` to this machine.
/// Blocks for seconds, where a router answers badly for minutes; may be called from any thread.
[[nodiscard]] PortMapping map_port_by_upnp(std::uint16_t port);

/// Keeps a port of the router open: maps it at once and again and again, since routers forget, on a thread of its own.
/// Silent while there is no router that does it: most nodes are reachable without, or are not meant to be.
class PortMapper {
  public:
    using Map = std::function<PortMapping(std::uint16_t port)>;

    explicit PortMapper(std::uint16_t port, Map map = map_port_by_upnp,
                        std::chrono::milliseconds interval = std::chrono::seconds(120));
    /// Returns within two seconds: an attempt that takes longer is left to end by itself.
    ~PortMapper();
    PortMapper(const PortMapper&) = delete;
    PortMapper& operator=(const PortMapper&) = delete;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace p2pool::peer_io
