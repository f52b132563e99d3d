#include "p2pool/node/application.h"

#include <boost/asio.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "dash/backends/backends.h"
#include "dash/broadcaster/broadcaster.h"
#include "dash/primitives/address.h"
#include "dash/rpc/daemon.h"
#include "dash/submission/pipeline.h"
#include "dash/util/coroutines.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/node/announcer.h"
#include "p2pool/node/block_broadcaster.h"
#include "p2pool/node/daemon_settings.h"
#include "p2pool/node/format.h"
#include "p2pool/node/merged_mining.h"
#include "p2pool/node/node.h"
#include "p2pool/node/payout_address.h"
#include "p2pool/node/peer_service.h"
#include "p2pool/node/share_keeping.h"
#include "p2pool/node/status_line.h"
#include "p2pool/node/web_feed.h"
#include "p2pool/node/web_settings.h"
#include "p2pool/node/worker_ports.h"
#include "p2pool/service/open_files.h"
#include "p2pool/service/service_manager.h"
#include "p2pool/service/watchdog.h"
#include "web/service.h"

namespace p2pool::node {
namespace {

namespace asio = boost::asio;
using dash::pause;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kMaintenanceInterval{5};
/// The best share is chosen anew at most this often, at once for the first share: on a young chain, where every hash is
/// a share, miners would get nothing but new jobs.
constexpr milliseconds kLeastSettleInterval{25};
/// Choosing among thousands of heads takes milliseconds: it gets one part in so many of the node's time.
constexpr int kSettleShareOfTime = 10;
/// New transactions are worth new jobs this often.
constexpr seconds kRefreshInterval{20};
constexpr seconds kStatusCheckInterval{3};
constexpr double kStatusRepeatSeconds = 15;
constexpr seconds kWarningsInterval{60};
/// How often it is looked whether block headers are wanted; a new template makes it look at once.
constexpr milliseconds kHeaderInterval{500};
/// How long the start waits for dashd's P2P link before it goes on without.
constexpr seconds kLinkPatience{5};
/// Whoever started the node waits so long at most for dashd's first answers: what is wrong with them is for him to see.
constexpr seconds kStartPatience{3};
constexpr seconds kLifeInterval{1};
/// A node thread that is silent for so long is told in the log, with its stack (python p2pool.main).
constexpr seconds kStallPatience{30};
/// A stop that takes longer has failed.
constexpr milliseconds kStopPatience{4800};
/// From then on nothing is lost: what still runs may wait for a name server.
constexpr milliseconds kClearPatience{2000};

std::uint64_t random_seed() {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

class Application::Impl {
  public:
    Impl(options::Settings settings, std::function<void()> on_started)
        : settings_(std::move(settings)),
          on_started_(std::move(on_started)),
          dashds_(io_.get_executor(), *settings_.network->parent, dashd_settings(settings_),
                  {.on_template = [this](dash::rpc::BlockTemplate block, double seconds) {
                      try {
                          take(std::move(block), seconds);
                      } catch (const dash::ConfigError&) {  // the operator's to mend, such as a port that is taken
                          throw;
                      } catch (const std::exception& error) {  // the next template may do better
                          dash::log::error(
                              "A block template could not be used, an error of this program, please "
                              "report it: ",
                              error.what());
                      }
                  }}) {}

    int run() {
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) stop();
        });
        reopen_log_on_signal();
        spawn(start());
        spawn(show_life());
        dash::run_guarded(io_, "the node");
        return exit_code_;
    }

  private:
    /// A coroutine that ends by an exception is a broken program: the node stops and says why.
    void spawn(asio::awaitable<void> task) {
        asio::co_spawn(io_, std::move(task), [this](const std::exception_ptr& error) {
            if (!error) return;
            try {
                std::rethrow_exception(error);
            } catch (const std::exception& reason) {
                dash::log::error("Fatal error: ", reason.what());
            }
            exit_code_ = EXIT_FAILURE;
            stop();
        });
    }

