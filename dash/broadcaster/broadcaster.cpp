#include "dash/broadcaster/broadcaster.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "dash/broadcaster/block_pusher.h"
#include "dash/broadcaster/broadcast_log.h"
#include "dash/broadcaster/peer_file.h"
#include "dash/broadcaster/report_store.h"
#include "dash/broadcaster/status.h"
#include "dash/p2p/daemon_link.h"
#include "dash/util/atomic_file.h"
#include "dash/util/connect.h"
#include "dash/util/error.h"
#include "dash/util/log.h"

namespace dash::broadcaster {
namespace {

namespace asio = boost::asio;
using submission::SubmissionReport;

constexpr double kMillisecondsPerSecond = 1000;

std::string endpoint_text(const std::string& host, std::uint16_t port) {
    return host + ":" + std::to_string(port);
}

std::string read_whole(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) throw ConfigError("cannot read " + file.string() + ": check its owner and permissions");
    return text.str();
}

/// An empty file's content when there is none, or none that can be read; the latter is kept beside.
PeerFile load_peers(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) {
        log::info("Broadcaster: No cached peer database found at ", file.string());
        return {};
    }
    try {
        PeerFile loaded = parse_peer_file(read_whole(file));
        log::info("Broadcaster: Loaded ", loaded.peers.size(), " peers from ", file.string());
        return loaded;
    } catch (const DecodeError& error) {
        const std::filesystem::path aside = file.string() + ".unreadable";
        std::error_code ignored;
        std::filesystem::rename(file, aside, ignored);
        log::warning("Broadcaster: ", file.string(), " cannot be read (", error.what(), "); it is kept as ",
                     aside.string(), ", and peers are asked from dashd anew");
        return {};
    }
}

}  // namespace

/// What the broadcaster and its sender share.
struct Broadcaster::Shared {
    Shared(BroadcasterSettings given, const Clock& given_clock)
        : settings(std::move(given)),
          clock(given_clock),
          loaded(load_peers(settings.peer_file)),
          store(settings.database),
          totals(store.totals()) {}

    BroadcasterSettings settings;
    const Clock& clock;
    PeerFile loaded;
    ReportStore store;   // once there is a sender, only on its disk thread
    BlockTotals totals;  // at the start
    StatusBoard board;
};

/// The broadcaster on the submission thread.
class Broadcaster::Sender final : public submission::BlockSender {
  public:
    Sender(std::shared_ptr<Shared> shared, const submission::SenderSurroundings& around);
    ~Sender() override;
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    [[nodiscard]] std::string_view name() const override { return "Multi-peer broadcast"; }
    [[nodiscard]] asio::awaitable<submission::SendOutcome> send(submission::WonBlock block) override;
    void block_changed(const SubmissionReport& report) override;

  private:
    /// Of a block of ours, until its fate is known.
    struct Fate {
        Uint256 hash;
        std::vector<bool> dashds_counted{};
        bool dashd_has_it = false;
        std::optional<double> chainlock_ms;
    };
    static constexpr std::size_t kMostFates = 64;

    [[nodiscard]] PeerManager make_manager(std::size_t dashds) const;
    [[nodiscard]] PeerPool::Events pool_events();
    [[nodiscard]] asio::awaitable<void> run_every(std::chrono::milliseconds interval, std::function<void()> work);
    [[nodiscard]] asio::awaitable<void> begin();
    [[nodiscard]] asio::awaitable<void> protect(LocalDashd dashd);
    void look_at_dashds();
    void look_at(LocalDashd& dashd, const p2p::DaemonLink& link);
    void publish();
    void save_regularly();
    [[nodiscard]] PeerFile peer_file() const;
    [[nodiscard]] HistoryPoint history_point() const;
    void write(std::function<void()> work);
    Fate& fate_of(const Uint256& hash);
    void count_for_dashds(const SubmissionReport& report, Fate& fate);

