#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "p2pool/peers/transport.h"

namespace p2pool::peer_io {

/// TCP over IPv4 and IPv6. All on the event loop's single thread.
class TcpTransport final : public peers::Transport {
  public:
    /// What may wait for one peer that reads slowly: two of the longest messages and a rest. A channel with more ends.
    static constexpr std::size_t kMostUnsentBytes = 8U << 20;

    explicit TcpTransport(boost::asio::any_io_executor executor, std::size_t most_unsent_bytes = kMostUnsentBytes);
    /// Stops listening; channels go on.
    ~TcpTransport() override;
    TcpTransport(const TcpTransport&) = delete;
    TcpTransport& operator=(const TcpTransport&) = delete;

    /// Opens the port on all addresses of the machine (0: one that the system chooses); who connects before
    /// on_incoming() waits. Throws ConfigError.
    void listen(std::uint16_t port);
    /// That is listened on; 0 without listen().
    [[nodiscard]] std::uint16_t port() const;

    void connect(const std::string& host, std::uint16_t port, double timeout_seconds, Connected done) override;
    void on_incoming(std::function<void(std::unique_ptr<peers::Channel>)> accept) override;

  private:
    class Core;
    std::shared_ptr<Core> core_;
};

}  // namespace p2pool::peer_io