    void stop();
    void reopen_log_on_signal();
    asio::awaitable<void> show_life();
    void take(dash::rpc::BlockTemplate block, double seconds);
    void listen();
    void start_pipeline();
    void take_report(const dash::submission::SubmissionReport& report);
    void block_won(dash::submission::WonBlock block);
    void settle_soon();
    asio::awaitable<void> start();
    void tell_started();
    asio::awaitable<void> tell_started_soon();
    asio::awaitable<void> test_rpc();
    asio::awaitable<void> test_link();
    void serve(const std::vector<std::string>& payout_addresses);
    asio::awaitable<void> maintain();
    asio::awaitable<void> refresh();
    asio::awaitable<void> tell_status();
    asio::awaitable<void> learn_headers();
    asio::awaitable<void> learn_warnings();
    void take_header(const dash::rpc::HeaderInfo& header);
    void make_web(const std::string& payout_address);
    asio::awaitable<void> feed_web();

    options::Settings settings_;
    std::function<void()> on_started_;
    service::Watchdog watchdog_{kStallPatience};
    asio::io_context io_;
    asio::signal_set signals_{io_, SIGINT, SIGTERM};
    asio::signal_set reopen_signals_{io_, SIGUSR1};
    dash::backends::Backends dashds_;
    std::unique_ptr<share_chain::store::ShareStore> store_;
    std::unique_ptr<Node> node_;
    std::unique_ptr<MergedMining> merged_;
    std::unique_ptr<PeerService> peers_;
    std::unique_ptr<dash::broadcaster::Broadcaster> broadcaster_;
    std::unique_ptr<dash::submission::Pipeline> pipeline_;
    /// The last of each block of an earlier run, until there is web_; as many as the journal holds unfinished.
    std::map<dash::Uint256, dash::submission::SubmissionReport> early_reports_;
    std::unique_ptr<WorkerPorts> ports_;
    std::unique_ptr<Announcer> announcer_;
    std::unique_ptr<web::Service> web_;
    std::unique_ptr<WebFeed> web_feed_;
    asio::steady_timer settle_timer_{io_};
    asio::steady_timer header_timer_{io_};  ///< runs while no header is wanted
    dash::Uint256 announced_block_;
    std::optional<double> last_block_at_;  ///< unix seconds, of the pool in this run
    std::string dashd_warnings_;
    std::chrono::steady_clock::time_point next_settle_;
    bool settling_ = false;
    bool told_started_ = false;
    bool stopping_ = false;
    int exit_code_ = EXIT_SUCCESS;
};

void Application::Impl::reopen_log_on_signal() {
    reopen_signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        dash::log::reopen();
        reopen_log_on_signal();
    });
}

/// As long as this runs, the node thread does not hang.
asio::awaitable<void> Application::Impl::show_life() {
    const bool is_watched = service::service_watchdog_time().has_value();
    const auto interval = std::min<std::chrono::microseconds>(
        kLifeInterval, service::service_watchdog_time().value_or(kLifeInterval) / 3);
    for (;;) {
        watchdog_.alive();
        if (is_watched) service::tell_service_manager("WATCHDOG=1");
        co_await pause(interval);
    }
}

void Application::Impl::stop() {
    if (std::exchange(stopping_, true)) return;
    dash::log::info("GRACEFUL SHUTDOWN INITIATED");
    service::tell_service_manager("STOPPING=1");
    watchdog_.end_within(kStopPatience);
    std::error_code ignored;
    std::filesystem::remove(settings_.ready_flag, ignored);
    if (ports_ != nullptr) ports_->stop();
    if (node_ != nullptr) node_->set_peer_knowledge({});
    peers_.reset();
    if (pipeline_ != nullptr) pipeline_->stop();
    if (web_ != nullptr) web_->stop();
    if (announcer_ != nullptr) announcer_->stop();
    if (store_ != nullptr) store_->stop();
    if (store_ != nullptr && settings_.options.compact_on_shutdown) {
        watchdog_.end_any_time();
        store_->compact();
    }
    dash::log::info("Stopped.");
    dash::log::flush();
    watchdog_.finish_within(kClearPatience, exit_code_);
    io_.stop();
}

