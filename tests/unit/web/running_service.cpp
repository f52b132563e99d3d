#include "tests/unit/web/running_service.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "share_chain/network.h"
#include "tests/support/vectors.h"
#include "web/site/site.h"

namespace web_tests {

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
    if (!wishes_.broadcaster.is_null()) settings.broadcaster = [status = wishes_.broadcaster] { return status; };
    service_ = std::make_unique<web::Service>(std::move(settings), dash::system_clock());
    service_->start();
}

void RunningService::restart() {
    service_->stop();
    service_.reset();
    start();
}

void RunningService::accept_all() {
    for (std::size_t number = 0;; ++number) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0) return;
        service_->take({socket, {}, wishes_.client_ip_of ? wishes_.client_ip_of(number) : wishes_.client_ip});
    }
}

Answer RunningService::get(const std::string& target, const std::vector<std::string>& headers) const {
    return HttpClient(port_).get(target, headers);
}

nlohmann::json RunningService::json(const std::string& target) const {
    return nlohmann::json::parse(get(target).body);
}

void RunningService::tell_mining_state() {
    MiningState state = mining_state(facts_, told_time_, wishes_.third_worker);
    best_share_ = state.best_share;
    service_->publish(state.snapshot, std::move(state.happenings));
    for (const dash::submission::WonBlock& block : state.blocks)
        service_->block_won(block);
    const bool shown = tests::wait_until(
        [this] { return json("/web/best_share_hash") == best_share_ && json("/recent_blocks").size() == 2; },
        std::chrono::seconds(20));
    if (!shown) throw std::runtime_error("the pages do not show what was told");
}

void RunningService::tell_farm(std::size_t workers) {
    const MiningState state = mining_state(facts_, told_time_, wishes_.third_worker);
    auto snapshot = std::make_shared<web::Snapshot>(*state.snapshot);
    auto stratum = std::make_shared<p2pool::stratum::ServerStatus>(*snapshot->stratum);
    web::Happenings happenings;
    for (std::size_t i = 1; i <= workers; ++i) {
        p2pool::stratum::PoolStatistics::Worker worker = stratum->workers.front();
        worker.name = "farm" + std::to_string(i);
        worker.hashes_per_second = static_cast<double>(i);
        stratum->workers.push_back(worker);
        stratum->connections.push_back({"203.0.113.8", worker.name, 0.001, 100, 1, 42, 40});
        web::WorkDone& done = happenings.work[worker.name];
        done.hashes = 1e9 + 1e6 * static_cast<double>(i);
        done.submits = 1;
        done.payout_hash.fill(static_cast<std::uint8_t>(i % 250));
        done.share_target = dash::Uint256::max();
    }
    snapshot->stratum = std::move(stratum);
    service_->publish(std::move(snapshot), std::move(happenings));
    if (!tests::wait_until([&] { return json("/api/v1/overview")["miners"]["connections"] >= workers; },
                           std::chrono::seconds(20)))
        throw std::runtime_error("the pages do not show the farm");
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
