#include "tests/unit/web/mining_state.h"

#include <random>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "share_chain/network.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/vectors.h"

namespace web_tests {

const char* const kMinerAddress = "yav1NDbaocjRuckmvbGM9JEAUucjYhyAhF";
const char* const kOperatorAddress = "yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB";

namespace {

constexpr std::uint64_t kHashes = 1'000'000;

dash::Hash160 hash_of(const char* address) {
    return dash::parse_address(address, dash::dash_regtest()).hash;
}

std::shared_ptr<const p2pool::stratum::ServerStatus> miners(double now, const std::string& third) {
    auto stratum = std::make_shared<p2pool::stratum::ServerStatus>();
    std::vector<std::string> names = {kMinerAddress, std::string(kMinerAddress) + ".rig1"};
    if (!third.empty()) names.push_back(third);
    for (const std::string& name : names) {
        p2pool::stratum::PoolStatistics::Worker worker;
        worker.name = name;
        worker.accepted = 40;
        worker.rejected = 2;
        worker.first_seen = now - 100;
        worker.last_seen = now - 1;
        worker.hashes_per_second = 1000;
        stratum->workers.push_back(worker);
        stratum->connections.push_back({"203.0.113.7", name, 0.001, 100, 1, 42, 40});
    }
    stratum->connections_by_ip["203.0.113.7"] = names.size();
    stratum->bans.push_back({"198.51.100.9", now - 10, now + 3590, "long_line"});
    stratum->offenders.push_back({"198.51.100.9", 12});
    stratum->totals.accepted = 80;
    stratum->totals.rejected = 4;
    stratum->max_connections = 10'000;
    return stratum;
}

std::shared_ptr<const p2pool::peers::NetworkStatus> one_peer(double now) {
    auto network = std::make_shared<p2pool::peers::NetworkStatus>();
    p2pool::peers::PeerStatus peer;
    peer.address = *p2pool::peers::parse_peer_address("192.0.2.5", 43076);
    peer.version = 1700;
    peer.sub_version = "dash-v1.0.6-12-g9a0a609";
    peer.incoming = true;
    peer.connected_since = now - 132;
    peer.ping_seconds = 0.0016;
    peer.transaction_bytes_remembered = 2154;
    peer.bytes_received = 5000;
    peer.bytes_sent = 7000;
    network->peers.push_back(peer);
    network->incoming = 1;
    return network;
}

std::shared_ptr<const web::ChainFacts> chain_of(const std::vector<share_chain::SharePtr>& shares) {
    const share_chain::Share& best = *shares.back();
    auto chain = std::make_shared<web::ChainFacts>();
    chain->best = best.hash;
    chain->height = shares.size();
    chain->max_target = best.max_target;
    chain->target = best.target;
    chain->last_hour = web::PoolRates{1158, 0.3, 1100};
    chain->hour_stale_rates = {{"good", 1158}, {"orphan", 698}};
    chain->version_rates = {{16, 1856}};
    chain->hashes_per_second = 1664;
    chain->stale_rates = {{"good", 1158}, {"orphan", 698}};
    for (const char* address : {kMinerAddress, kOperatorAddress}) {
        chain->fractions[dash::p2pkh_script(hash_of(address))] = 0.49;
        chain->payouts[dash::p2pkh_script(hash_of(address))] = 43'000'000;
        chain->stale_proportions[hash_of(address)] = 0.25;
    }
    return chain;
}

}  // namespace

MiningState mining_state(const web::NodeFacts& facts, double now, const std::string& third_worker) {
    std::mt19937_64 random(1);
    const auto shares = tests::mine_chain(*facts.network, 40, static_cast<std::uint32_t>(now) - 5, random);
    MiningState state;
    state.best_share = shares.back()->hash.to_hex();

    web::Happenings& happenings = state.happenings;
    for (const auto& share : shares) {
        happenings.shares.push_back(
            {web::ShareChange::Kind::kAdded, share->hash, share, now - 3, "192.0.2.5:43076", true, nullptr});
    }
    happenings.shares.back().source.clear();
    happenings.own_shares.push_back({shares.back()->hash, std::string(kMinerAddress) + ".rig1", false});
    for (const std::string& name : {std::string(kMinerAddress), std::string(kMinerAddress) + ".rig1"}) {
        web::WorkDone& done = happenings.work[name];
        done.hashes = kHashes;
        done.late_hashes = kHashes / 10;
        done.submits = 10;
        done.late_submits = 1;
        done.best_hash = shares.back()->hash;
        done.payout_hash = hash_of(kMinerAddress);
        done.share_target = shares.back()->target;
    }
    happenings.template_seconds.push_back(0.004);

    auto snapshot = std::make_shared<web::Snapshot>();
    snapshot->time = now;
    web::TemplateFacts block;
    block.height = 756;
    block.previous_block = dash::Uint256(7);
    block.target = dash::target_from_bits(0x207fffff);
    block.received_at = block.confirmed_at = now;
    block.value_duffs = 345'180'768;
    block.payment_duffs = 258'885'576;
    snapshot->template_facts = std::make_shared<const web::TemplateFacts>(block);
    snapshot->chain = chain_of(shares);
    snapshot->stratum = miners(now, third_worker);
    snapshot->peers = one_peer(now);
    snapshot->own_shares = {113, 21, 0};
    snapshot->shares_known = snapshot->shares_verified = shares.size();
    snapshot->dashd_link_up = true;
    snapshot->dashds = {{"192.0.2.1:9998", false, 0, "does not answer", false, std::nullopt, std::nullopt},
                        {"192.0.2.2:9998", true, 80, "", true, 0.01, 2000}};
    state.snapshot = std::move(snapshot);

    const auto bytes = std::make_shared<const dash::Bytes>(
        dash::from_hex(tests::read_text(tests::recording_dir() / "submitblock" / "good.hex")));
    for (int i = 0; i < 2; ++i) {
        dash::submission::WonBlock won;
        won.hash = i == 0 ? dash::Uint256(0xabcdef) : shares.back()->hash;
        won.height = static_cast<std::uint32_t>(754 + i);
        won.finder = std::string(kMinerAddress) + ".rig1";
        won.found_at = now - 50 + 40 * i;
        won.bytes = bytes;
        state.blocks.push_back(std::move(won));
    }
    return state;
}

}  // namespace web_tests
