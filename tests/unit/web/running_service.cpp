#include "tests/unit/web/running_service.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "share_chain/network.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/vectors.h"
#include "web/site/site.h"

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

RunningService::RunningService(Wishes wishes) : wishes_(std::move(wishes)), folder_("web") {
    facts_.network = share_chain::find_network("dash_regtest");
    facts_.version = "test-1";
    facts_.started_at = dash::system_clock().unix_seconds() - 100;
    facts_.worker_port = 12'345;
    facts_.p2p_port = 12'346;
    facts_.payout_address = kOperatorAddress;
    facts_.donation_percent = 1;
    facts_.net_datadir = folder_.path();
    std::filesystem::create_directories(folder_.path() / "static" / "sub");
    if (wishes_.prepare) wishes_.prepare(folder_.path());
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(listener_, 256) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no port to listen on");
    }
    port_ = ntohs(address.sin_port);
    start();
    acceptor_ = std::thread([this] { accept_all(); });
}

RunningService::~RunningService() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    close(listener_);
}

void RunningService::start() {
    web::ServiceSettings settings;
    settings.facts = facts_;
    settings.database = folder_.path() / "p2pool.sqlite3";
    settings.static_folder = folder_.path() / "static";
    settings.vendor_folder = folder_.path() / "fetched";
    settings.own_pages = wishes_.own_pages;
    settings.password = wishes_.password;
    settings.dashds.emplace_back().port = 1;  // nobody there
    settings.http = wishes_.http;
    service_ = std::make_unique<web::Service>(std::move(settings), dash::system_clock());
    service_->start();
}

void RunningService::restart() {
    service_->stop();
    service_.reset();
    start();
}

void RunningService::accept_all() {
    while (true) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0) return;
        service_->take({socket, {}, wishes_.client_ip});
    }
}

Answer RunningService::get(const std::string& target, const std::vector<std::string>& headers) const {
    return HttpClient(port_).get(target, headers);
}

nlohmann::json RunningService::json(const std::string& target) const {
    return nlohmann::json::parse(get(target).body);
}

void RunningService::tell_mining_state() {
    const double now = told_time_;
    std::mt19937_64 random(1);
    const auto shares = tests::mine_chain(*facts_.network, 40, static_cast<std::uint32_t>(now) - 5, random);
    best_share_ = shares.back()->hash.to_hex();

    web::Happenings happenings;
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
    snapshot->stratum = miners(now, wishes_.third_worker);
    snapshot->peers = one_peer(now);
    snapshot->own_shares = {113, 21, 0};
    snapshot->shares_known = snapshot->shares_verified = shares.size();
    snapshot->dashd_link_up = true;
    snapshot->dashds = {{"192.0.2.1:9998", false, 0, "does not answer", false, std::nullopt, std::nullopt},
                        {"192.0.2.2:9998", true, 80, "", true, 0.01, 2000}};
    service_->publish(snapshot, std::move(happenings));

    const auto bytes = std::make_shared<const dash::Bytes>(
        dash::from_hex(tests::read_text(tests::recording_dir() / "submitblock" / "good.hex")));
    for (int i = 0; i < 2; ++i) {
        dash::submission::WonBlock won;
        won.hash = i == 0 ? dash::Uint256(0xabcdef) : shares.back()->hash;
        won.height = static_cast<std::uint32_t>(754 + i);
        won.finder = std::string(kMinerAddress) + ".rig1";
        won.found_at = now - 50 + 40 * i;
        won.bytes = bytes;
        service_->block_won(won);
    }
    const bool shown = tests::wait_until(
        [this] { return json("/web/best_share_hash") == best_share_ && json("/recent_blocks").size() == 2; },
        std::chrono::seconds(20));
    if (!shown) throw std::runtime_error("the pages do not show what was told");
}

std::vector<std::string> RunningService::every_page() const {
    const std::map<std::string, std::vector<std::string>> arguments = {
        {"patron_sendmany", {"", "/10", "/10/1"}},
        {"miner_stats", {"", std::string("/") + kMinerAddress}},
        {"miner_payouts", {"", std::string("/") + kMinerAddress}},
        {"web/share", {"/" + best_share_}},
        {"web/payout_address", {"/" + best_share_}},
        {"web/share_data", {"/" + best_share_}},
        {"web/graph_data", {"/pool_rates/last_hour", "/miner_hash_rates/last_day"}},
        {"api/v1/miners", {"", std::string("/") + kMinerAddress}},
        {"api/v1/blocks", {"", "?limit=2", "/" + best_share_}},
        {"api/v1/shares", {"", "?count=5", "/" + best_share_}},
        {"api/v1/graphs", {"", "/peers", "/miner_hash_rates?range=day"}},
        {"api/v1/session/challenge", {std::string("?address=") + kMinerAddress}}};
    web::Routes routes;
    web::add_legacy_routes(routes);
    web::add_api_routes(routes);
    web::add_health_routes(routes);
    std::vector<std::string> targets;
    for (const auto& page : routes.pages) {
        if (page.first == "api/v1/events") continue;
        const auto known = arguments.find(page.first);
        for (const std::string& argument : known == arguments.end() ? std::vector<std::string>{""} : known->second)
            targets.push_back("/" + page.first + argument);
    }
    return targets;
}

nlohmann::json recorded_answers(const std::string& state) {
    return nlohmann::json::parse(
        tests::read_text(std::filesystem::path(P2POOL_TRANSCRIPT_DIR) / "web" / (state + ".json")))["answers"];
}

}  // namespace web_tests
