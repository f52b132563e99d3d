#include "tests/peer_network/world.h"

#include <algorithm>
#include <sstream>

#include "dash/primitives/transaction.h"

namespace tests {
namespace {

constexpr double kTemplateSeconds = 10;
constexpr std::size_t kTransactionsATime = 4;
constexpr std::size_t kTransactionsInTemplate = 60;

p2pool::peers::KnownTransaction random_transaction(std::mt19937_64& random) {
    dash::Transaction transaction;
    dash::TxIn input;
    input.previous_output.hash = dash::Uint256({random(), random(), random(), random()});
    input.previous_output.index = 0;
    input.script.assign(100 + random() % 200, 0x51);
    transaction.inputs.push_back(std::move(input));
    transaction.outputs.push_back({.value_duffs = random() % 1'000'000, .script = {0x6a}});
    return {.txid = transaction.txid(), .bytes = std::make_shared<const dash::Bytes>(transaction.serialize())};
}

}  // namespace

World::World(std::uint64_t seed, std::uint32_t chain_length)
    : simulation(seed), network(easy_network(chain_length)), transaction_timer_(timers_.make_timer()) {
    new_transactions();
}

SimulatedNode& World::add_node(NodeSetup setup) {
    if (setup.host.empty()) setup.host = host(nodes_.size());
    nodes_.push_back(std::make_unique<SimulatedNode>(simulation, wires, network, setup));
    return *nodes_.back();
}

void World::add_nodes(std::size_t count, const std::vector<share_chain::SharePtr>& store, double mean_share_seconds) {
    const std::size_t first = nodes_.size();
    for (std::size_t i = first; i < first + count; ++i) {
        NodeSetup setup;
        // A ring, so that nobody is left out, and two more.
        setup.bootstrap = {host(i + 1 == first + count ? first : i + 1), host(first + simulation.random_below(count)),
                           host(first + simulation.random_below(count))};
        add_node(std::move(setup)).load_store(store);
    }
    for (std::size_t i = first; i < first + count; ++i) {
        node(i).start();
        if (mean_share_seconds > 0) node(i).mine(mean_share_seconds);
    }
}

std::vector<share_chain::SharePtr> World::history(std::size_t count) {
    const auto now = static_cast<std::uint32_t>(simulation.clock().unix_seconds());
    return mine_chain(network, count, now, simulation.random());
}

void World::stop_mining() {
    for (const auto& each : nodes_)
        each->stop_mining();
}

bool World::agrees() const {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [this](const auto& each) { return each->best_share() == nodes_.front()->best_share(); });
}

std::string World::bests() const {
    std::ostringstream text;
    for (const auto& each : nodes_) {
        text << each->host() << ": " << each->best_share().to_hex().substr(56) << " at height " << each->height()
             << ", " << each->tracker().size() << " shares, " << each->peers().peer_count() << " peers\n";
    }
    return text.str();
}

void World::new_transactions() {
    for (std::size_t i = 0; i < kTransactionsATime; ++i)
        transactions_.push_back(random_transaction(simulation.random()));
    if (transactions_.size() > kTransactionsInTemplate)
        transactions_.erase(transactions_.begin(), transactions_.end() - kTransactionsInTemplate);
    for (const auto& each : nodes_) {
        std::vector<p2pool::peers::KnownTransaction> heard;
        for (const p2pool::peers::KnownTransaction& transaction : transactions_) {
            if (simulation.happens(0.9)) heard.push_back(transaction);
        }
        each->take_template(std::move(heard));
    }
    transaction_timer_->start(kTemplateSeconds, [this] { new_transactions(); });
}

}  // namespace tests
