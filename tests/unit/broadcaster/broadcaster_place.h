#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dash/broadcaster/broadcaster.h"
#include "dash/submission/pipeline.h"
#include "tests/support/process.h"
#include "tests/unit/broadcaster/network_peers.h"
#include "tests/unit/broadcaster/test_block.h"
#include "tests/unit/p2p/fake_peer.h"

namespace tests {

[[nodiscard]] std::string peer_address(int number);

/// The pipeline with a broadcaster, beside a dashd that takes blocks by P2P (its RPC is away).
struct BroadcasterPlace {
    explicit BroadcasterPlace(int max_peers = 31, const dash::Clock& its_clock = dash::system_clock());
    ~BroadcasterPlace() { stop(); }
    BroadcasterPlace(const BroadcasterPlace&) = delete;
    BroadcasterPlace& operator=(const BroadcasterPlace&) = delete;

    void add_peers(int first, int count, NetworkPeers::Manner manner);
    /// Peers 1 … count stand in the peer file.
    void write_peer_file(int count) const;
    void start();
    void stop();
    /// Waits until so many network peers are connected, as the broadcaster sees it.
    [[nodiscard]] bool wait_for_peers(std::size_t count) const;
    [[nodiscard]] nlohmann::json status(const std::string& pointer) const;
    [[nodiscard]] bool wait_for_broadcasts(int count) const;

    /// Milliseconds from now, when the block is won, until each of the peers has it; nothing when one has not in time.
    [[nodiscard]] std::vector<double> win(const dash::Block& block, int first, int count);

    const dash::Clock& clock;
    TemporaryFolder folder{"broadcaster"};
    FakePeer dashd;
    NetworkPeers network;
    dash::broadcaster::BroadcasterSettings settings;
    /// A second dashd, that is in a better state than the first.
    std::optional<dash::submission::FurtherDaemon> second_dashd;
    boost::asio::io_context reports;
    std::unique_ptr<dash::broadcaster::Broadcaster> broadcaster;
    std::unique_ptr<dash::submission::Pipeline> pipeline;
};

}  // namespace tests