void Application::Impl::take(dash::rpc::BlockTemplate block, double seconds) {
    node_->take_template(std::move(block));
    if (web_feed_ != nullptr) web_feed_->template_came(seconds);
    peers_->take_template(node_->current_template());
    header_timer_.cancel();
    if (ports_->listening()) return;
    const auto line = archive_line(node_->chain_height(), settings_.network->chain_length);
    if (line) dash::log::info(*line);
    listen();
}

/// Miners are let in when there is work for them.
void Application::Impl::listen() {
    ports_->listen();
    const std::ofstream flag(settings_.ready_flag);
    service::tell_service_manager("STATUS=Serving miners on port " + std::to_string(settings_.worker.port));
    dash::log::info("Started successfully!");
    dash::log::info("Go to http://127.0.0.1:", settings_.worker.port, "/ to view graphs and statistics!");
    for (const std::string& line : donation_lines(settings_.options.donation_percent))
        dash::log::info(line);
    dash::log::info("Point miners at stratum+tcp://THIS_HOST:", settings_.worker.port,
                    " with a Dash address as user name.");
}

void Application::Impl::block_won(dash::submission::WonBlock block) {
    const dash::Uint256 hash = block.hash;
    pipeline_->submit(block);
    dashds_.new_block(hash);
    const auto last = std::exchange(last_block_at_, block.found_at);
    for (const std::string& line :
         won_block_lines(block, node_->status(), last ? std::optional(block.found_at - *last) : std::nullopt))
        dash::log::info(line);
    announcer_->block_won(block, node_->status().pool_hashes_per_second);
    web_->block_won(block);
}

void Application::Impl::settle_soon() {
    if (std::exchange(settling_, true)) return;
    settle_timer_.expires_at(next_settle_);
    settle_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        settling_ = false;
        const auto start = std::chrono::steady_clock::now();
        node_->settle();
        const auto cost = std::chrono::steady_clock::now() - start;
        next_settle_ = start + std::max<asio::steady_timer::duration>(kLeastSettleInterval, kSettleShareOfTime * cost);
    });
}

asio::awaitable<void> Application::Impl::test_rpc() {
    for (const auto& dashd : dashd_settings(settings_)) {
        dash::log::info("Testing ", dashd.name, " RPC connection to '", dashd.rpc.url(), "' with username '",
                        dashd.rpc.user, "'...");
    }
    const dash::rpc::DaemonCheck check = co_await dashds_.wait_until_usable();
    dash::log::info("    ...success!");
    if (dashds_.size() > 1) dash::log::info("    Work comes from ", dashds_.current().settings().name);
    dash::log::info("    Current block hash: ", check.chain.best_block.to_hex());
    dash::log::info("    Current block height: ", check.chain.blocks);
}

asio::awaitable<void> Application::Impl::test_link() {
    const dash::backends::Backend& dashd = dashds_.current();
    dash::log::info("Testing ", dashd.settings().name, " P2P connection to '", dashd.settings().link.host, ":",
                    dashd.settings().link.port, "'...");
    dashds_.start_links();
    const auto deadline = std::chrono::steady_clock::now() + kLinkPatience;
    while (!dashd.link().up() && std::chrono::steady_clock::now() < deadline)
        co_await pause(milliseconds(20));
    if (dashd.link().up()) {
        dash::log::info("    ...success!");
    } else {
        dash::log::warning(
            "    ...taking a while. Common reasons for this include all of dashd's connection slots being used, or a "
            "wrong --dashd-p2p-port. The node goes on by polling dashd until the link is up.");
    }
}

asio::awaitable<void> Application::Impl::start() {
    std::error_code ignored;
    std::filesystem::remove(settings_.ready_flag, ignored);  // of a run that was killed
    store_ = open_share_store(settings_);
    ports_ = std::make_unique<WorkerPorts>(io_, settings_, dash::system_clock());
    // Blocks of an earlier run wait for no dashd: peers can take them.
    broadcaster_ = make_broadcaster(settings_, database_file(settings_));
    start_pipeline();
    spawn(tell_started_soon());
    co_await test_rpc();
    co_await test_link();
    dash::log::info("Determining payout address...");
    const std::vector<std::string> addresses =
        co_await determine_payout_addresses(settings_, dashds_.current().daemon());
    if (!settings_.dynamic_payout) dash::log::info("    ...success! Payout address: ", addresses.front());
    serve(addresses);
    tell_started();
    if (settings_.dynamic_payout) spawn(renew_payouts(settings_, dashds_.current().daemon(), node_->payouts()));
}

