#include "tests/bench/mainnet_chain.h"

#include <random>
#include <string>
#include <utility>

#include "dash/util/clock.h"
#include "tests/bench/bench.h"
#include "tests/peer_network/share_maker.h"

namespace bench {
namespace {

using share_chain::SharePtr;
using share_chain::TypedContents;

constexpr std::uint32_t kQuickLength = 200;
constexpr std::size_t kTransactionsInBlock = 50;
constexpr std::size_t kNewTransactionsInShare = 3;
constexpr std::size_t kPayloadBytes = 170;

share_chain::Network mainnet_without_work() {
    share_chain::Network network = *share_chain::find_network("dash");
    network.max_target = share_chain::find_network("dash_regtest")->max_target;
    if (settings().quick) network.chain_length = kQuickLength;
    return network;
}

dash::Uint256 random_hash(std::mt19937_64& random) {
    return dash::Uint256({random(), random(), random(), random()});
}

dash::Bytes text(const std::string& characters) {
    return {characters.begin(), characters.end()};
}

/// With the payees, payload and transactions that mainnet's shares have.
std::vector<TypedContents> make_chain(const share_chain::Network& network) {
    std::mt19937_64 random(1);
    share_chain::TrackerEnvironment trusting;
    trusting.check = [](const share_chain::Tracker&, const share_chain::Share&) {};
    share_chain::Tracker tracker(network, std::move(trusting));
    const std::size_t count = 2 * std::size_t{network.chain_length} + 10;
    const auto begin = static_cast<std::uint32_t>(dash::system_clock().unix_seconds()) -
                       static_cast<std::uint32_t>(count) * network.share_period_seconds;
    tests::ShareWish wish;
    wish.coinbase_payload.assign(kPayloadBytes, 7);
    wish.payments = {{.payee = text("!6a"), .amount_duffs = 66'000'000},
                     {.payee = text("Xdgkzk3kY7RyC5vi6NKAyrcYJcYvMCKmzq"), .amount_duffs = 40'000'000}};
    std::vector<TypedContents> chain;
    for (std::uint32_t i = 0; i < count; ++i) {
        for (std::size_t each = 0; each < kNewTransactionsInShare; ++each)
            wish.transaction_hashes.push_back(random_hash(random));
        if (wish.transaction_hashes.size() > kTransactionsInBlock) {
            wish.transaction_hashes.erase(wish.transaction_hashes.begin(),
                                          wish.transaction_hashes.end() - kTransactionsInBlock);
        }
        wish.timestamp = begin + i * network.share_period_seconds;
        wish.finder = static_cast<std::uint8_t>(random());
        const SharePtr share = tests::mine_share(tracker, wish, random);
        tracker.add(share, 0);
        wish.previous = share->hash;
        chain.push_back({.type = share_chain::kShareType, .contents = share->packed});
    }
    return chain;
}

}  // namespace

std::vector<SharePtr> MainnetChain::load() const {
    std::vector<SharePtr> loaded;
    for (share_chain::LoadedShare& each : share_chain::load_shares(shares, network))
        loaded.push_back(std::move(each.share));
    return loaded;
}

const MainnetChain& mainnet_chain() {
    static const MainnetChain kChain = [] {
        MainnetChain chain{.network = mainnet_without_work(), .shares = {}};
        chain.shares = make_chain(chain.network);
        return chain;
    }();
    return kChain;
}

}  // namespace bench