    std::shared_ptr<Shared> shared_;
    const BroadcasterSettings& settings_;
    asio::any_io_executor executor_;
    std::vector<const p2p::DaemonLink*> links_;
    const Clock& clock_;
    std::vector<LocalDashd> dashds_;  ///< one a link
    BlockTotals totals_;
    std::optional<BroadcastReport> last_;
    std::deque<Fate> fates_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    PeerPool pool_;
    BlockPusher pusher_;
    asio::thread_pool disk_{1};
};

Broadcaster::Sender::Sender(std::shared_ptr<Shared> shared, const submission::SenderSurroundings& around)
    : shared_(std::move(shared)),
      settings_(shared_->settings),
      executor_(around.executor),
      links_(around.further_links),
      clock_(around.clock),
      pool_(executor_,
            {.magic = settings_.chain->p2p_magic,
             .user_agent = settings_.user_agent,
             .check_interval = settings_.check_interval,
             .dial_timeout = settings_.dial_timeout},
            make_manager(1 + around.further_links.size()), around.best_daemon, pool_events(), clock_),
      pusher_(
          executor_, settings_.chain->p2p_magic, pool_,
          [this](const BroadcastReport& report) {
              last_ = report;
              write([this, report] { shared_->store.save(report); });
          },
          clock_) {
    links_.insert(links_.begin(), &around.link);
    std::vector<DashdPlace> places = settings_.further_dashds;
    places.insert(places.begin(), {settings_.dashd_host, settings_.dashd_port});
    places.resize(links_.size());
    for (const DashdPlace& place : places) {
        LocalDashd& dashd = dashds_.emplace_back();
        dashd.host = place.host;
        dashd.port = place.port;
        dashd.first_seen = clock_.unix_seconds();
    }
    const PeerFile& loaded = shared_->loaded;
    LocalDashd& first = dashds_.front();
    if (loaded.local_dashd == endpoint_text(first.host, first.port)) {
        first.first_seen = loaded.dashd_first_seen;
        first.last_seen = loaded.dashd_last_seen;
        first.successful_broadcasts = loaded.dashd_successful_broadcasts;
        first.failed_broadcasts = loaded.dashd_failed_broadcasts;
    }
    totals_ = shared_->totals;
    publish();
    for (const LocalDashd& dashd : dashds_)
        log::info("Broadcaster: Local dashd at ", endpoint_text(dashd.host, dashd.port), " marked as PROTECTED");
    asio::co_spawn(executor_, begin(), asio::detached);
    asio::co_spawn(executor_,
                   run_every(settings_.status_interval,
                             [this] {
                                 look_at_dashds();
                                 publish();
                             }),
                   asio::detached);
    asio::co_spawn(executor_, run_every(settings_.save_interval, [this] { save_regularly(); }), asio::detached);
}

Broadcaster::Sender::~Sender() {
    *alive_ = false;
    disk_.join();
    try {
        write_file_atomically(settings_.peer_file, to_json_text(peer_file()));
        log::info("Broadcaster: Saved peer database (", pool_.manager().book().size(), " peers) to ",
                  settings_.peer_file.string());
    } catch (const Error& error) {
        log::error("Broadcaster: the peer database is not saved: ", error.what());
    }
}

PeerManager Broadcaster::Sender::make_manager(std::size_t dashds) const {
    const AddressRules rules{.port = settings_.peer_port != 0 ? settings_.peer_port : settings_.chain->p2p_port,
                             .local_ones_too = settings_.chain->rpc_chain == "regtest"};
    PeerBook book(rules);
    for (const PeerFile::Peer& peer : shared_->loaded.peers)
        static_cast<void>(book.restore(peer.record, clock_.unix_seconds()));
    Limits limits = settings_.limits;
    limits.local_dashds = dashds;
    return PeerManager(limits, std::move(book), shared_->loaded.bootstrapped, clock_);
}