asio::awaitable<void> Application::Impl::tell_started_soon() {
    co_await pause(kStartPatience);
    tell_started();
}

void Application::Impl::tell_started() {
    if (stopping_ || std::exchange(told_started_, true)) return;
    on_started_();
    service::tell_service_manager(node_ == nullptr ? "READY=1\nSTATUS=Waiting for dashd" : "READY=1");
}

void Application::Impl::serve(const std::vector<std::string>& payout_addresses) {
    NodeSettings node_settings;
    node_settings.network = settings_.network;
    for (const std::string& address : payout_addresses)
        node_settings.payout_hashes.push_back(dash::parse_address(address, *settings_.network->parent).hash);
    node_settings.fee = settings_.options.fee_percent / 100;
    node_settings.donation = settings_.options.donation_percent / 100;
    node_settings.random_seed = random_seed();
    node_settings.bench = settings_.options.bench;
    dash::log::info("Initializing work...");
    node_ = std::make_unique<Node>(node_settings, dash::system_clock());
    load_shares(*store_, *node_);
    dash::log::info("    Building share chain graph from ", node_->tracker().size(), " shares...");
    dash::log::info("    ...share chain initialized!");
    ports_->set_source(*node_);
    make_web(payout_addresses.front());
    node_->set_events({.on_work_changed = [this](bool clean) { ports_->server().work_changed(clean); },
                       .on_block_won = [this](dash::submission::WonBlock block) { block_won(std::move(block)); },
                       .on_shares_added = [this] { settle_soon(); },
                       .on_decision =
                           [this](const share_chain::Decision& decision) {
                               if (peers_ != nullptr) peers_->take_decision(decision);
                           },
                       .on_aux_block_won = [this](work::AuxSolution solution) { merged_->submit(std::move(solution)); },
                       .on_work_accepted =
                           [this](const AcceptedWork& work) {
                               if (web_feed_ != nullptr) web_feed_->work_accepted(work);
                           }});
    merged_ = std::make_unique<MergedMining>(io_.get_executor(), merged_settings(settings_),
                                             [this](work::AuxTreePtr aux) { node_->take_aux_work(std::move(aux)); });
    merged_->start();
    peers_ = std::make_unique<PeerService>(io_, settings_, *node_, dash::system_clock(),
                                           [this](const dash::Uint256& hash) { dashds_.new_block(hash); });
    node_->set_peer_knowledge(peers_->knowledge());
    peers_->start();
    dashds_.start_templates([this](asio::awaitable<void> task) { spawn(std::move(task)); });
    spawn(maintain());
    spawn(refresh());
    spawn(tell_status());
    spawn(learn_headers());
    spawn(learn_warnings());
    spawn(ports_->follow_security_config());
    web_feed_ = std::make_unique<WebFeed>(
        [this](web::SnapshotPtr snapshot, web::Happenings happenings) {
            web_->publish(std::move(snapshot), std::move(happenings));
        },
        *node_, ports_->server(), [this] { return peers_->network().status(); }, dash::system_clock());
    spawn(feed_web());
}

/// Whatever a browser asks for on the worker port goes to the web thread.
void Application::Impl::make_web(const std::string& payout_address) {
    web_ = std::make_unique<web::Service>(web_settings(settings_, payout_address, broadcaster_.get(), dashds_.best()),
                                          dash::system_clock());
    announcer_ = std::make_unique<Announcer>(settings_, *web_);
    web_->start();
    for (const auto& [hash, report] : std::exchange(early_reports_, {}))
        web_->block_changed(report);
    ports_->server().set_http_handoff(
        [this](stratum::HttpConnection connection) { web_->take(std::move(connection)); });
}

asio::awaitable<void> Application::Impl::feed_web() {
    for (;;) {
        web_feed_->take_dashd_warnings(dashd_warnings_);
        co_await web_feed_->publish(dashds_);
        co_await pause(web_feed_->pause());
    }
}

