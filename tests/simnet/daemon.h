#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tests/simnet/faults.h"
#include "tests/simnet/p2p_listener.h"
#include "tests/simnet/rpc_server.h"
#include "tests/simnet/rpc_table.h"
#include "tests/simnet/wakeup.h"
#include "tests/simnet/world.h"

namespace simnet {

/// A world with sockets: the RPC server, the P2P ports, and what takes time. Everything on one thread, which runs the
/// io_context; only nonces are searched elsewhere.
class Daemon {
  public:
    struct Settings {
        WorldSettings world;
        RpcServerSettings rpc;
        P2pSettings p2p;
        /// The masternodes lock every new tip so long after it came; never when absent.
        std::optional<std::chrono::milliseconds> lock_after;
        std::function<void()> on_stop;  ///< the RPC method `stop` was called
    };

    Daemon(boost::asio::io_context& context, Settings settings, const dash::Clock& clock);

    [[nodiscard]] World& world() { return world_; }
    [[nodiscard]] RpcTable& table() { return table_; }
    [[nodiscard]] RpcServer& rpc() { return rpc_; }
    [[nodiscard]] const std::vector<std::unique_ptr<P2pListener>>& listeners() const { return listeners_; }
    /// One more P2P port on the same chain; it is open when this returns.
    P2pListener& add_listener(P2pSettings settings);
    [[nodiscard]] const Faults& faults() const { return faults_; }
    [[nodiscard]] Wakeup& new_tip() { return new_tip_; }
    [[nodiscard]] std::uint32_t uptime() { return world_.chain().now() - started_at_; }

    /// Opens and closes ports as the faults say.
    void set_faults(Faults faults);
    /// Sets faults and takes them back after a while. Restarts of the timer do not add up: the last caller's end
    /// counts.
    boost::asio::awaitable<void> set_faults_for(Faults faults, std::chrono::milliseconds duration);
    /// The daemon is gone for `down`, then warms up for `warm_up`, then is back with the chain and mempool it had.
    boost::asio::awaitable<void> restart(std::chrono::milliseconds down, std::chrono::milliseconds warm_up);

    /// Mines blocks on the tip. Throws dash::Error when the chain refuses one.
    boost::asio::awaitable<std::vector<dash::Uint256>> mine(std::size_t blocks, dash::Bytes payout_script);
    /// Mines `length` blocks on the one `depth` below the tip. A longer branch than that reorganises the chain, a
    /// branch of the same length competes with it.
    boost::asio::awaitable<std::vector<dash::Uint256>> fork(std::uint32_t depth, std::size_t length);
    std::vector<dash::Uint256> send(const TrafficRequest& request);

    /// Ends early when the daemon stops.
    boost::asio::awaitable<void> pause(std::chrono::milliseconds duration);

    /// Ends every connection and wait, so that the io_context runs out of work.
    void shut_down();
    [[nodiscard]] bool stopping() const { return stopping_; }
    void request_stop() const {
        if (on_stop_) on_stop_();
    }

  private:
    boost::asio::awaitable<dash::Block> ground(dash::Block block);
    boost::asio::awaitable<void> lock_later(dash::Uint256 hash, std::chrono::milliseconds delay);

    boost::asio::io_context& context_;
    World world_;
    Faults faults_;
    RpcTable table_;
    RpcServer rpc_;
    std::vector<std::unique_ptr<P2pListener>> listeners_;
    Wakeup new_tip_;
    Wakeup stop_;
    std::function<void()> on_stop_;
    std::uint32_t started_at_ = 0;
    std::atomic<bool> stopping_ = false;
    boost::asio::thread_pool hashers_{1};
};

/// Fill the table with the methods of Dash Core's RPC that a pool needs, and the controls.
void add_chain_methods(Daemon& daemon);
void add_mining_methods(Daemon& daemon);
void add_network_methods(Daemon& daemon);
void add_control_methods(Daemon& daemon);

}  // namespace simnet