/// No peer is called before the local dashds' own addresses are known.
asio::awaitable<void> Broadcaster::Sender::begin() {
    const auto alive = alive_;
    const std::vector<LocalDashd> dashds = dashds_;
    for (const LocalDashd& dashd : dashds) {
        if (*alive) co_await protect(dashd);
    }
    if (*alive) pool_.start();
}

/// Whatever addresses its name has.
asio::awaitable<void> Broadcaster::Sender::protect(LocalDashd dashd) {
    constexpr std::chrono::seconds kPatience{10};
    const auto alive = alive_;
    try {
        const auto endpoints =
            co_await resolve_tcp(dashd.host, dashd.port, std::chrono::steady_clock::now() + kPatience);
        if (!*alive) co_return;
        for (const auto& endpoint : endpoints)
            pool_.protect(to_peer_address(p2p::make_net_address(endpoint.address().to_string(), endpoint.port())));
    } catch (const boost::system::system_error& error) {
        log::debug("Broadcaster: no address of ", dashd.host, ": ", error.what());
    }
}

PeerPool::Events Broadcaster::Sender::pool_events() {
    return {
        .on_message = [this](const PeerAddress& from, std::string_view command,
                             ByteSpan payload) { pusher_.take_message(from, command, payload); },
        .on_block = [this](const PeerAddress& from, const Uint256& block) { pusher_.take_announcement(from, block); },
        .on_lost = [this](const PeerAddress& peer, const std::string& reason) { pusher_.take_loss(peer, reason); },
        .on_ready = [this](const PeerAddress& peer) { pusher_.take_ready(peer); }};
}

asio::awaitable<void> Broadcaster::Sender::run_every(std::chrono::milliseconds interval, std::function<void()> work) {
    const auto alive = alive_;
    asio::steady_timer timer(executor_);
    for (;;) {
        timer.expires_after(interval);
        co_await timer.async_wait(asio::use_awaitable);
        if (!*alive) co_return;
        work();
    }
}

asio::awaitable<submission::SendOutcome> Broadcaster::Sender::send(submission::WonBlock block) {
    submission::SendOutcome outcome;
    try {
        const BroadcastReport report = co_await pusher_.push(block);
        outcome.reached = static_cast<std::uint32_t>(report.reached);
        outcome.log_lines = broadcast_lines(report, fate_of(block.hash).dashd_has_it);
        publish();
    } catch (const DecodeError& error) {
        outcome.log_lines = {std::string("Broadcaster: [!] the block cannot be sent: ") + error.what()};
    }
    co_return outcome;
}

Broadcaster::Sender::Fate& Broadcaster::Sender::fate_of(const Uint256& hash) {
    const auto known = std::find_if(fates_.begin(), fates_.end(), [&](const Fate& fate) { return fate.hash == hash; });
    if (known != fates_.end()) return *known;
    if (fates_.size() >= kMostFates) fates_.pop_front();
    return fates_.emplace_back(Fate{.hash = hash, .chainlock_ms = std::nullopt});
}

void Broadcaster::Sender::block_changed(const SubmissionReport& report) {
    Fate& fate = fate_of(report.hash);
    count_for_dashds(report, fate);
    if (report.chainlock && !fate.chainlock_ms) {
        fate.chainlock_ms = kMillisecondsPerSecond * (clock_.unix_seconds() - report.found_at);
    }
    write([this, report, chainlock_ms = fate.chainlock_ms] {
        shared_->store.save(report, chainlock_ms);
        asio::post(executor_, [this, alive = alive_, totals = shared_->store.totals()] {
            if (*alive) totals_ = totals;
        });
    });
}

void Broadcaster::Sender::count_for_dashds(const SubmissionReport& report, Fate& fate) {
    fate.dashd_has_it = report.daemon_p2p_sent;
    fate.dashds_counted.resize(dashds_.size());
    for (std::size_t i = 0; i < std::min(dashds_.size(), report.sent_to.size()); ++i) {
        if (fate.dashds_counted[i] || (!report.sent_to[i] && !is_final(report.state))) continue;
        fate.dashds_counted[i] = true;
        ++(report.sent_to[i] ? dashds_[i].successful_broadcasts : dashds_[i].failed_broadcasts);
    }
}

