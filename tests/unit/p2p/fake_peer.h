#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dash/p2p/daemon_link.h"
#include "dash/p2p/framing.h"

namespace tests {

/// A node of the Dash network on a loopback port of its own, with its own thread, that behaves as told and keeps what
/// it gets.
class FakePeer {
  public:
    enum class Manner {
        kPolite,      ///< shakes hands, answers pings
        kMute,        ///< accepts and says nothing
        kUnfinished,  ///< sends its version but never a verack
        kNeverPongs,  ///< shakes hands, then says nothing
        kPongsOnce,   ///< answers the first ping, then says nothing
        kDeaf,        ///< shakes hands, then reads nothing
        kClosesAtOnce,
    };

    /// Port 0: any free one.
    explicit FakePeer(Manner manner = Manner::kPolite, std::uint16_t port = 0);
    ~FakePeer();
    FakePeer(const FakePeer&) = delete;
    FakePeer& operator=(const FakePeer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] dash::p2p::PeerSettings peer_settings() const;
    [[nodiscard]] dash::p2p::DaemonLinkSettings link_settings() const;
    [[nodiscard]] int connections() const { return connections_; }

    /// The payloads of all messages with this command so far.
    [[nodiscard]] std::vector<dash::Bytes> received(const std::string& command) const;

    /// To everybody who is connected.
    void send(const std::string& command, dash::ByteSpan payload);
    void send_raw(dash::Bytes bytes);
    /// So much of what its connections hold, by a deaf one.
    void read(std::size_t bytes);
    /// From now on it reads, and says nothing.
    void fall_silent();
    /// Closes all connections; new ones are welcome.
    void hang_up();

  private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> serve(std::shared_ptr<boost::asio::ip::tcp::socket> socket);
    void answer(boost::asio::ip::tcp::socket& socket, const dash::p2p::Frame& frame);

    Manner manner_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::atomic<int> connections_ = 0;
    std::list<std::shared_ptr<boost::asio::ip::tcp::socket>> sockets_;
    mutable std::mutex mutex_;
    std::vector<dash::p2p::Frame> received_;
    std::thread thread_;
};

}  // namespace tests
