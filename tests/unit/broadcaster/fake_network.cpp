#include "tests/unit/broadcaster/fake_network.h"

#include <algorithm>
#include <string>

namespace tests {

using namespace dash::broadcaster;

namespace {

constexpr double kStepSeconds = 5;
constexpr double kTimeoutSeconds = 30;

}  // namespace

PeerAddress FakeNetwork::add_node(Node node) {
    const std::size_t number = nodes_.size();
    const std::string text = std::to_string(20 + number / 250) + "." + std::to_string(number % 250) + ".1.1:9999";
    const auto address = parse_peer_address(text);
    nodes_.emplace(*address, node);
    return *address;
}

void FakeNetwork::step(PeerManager& manager) {
    clock_.advance(kStepSeconds);
    finish_dials(manager);
    for (const auto& [address, connection] : manager.connections()) {
        manager.heard_from(address);
        manager.ping_measured(address, std::chrono::microseconds(static_cast<int>(1000 * nodes_.at(address).ping_ms)));
    }
    const PeerManager::Orders orders = manager.check();
    if (orders.refresh != Refresh::kNone) answer_refresh(manager, orders.refresh);
    dial(manager);
}

void FakeNetwork::dial(PeerManager& manager) {
    for (const PeerManager::Dial& dial : manager.dials()) {
        const Node& node = nodes_.at(dial.address);
        dialing_.push_back({dial, clock_.unix_seconds() + (!node.listening && node.hangs ? kTimeoutSeconds : 0)});
    }
    most_dialing_ = std::max({most_dialing_, manager.dialing(), dialing_.size()});
}

void FakeNetwork::finish_dials(PeerManager& manager) {
    std::vector<Dialing> going_on;
    for (const Dialing& each : std::exchange(dialing_, {})) {
        if (each.ends > clock_.unix_seconds()) {
            going_on.push_back(each);
            continue;
        }
        const PeerAddress& address = each.dial.address;
        const Node& node = nodes_.at(address);
        if (!node.listening) {
            manager.dial_failed(address, node.hangs ? Failure::kTimeout : Failure::kRefused);
            ++failed_;
            continue;
        }
        ++connected_;
        const bool asked = manager.wants_addresses();
        if (const auto surplus = manager.connected(address)) manager.disconnected(*surplus);
        most_connected_ = std::max(most_connected_, manager.connections().size());
        if (asked) tell_addresses(manager, address);
    }
    dialing_.insert(dialing_.end(), going_on.begin(), going_on.end());
    dial(manager);
}

void FakeNetwork::answer_refresh(PeerManager& manager, Refresh reason) {
    ++refreshes_;
    if (dashd_away) return;
    std::vector<dash::rpc::PeerInfo> peers;
    for (const PeerAddress& address : at_dashd)
        peers.push_back({to_text(address), false, nodes_.at(address).ping_ms / 1000});
    peers.push_back({"9.9.9.9:51234", true, std::nullopt});
    static_cast<void>(manager.dashd_answered(reason, peers));
}

void FakeNetwork::tell_addresses(PeerManager& manager, const PeerAddress& from) {
    std::vector<dash::p2p::TimedAddress> told;
    for (std::size_t i = 0; i < addresses_told; ++i) {
        auto it = nodes_.begin();
        std::advance(it, std::uniform_int_distribution<std::size_t>(0, nodes_.size() - 1)(random_));
        dash::p2p::NetAddress address;
        address.ip = it->first.ip;
        address.port = it->first.port;
        told.push_back({static_cast<std::uint32_t>(clock_.unix_seconds() - 3600), address});
    }
    static_cast<void>(manager.addresses_received(from, told));
}

void FakeNetwork::take_down(PeerManager& manager, const PeerAddress& address) {
    nodes_.at(address).listening = false;
    manager.disconnected(address);
}

}  // namespace tests