void Broadcaster::Sender::look_at_dashds() {
    for (std::size_t i = 0; i < dashds_.size(); ++i)
        look_at(dashds_[i], *links_[i]);
}

void Broadcaster::Sender::look_at(LocalDashd& dashd, const p2p::DaemonLink& link) {
    const p2p::DaemonLinkStatus status = link.status();
    const double now = clock_.unix_seconds();
    if (status.up && dashd.connection_attempts != status.connects) {
        dashd.connected_since = now;
        asio::co_spawn(executor_, protect(dashd), asio::detached);  // it may have moved
    }
    dashd.blocks_relayed = status.blocks_announced;
    dashd.txs_relayed = status.transactions_announced;
    dashd.connected = status.answers;
    dashd.connection_attempts = status.connects;
    if (status.answers) dashd.last_seen = now;
    if (status.ping_time) dashd.ping_ms = std::chrono::duration<double, std::milli>(*status.ping_time).count();
}

void Broadcaster::Sender::publish() {
    shared_->board.publish(status_json(pool_.manager(), dashds_, totals_, last_, clock_));
}

void Broadcaster::Sender::save_regularly() {
    write([this, file = peer_file(), point = history_point()] {
        write_file_atomically(settings_.peer_file, to_json_text(file));
        shared_->store.save(point);
    });
}

PeerFile Broadcaster::Sender::peer_file() const {
    const PeerManager& manager = pool_.manager();
    const LocalDashd& first = dashds_.front();
    PeerFile file;
    file.last_updated = clock_.unix_seconds();
    file.bootstrapped = manager.bootstrapped();
    file.local_dashd = endpoint_text(first.host, first.port);
    file.dashd_first_seen = first.first_seen;
    file.dashd_last_seen = first.last_seen;
    file.dashd_successful_broadcasts = first.successful_broadcasts;
    file.dashd_failed_broadcasts = first.failed_broadcasts;
    for (const auto& [address, record] : manager.book().records())
        file.peers.push_back({record, manager.score_of(address)});
    return file;
}

HistoryPoint Broadcaster::Sender::history_point() const {
    const PeerManager& manager = pool_.manager();
    const Statistics& statistics = manager.statistics();
    HistoryPoint point;
    point.at = clock_.unix_seconds();
    point.connected = manager.connections().size();
    point.known = manager.book().size();
    point.resting = manager.resting().size();
    point.connection_attempts = statistics.connection_attempts;
    point.failed_connections = statistics.failed_connections();
    point.successful_broadcasts = statistics.successful_broadcasts;
    point.failed_broadcasts = statistics.failed_broadcasts;
    std::vector<double> pings;
    for (const auto& [address, connection] : manager.connections()) {
        const auto record = manager.book().records().find(address);
        if (record != manager.book().records().end() && record->second.ping_ms)
            pings.push_back(*record->second.ping_ms);
    }
    std::sort(pings.begin(), pings.end());
    if (!pings.empty()) point.median_ping_ms = pings[pings.size() / 2];
    return point;
}

/// On the disk thread, in order.
void Broadcaster::Sender::write(std::function<void()> work) {
    asio::post(disk_, [work = std::move(work)] {
        try {
            work();
        } catch (const Error& error) {
            log::error("Broadcaster: ", error.what());
        }
    });
}

Broadcaster::Broadcaster(BroadcasterSettings settings, const Clock& clock)
    : shared_(std::make_shared<Shared>(std::move(settings), clock)) {}

Broadcaster::~Broadcaster() = default;

submission::BlockSenderFactory Broadcaster::factory() {
    return [shared = shared_](const submission::SenderSurroundings& around) {
        return std::make_unique<Sender>(shared, around);
    };
}

nlohmann::json Broadcaster::status() const {
    return shared_->board.read();
}

}  // namespace dash::broadcaster
