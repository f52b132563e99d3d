#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "tests/simnet/p2p_session.h"

namespace simnet {

/// A P2P port of the daemon; several may share one chain, each looking like a node of its own. On the executor's one
/// thread.
class P2pListener {
  public:
    /// What is kept of received messages: the last ones.
    static constexpr std::size_t kMostReceived = 10'000;

    P2pListener(boost::asio::any_io_executor executor, P2pSettings settings, Chain& chain, const Mempool& mempool,
                const Faults& faults);

    /// Begins to listen; throws boost::system::system_error when the port is taken.
    void open();
    /// Stops listening and ends all connections.
    void close();
    [[nodiscard]] bool is_open() const { return acceptor_.is_open(); }
    [[nodiscard]] std::uint16_t port() const { return settings_.port; }

    [[nodiscard]] const std::set<std::shared_ptr<P2pSession>>& sessions() const { return sessions_; }
    /// Oldest first.
    [[nodiscard]] const std::deque<ReceivedMessage>& received() const { return received_; }

  private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> serve(std::shared_ptr<P2pSession> session);
    void remember(ReceivedMessage message);

    boost::asio::any_io_executor executor_;
    P2pSettings settings_;
    Chain& chain_;
    const Mempool& mempool_;
    const Faults& faults_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::set<std::shared_ptr<P2pSession>> sessions_;
    std::deque<ReceivedMessage> received_;
    std::uint64_t next_id_ = 0;
};

}  // namespace simnet
