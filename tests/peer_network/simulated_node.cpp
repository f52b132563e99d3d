#include "tests/peer_network/simulated_node.h"

#include <algorithm>
#include <utility>

#include "dash/util/error.h"
#include "share_chain/codec.h"

namespace tests {

using p2pool::peers::LoadedShare;

namespace {

/// Of one core, with what goes with the hash.
constexpr double kSecondsToLoad = 0.0002;

std::vector<p2pool::peers::HostPort> host_ports(const std::vector<std::string>& hosts) {
    std::vector<p2pool::peers::HostPort> result;
    for (const std::string& host : hosts)
        result.push_back({.host = host, .port = SimulatedNode::kPort});
    return result;
}

p2pool::peers::Settings settings(Simulation& simulation, const share_chain::Network& network, const NodeSetup& setup) {
    p2pool::peers::Settings settings;
    settings.network = &network;
    settings.sub_version = "simulated";
    settings.random_seed = simulation.random()();
    settings.listen_port = SimulatedNode::kPort;
    settings.permanent = host_ports(setup.permanent);
    settings.bootstrap = host_ports(setup.bootstrap);
    return settings;
}

}  // namespace

void SimulatedLoader::load(std::vector<share_chain::TypedContents> batch, Done done) {
    std::vector<LoadedShare> loaded = share_chain::load_shares(batch, network_);
    std::size_t bytes = 0;
    for (const share_chain::TypedContents& typed : batch)
        bytes += typed.contents.size();
    shares_loaded_ += batch.size();
    waiting_bytes_ += bytes;
    busy_until_ = std::max(busy_until_, simulation_.now()) + kSecondsToLoad * static_cast<double>(batch.size());
    simulation_.after(busy_until_ - simulation_.now(),
                      [this, alive = std::weak_ptr(alive_), bytes, loaded = std::move(loaded), done = std::move(done)] {
                          if (alive.expired()) return;
                          waiting_bytes_ -= bytes;
                          done(loaded);
                      });
}

SimulatedNode::SimulatedNode(Simulation& simulation, Wires& wires, const share_chain::Network& network,
                             const NodeSetup& setup)
    : SimulatedCarriers{wires.plug_in(setup.host, kPort), SimulatedTimers(simulation),
                        SimulatedLoader(simulation, network)},
      LightNode(settings(simulation, network, setup), {*transport, timers, loader, simulation.clock()},
                static_cast<std::uint8_t>(setup.host.back()), setup.most_loose_bytes),
      host_(setup.host) {}

}  // namespace tests
