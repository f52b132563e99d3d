#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "p2pool/peer_io/asio_timers.h"
#include "p2pool/peer_io/hash_pool.h"
#include "p2pool/peer_io/tcp_transport.h"
#include "tests/peer_network/light_node.h"

namespace tests {

struct RunningNodeSetup {
    std::uint64_t seed = 1;
    std::vector<std::uint16_t> peer_ports{};  ///< of 127.0.0.1: permanent peers
    unsigned hash_threads = 1;
    double ping_interval_seconds = 35;
    std::size_t most_loose_bytes = 256U << 20;
};

/// A light node on real sockets, on a thread of its own, as in the program.
class RunningNode {
  public:
    RunningNode(const share_chain::Network& network, const RunningNodeSetup& setup,
                const std::vector<share_chain::SharePtr>& store);
    ~RunningNode();
    RunningNode(const RunningNode&) = delete;
    RunningNode& operator=(const RunningNode&) = delete;

    [[nodiscard]] std::uint16_t port() const { return transport_.port(); }
    /// What `action` finds, on the node's thread.
    template <typename Action>
    auto ask(Action action) {
        std::packaged_task<decltype(action(*node_))()> task([&] { return action(*node_); });
        auto answer = task.get_future();
        boost::asio::post(io_, [&task] { task(); });
        return answer.get();
    }

  private:
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    p2pool::peer_io::AsioTimers timers_{io_.get_executor()};
    p2pool::peer_io::TcpTransport transport_{io_.get_executor()};
    p2pool::peer_io::HashPool loader_;
    std::unique_ptr<LightNode> node_;
    std::thread thread_;
};

}  // namespace tests
