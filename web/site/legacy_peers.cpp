#include "web/site/route_table.h"

/// The python node's pages about peers and about the node itself.
namespace web {
namespace {

using p2pool::peers::PeerStatus;

template <typename Value>
Json by_peer(const PageContext& context, Value value) {
    Json peers = Json::object();
    for (const PeerStatus& peer : context.model.now().peers->peers)
        peers[peer.address.text()] = value(peer);
    return peers;
}

/// A peer may send any bytes.
std::string version_of(const PeerStatus& peer) {
    return peer.sub_version;
}

Json peer_addresses(const PageContext& context) {
    std::string text;
    for (const PeerStatus& peer : context.model.now().peers->peers) {
        if (!text.empty()) text += " ";
        text +=
            peer.address.port == context.model.facts().network->p2p_port ? peer.address.host() : peer.address.text();
    }
    return text;
}

Json peer_list(const PageContext& context) {
    Json peers = Json::array();
    for (const PeerStatus& peer : context.model.now().peers->peers) {
        peers.push_back({{"address", peer.address.text()},
                         {"web_port", context.model.facts().network->worker_port},
                         {"version", version_of(peer)},
                         {"incoming", peer.incoming},
                         {"txpool_size", peer.transaction_bytes_remembered},
                         {"uptime", static_cast<std::int64_t>(context.model.time() - peer.connected_since)},
                         {"downtime", 0}});
    }
    return peers;
}

Json node_info(const PageContext& context) {
    const NodeFacts& facts = context.model.facts();
    return {{"external_ip", facts.external_ip.empty() ? Json() : Json(facts.external_ip)},
            {"worker_port", facts.worker_port},
            {"p2p_port", facts.p2p_port},
            {"network", facts.network->name}};
}

Json payout_addr(const PageContext& context) {
    const auto rotated = context.model.rotated_payout();
    return rotated ? Json(context.model.address_of(*rotated)) : Json();
}

Json payout_addrs(const PageContext& context) {
    Json addresses = Json::array();
    for (const dash::Hash160& hash : context.model.own_payouts())
        addresses.push_back(context.model.address_of(hash));
    return addresses;
}

}  // namespace

void add_legacy_peers(RouteTable& table) {
    table.json("peer_addresses", peer_addresses);
    table.json("peer_txpool_sizes", [](const PageContext& context) {
        return by_peer(context, [](const PeerStatus& peer) { return peer.transaction_bytes_remembered; });
    });
    table.json("pings", [](const PageContext& context) {
        constexpr double kMilliseconds = 1000;
        return by_peer(context, [](const PeerStatus& peer) {
            return peer.ping_seconds ? Json(*peer.ping_seconds * kMilliseconds) : Json();
        });
    });
    table.json("peer_versions", [](const PageContext& context) { return by_peer(context, version_of); });
    table.json("peer_list", peer_list);
    table.json("payout_addr", payout_addr);
    table.json("payout_addrs", payout_addrs);
    table.json("node_info", node_info);
    table.json("broadcaster_status", broadcaster_json);
}

}  // namespace web