void Application::Impl::start_pipeline() {
    dash::submission::PipelineSettings pipeline;
    pipeline.chain = settings_.network->parent;
    const auto first = dashd_settings(settings_).front();
    pipeline.rpc = first.rpc;
    pipeline.link = first.link;
    pipeline.further = further_dashd_settings(settings_);
    pipeline.best_daemon = dashds_.best();
    pipeline.database = database_file(settings_);
    if (broadcaster_ != nullptr) pipeline.senders.push_back(broadcaster_->factory());
    pipeline_ = std::make_unique<dash::submission::Pipeline>(
        std::move(pipeline), io_.get_executor(),
        [this](const dash::submission::SubmissionReport& report) { take_report(report); });
    pipeline_->start();
}

/// The pipeline itself tells the operator how a block fares; here, one that dashd took is a reason to look for new
/// work.
void Application::Impl::take_report(const dash::submission::SubmissionReport& report) {
    if (report.state == dash::submission::BlockState::kAccepted) dashds_.new_block(report.hash);
    if (web_ != nullptr) {
        web_->block_changed(report);
    } else {
        early_reports_.insert_or_assign(report.hash, report);
    }
}

asio::awaitable<void> Application::Impl::maintain() {
    for (;;) {
        co_await pause(kMaintenanceInterval);
        node_->maintain();
    }
}

asio::awaitable<void> Application::Impl::learn_warnings() {
    for (;;) {
        try {
            dashd_warnings_ = (co_await dashds_.current().daemon().get_network_info()).warnings;
        } catch (const dash::rpc::RpcError& error) {
            dash::log::debug("dashd does not say whether it has warnings: ", error.what());
        }
        co_await pause(kWarningsInterval);
    }
}

/// dashd is asked for one header after the other, so that templates never wait long behind them.
asio::awaitable<void> Application::Impl::learn_headers() {
    for (;;) {
        const std::optional<dash::Uint256> hash = node_->wanted_header();
        bool learnt = false;
        if (hash) {
            try {
                if (const auto header = co_await dashds_.current().quick_daemon().get_block_header(*hash)) {
                    take_header(*header);
                    learnt = true;
                }
            } catch (const dash::rpc::RpcError& error) {
                dash::log::debug("No header of block ", hash->to_hex(), ": ", error.what());
            }
        }
        if (learnt) continue;
        header_timer_.expires_after(kHeaderInterval);
        co_await header_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void Application::Impl::take_header(const dash::rpc::HeaderInfo& header) {
    node_->take_header(header);
    const work::WorkTemplatePtr current = node_->current_template();
    if (peers_ == nullptr || current == nullptr || header.hash != current->block.previous_block) return;
    if (std::exchange(announced_block_, header.hash) != header.hash) peers_->announce_best_block(header.header);
}

asio::awaitable<void> Application::Impl::refresh() {
    for (;;) {
        co_await pause(kRefreshInterval);
        node_->refresh_work();
    }
}

asio::awaitable<void> Application::Impl::tell_status() {
    std::vector<std::string> told;
    double told_at = 0;  // steady seconds
    for (;;) {
        co_await pause(kStatusCheckInterval);
        const double now = dash::steady_seconds(dash::system_clock());
        NodeStatus status = node_->status();
        const peers::NetworkStatus network = peers_->network().status();
        status.peers = network.peers.size();
        status.incoming_peers = network.incoming;
        status.dashd_warnings = dashd_warnings_;
        if (settings_.options.debug) status.open_files = service::count_open_files();
        std::vector<std::string> lines = status_lines(status, *settings_.network);
        if (network.download.active) lines.push_back(download_line(network.download));
        if (lines == told && now - told_at < kStatusRepeatSeconds) continue;
        for (const std::string& line : lines)
            dash::log::info(line);
        for (const std::string& warning : status_warnings(status)) {
            dash::log::warning(std::string(40, '#'));
            dash::log::warning(">>> Warning: ", warning);
            dash::log::warning(std::string(40, '#'));
        }
        told = std::move(lines);
        told_at = now;
    }
}

Application::Application(options::Settings settings, std::function<void()> on_started)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(on_started))) {}

Application::~Application() = default;

int Application::run() {
    return impl_->run();
}

}  // namespace p2pool::node
