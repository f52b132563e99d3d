#include "tests/peer_network/running_node.h"

#include "dash/util/clock.h"

namespace tests {

RunningNode::RunningNode(const share_chain::Network& network, const RunningNodeSetup& setup,
                         const std::vector<share_chain::SharePtr>& store)
    : loader_(io_.get_executor(), network, setup.hash_threads) {
    transport_.listen(0);
    p2pool::peers::Settings settings;
    settings.network = &network;
    settings.sub_version = "test";
    settings.random_seed = setup.seed;
    settings.listen_port = transport_.port();
    settings.ping_interval_seconds = setup.ping_interval_seconds;
    for (const std::uint16_t port : setup.peer_ports)
        settings.permanent.push_back({.host = "127.0.0.1", .port = port});
    node_ = std::make_unique<LightNode>(std::move(settings),
                                        LightNode::Carriers{transport_, timers_, loader_, dash::system_clock()},
                                        static_cast<std::uint8_t>(setup.seed), setup.most_loose_bytes);
    node_->load_store(store);
    node_->start();
    thread_ = std::thread([this] { io_.run(); });
}

RunningNode::~RunningNode() {
    io_.stop();
    thread_.join();
}

}  // namespace tests
