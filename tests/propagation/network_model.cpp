#include "tests/propagation/network_model.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <queue>

namespace propagation {
namespace {

constexpr std::size_t kRegions = 3;
constexpr std::size_t kPools = 20;
constexpr double kTakesConnections = 0.7;
constexpr double kNearestLineMs = 2;
constexpr double kFarthestLineMs = 15;

/// One way, between the regions' exchanges: as between Europe, North America and East Asia.
constexpr std::array<std::array<double, kRegions>, kRegions> kBetweenMs{{{10, 45, 95}, {45, 20, 80}, {95, 80, 25}}};

}  // namespace

NetworkModel::NetworkModel(const Settings& settings)
    : random_(settings.seed), connect_ms_(settings.connect_ms), nodes_(settings.nodes), connections_(settings.nodes) {
    std::discrete_distribution<std::size_t> region({0.5, 0.35, 0.15});
    std::uniform_real_distribution<double> line(kNearestLineMs, kFarthestLineMs);
    std::bernoulli_distribution takes_connections(kTakesConnections);
    for (Node& node : nodes_) {
        node.region = region(random_);
        node.line_ms = line(random_);
        node.takes_connections = takes_connections(random_);
    }
    nodes_.front().region = 0;
    nodes_.front().takes_connections = settings.first_takes_connections;
    connect();
    choose_high_bandwidth();
}

void NetworkModel::connect() {
    std::uniform_int_distribution<std::size_t> any(0, nodes_.size() - 1);
    for (std::size_t from = 0; from < nodes_.size(); ++from) {
        for (std::size_t made = 0; made < kOutgoing;) {
            const std::size_t to = any(random_);
            const auto& known = connections_[from];
            if (to == from || !nodes_[to].takes_connections) continue;
            if (std::find(known.begin(), known.end(), to) != known.end()) continue;
            connections_[from].push_back(to);
            connections_[to].push_back(from);
            ++made;
        }
    }
}

void NetworkModel::choose_high_bandwidth() {
    std::vector<std::size_t> pools;
    for (std::size_t node = 1; node < nodes_.size() && pools.size() < kPools; ++node) {
        if (nodes_[node].takes_connections) pools.push_back(node);
    }
    constexpr int kBlocks = 100;
    for (int block = 0; block < kBlocks; ++block) {
        next_block();
        std::vector<std::optional<double>> origins(nodes_.size());
        origins[pools[std::uniform_int_distribution<std::size_t>(0, pools.size() - 1)(random_)]] = 0;
        const std::vector<Arrival> arrivals = spread(origins);
        for (std::size_t node = 0; node < nodes_.size(); ++node) {
            std::deque<std::size_t>& chosen = nodes_[node].high_bandwidth;
            const std::size_t from = arrivals[node].from;
            if (from == node || std::find(chosen.begin(), chosen.end(), from) != chosen.end()) continue;
            chosen.push_back(from);
            if (chosen.size() > kHighBandwidth) chosen.pop_front();
        }
    }
    next_block();
}

double NetworkModel::one_way_ms(std::size_t a, std::size_t b) const {
    return nodes_[a].line_ms + kBetweenMs[nodes_[a].region][nodes_[b].region] + nodes_[b].line_ms;
}

void NetworkModel::next_block() {
    std::bernoulli_distribution lacks(kLacksTransactions);
    for (Node& node : nodes_)
        node.lacks_transactions = lacks(random_);
}

double NetworkModel::hop_ms(std::size_t from, std::size_t to) const {
    const Node& taker = nodes_[to];
    const double way = one_way_ms(from, to);
    const bool pushed =
        std::find(taker.high_bandwidth.begin(), taker.high_bandwidth.end(), from) != taker.high_bandwidth.end();
    const double ways = (pushed ? 1 : 3) + (taker.lacks_transactions ? 2 : 0);
    return (pushed ? kCheckMs : connect_ms_) + ways * way;
}

std::vector<NetworkModel::Arrival> NetworkModel::spread(const std::vector<std::optional<double>>& origins) const {
    struct Coming {
        double ms;
        std::size_t node;
        std::size_t from;
        bool operator>(const Coming& other) const { return ms > other.ms; }
    };
    std::priority_queue<Coming, std::vector<Coming>, std::greater<>> coming;
    for (std::size_t node = 0; node < origins.size(); ++node) {
        if (origins[node]) coming.push({*origins[node], node, node});
    }
    std::vector<Arrival> arrivals(nodes_.size(), {std::numeric_limits<double>::infinity(), 0});
    while (!coming.empty()) {
        const Coming next = coming.top();
        coming.pop();
        if (next.ms >= arrivals[next.node].ms) continue;
        arrivals[next.node] = {next.ms, next.from};
        for (const std::size_t to : connections_[next.node]) {
            if (arrivals[to].ms > next.ms) coming.push({next.ms + hop_ms(next.node, to), to, next.node});
        }
    }
    return arrivals;
}

}  // namespace propagation
