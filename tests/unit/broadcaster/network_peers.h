#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dash/p2p/framing.h"
#include "dash/p2p/messages.h"
#include "dash/primitives/block.h"
#include "dash/primitives/uint256.h"

namespace tests {

/// Nodes of the Dash network on loopback addresses of their own and one port, all on one thread. They take blocks as
/// Dash Core does: whole, or from a compact block and what they hold.
class NetworkPeers {
  public:
    enum class Manner {
        kHonest,
        kIgnoresCompact,    ///< as one whose tip is old
        kHangsInHandshake,  ///< accepts and says nothing
        kReadsByteASecond,  ///< from when it has shaken hands
        kTellsNothing,      ///< takes blocks but answers no ping and no request
        kNamesOnly,         ///< announces the block of a compact one that it makes nothing of
        kInventsCoinbase,   ///< answers questions about any block, with a transaction of its own
    };

    /// What a peer knows of one block.
    struct Sight {
        std::optional<std::chrono::steady_clock::time_point> first_byte;  ///< read, of the first message about it
        std::optional<std::chrono::steady_clock::time_point> complete;
        int compact_blocks = 0;
        int full_blocks = 0;
        int transactions_requested = 0;
    };

    /// Port 0: any free one.
    explicit NetworkPeers(std::uint16_t port = 0);
    ~NetworkPeers();
    NetworkPeers(const NetworkPeers&) = delete;
    NetworkPeers& operator=(const NetworkPeers&) = delete;

    /// Transactions that every peer holds.
    void set_mempool(const std::vector<dash::Transaction>& transactions);
    /// What every peer answers to getaddr.
    void set_addresses(const std::vector<std::string>& addresses);
    /// Begins to listen at `address` ("127.0.0.7").
    void add(const std::string& address, Manner manner);
    /// Drops its connections; new ones are welcome.
    void hang_up(const std::string& address);
    /// Stops listening and drops its connections.
    void remove(const std::string& address);
    [[nodiscard]] std::uint16_t port() const { return port_; }

    [[nodiscard]] std::size_t ready_connections() const { return ready_; }
    [[nodiscard]] Sight sight(const std::string& address, const dash::Uint256& block) const;
    /// Peers that have the whole block.
    [[nodiscard]] std::size_t with_block(const dash::Uint256& block) const;
    [[nodiscard]] std::size_t bytes_received() const { return bytes_received_; }
    /// Every peer announces so many transactions, all different, to everybody who is connected to it.
    void announce_transactions(std::size_t count);
    /// Announces a block to everybody who is connected to this peer.
    void announce(const std::string& address, const dash::Uint256& block);

  private:
    struct Node;
    struct Session;
    boost::asio::awaitable<void> listen(std::shared_ptr<Node> node);
    boost::asio::awaitable<void> serve(std::shared_ptr<Node> node, std::shared_ptr<Session> session);
    void take(Node& node, Session& session, const dash::p2p::Frame& frame);
    void take_compact(Node& node, Session& session, dash::ByteSpan payload);
    void take_transactions(Node& node, dash::ByteSpan payload);
    void take_full(Node& node, dash::ByteSpan payload);
    void give_transactions(Node& node, Session& session, dash::ByteSpan payload);
    void complete(Node& node, const dash::Uint256& hash, dash::Block block);
    void send(Session& session, const std::string& command, dash::ByteSpan payload);
    template <typename Change>
    void note(const Node& node, const dash::Uint256& block, Change change);
    void on_thread(std::function<void()> work);

    boost::asio::io_context io_;
    std::uint16_t port_ = 0;
    std::map<std::string, std::shared_ptr<Node>> nodes_;  // on the thread
    std::map<dash::Uint256, dash::Transaction> mempool_;  // on the thread
    std::vector<dash::p2p::TimedAddress> addresses_;      // on the thread
    std::uint64_t transactions_announced_ = 0;            // on the thread
    std::atomic<std::size_t> ready_ = 0;
    std::atomic<std::size_t> bytes_received_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, std::map<dash::Uint256, Sight>> sights_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_;
};

}  // namespace tests
