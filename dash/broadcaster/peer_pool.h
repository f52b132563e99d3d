#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/broadcaster/peer_manager.h"
#include "dash/p2p/peer_connection.h"
#include "dash/rpc/daemon.h"

namespace dash::broadcaster {

struct PoolSettings {
    std::array<std::uint8_t, 4> magic{};
    std::string user_agent;
    std::chrono::milliseconds check_interval = Upkeep::kCheckInterval;
    std::chrono::milliseconds dial_timeout = PeerManager::kDialTimeout;
};

/// The connections to the network's peers: carries out what a PeerManager decides and tells it what the peers say. All
/// on the executor's single thread.
class PeerPool {
  public:
    /// What becomes of blocks is not the pool's business. Handlers run on the executor.
    struct Events {
        /// Every message of a connected peer. An exception ends the connection as misbehaviour.
        std::function<void(const PeerAddress&, std::string_view command, ByteSpan payload)> on_message;
        /// A peer announced a block by its hash.
        std::function<void(const PeerAddress&, const Uint256& block)> on_block;
        std::function<void(const PeerAddress&, const std::string& reason)> on_lost;
        /// A peer has shaken hands and stays.
        std::function<void(const PeerAddress&)> on_ready;
    };

    /// `best_daemon`: the dashd to ask for peers; its answer outlives the pool.
    PeerPool(boost::asio::any_io_executor executor, PoolSettings settings, PeerManager manager,
             std::function<rpc::Daemon&()> best_daemon, Events events, const Clock& clock);
    /// Ends all connections; no event comes after.
    ~PeerPool();
    PeerPool(const PeerPool&) = delete;
    PeerPool& operator=(const PeerPool&) = delete;

    void start();

    /// Connected peers, those with the lowest ping first.
    [[nodiscard]] std::vector<PeerAddress> ready_peers() const;
    /// nullptr: not connected.
    [[nodiscard]] p2p::PeerConnection* find(const PeerAddress& address);
    void drop(const PeerAddress& address, const std::string& reason);
    /// The local dashd has this address: it is no peer here, whoever tells of it.
    void protect(const PeerAddress& dashd);

    [[nodiscard]] PeerManager& manager();
    [[nodiscard]] const PeerManager& manager() const;
    [[nodiscard]] const TransactionSightings& transactions() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dash::broadcaster
