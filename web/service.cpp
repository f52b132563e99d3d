#include "web/service.h"

#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "dash/rpc/daemon.h"
#include "dash/util/coroutines.h"
#include "dash/util/log.h"
#include "web/chain_questions.h"
#include "web/mailbox.h"
#include "web/site/figures.h"
#include "web/site/overview.h"
#include "web/site/site.h"
#include "web/store/python_import.h"

namespace web {
namespace {

namespace asio = boost::asio;

/// Connections on their way to the web thread; more are closed, should that thread not come to them.
constexpr int kMaxWaitingConnections = 1024;

Json no_broadcaster() {
    return {{"enabled", false},
            {"health", {{"healthy", false}, {"active_connections", 0}}},
            {"message", "Multi-peer broadcaster disabled"}};
}

std::function<Json()> or_disabled(std::function<Json()> broadcaster) {
    return broadcaster ? std::move(broadcaster) : no_broadcaster;
}

}  // namespace

class Service::Impl {
  public:
    Impl(ServiceSettings settings, const dash::Clock& clock)
        : security_(settings.facts.net_datadir / "security_config.json", clock),
          store_(settings.database),
          imported_(import_python_records(store_, settings.facts.net_datadir)),
          model_(settings.facts, store_, clock, or_disabled(settings.broadcaster)),
          gate_(security_, clock),
          logins_(*settings.facts.network->parent, clock),
          events_(io_.get_executor()),
          site_(model_, gate_, logins_, events_,
                {.folder = settings.static_folder, .vendor = settings.vendor_folder, .own = settings.own_pages}),
          server_(io_, settings.http, [this](const Request& request) { return site_.serve(request); }),
          best_dashd_(settings.best_dashd) {
        for (const dash::rpc::ClientSettings& rpc : settings.dashds)
            dashds_.push_back(std::make_unique<Dashd>(rpc, *settings.facts.network->parent));
        if (settings.password) set_web_password(security_, settings.password->first, settings.password->second);
        site_.set_server(server_);
        model_.set_broadcast_reports(settings.broadcast_report);
        model_.set_broadcaster_trends(settings.broadcaster_trends);
        model_.set_event_sink([this](std::string_view name, const Json& data) { tell(name, data); });
    }

    void start();
    void stop();
    void take(p2pool::stratum::HttpConnection connection);
    void publish(SnapshotPtr snapshot, Happenings happenings);

    template <typename Change>
    void change(Change change) {
        asio::post(io_, [this, change = std::move(change)] {
            guarded([&] { change(model_); });
            site_.changed();
        });
    }
    [[nodiscard]] Model& model() { return model_; }

  private:
    struct Dashd {
        Dashd(const dash::rpc::ClientSettings& settings, const dash::ChainParams& chain)
            : client(settings), daemon(client, chain) {}

        dash::rpc::Client client;
        dash::rpc::Daemon daemon;
    };

    [[nodiscard]] dash::rpc::Daemon& dashd() { return dashds_[best_dashd_ ? best_dashd_() : 0]->daemon; }
    void look();
    void tell(std::string_view name, const Json& data);
    void tell_block(const Json& data);
    /// A figure that cannot be made must not end the web thread.
    template <typename Action>
    void guarded(Action action) {
        try {
            action();
        } catch (const std::exception& error) {
            dash::log::error("The web pages' figures could not be brought up to date, please report it: ",
                             error.what());
        }
    }

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    p2pool::options::SecurityConfigFile security_;
    Store store_;
    bool imported_;
    Model model_;
    Gate gate_;
    MinerLogin logins_;
    EventHub events_;
    Site site_;
    HttpServer server_;
    std::vector<std::unique_ptr<Dashd>> dashds_;
    std::function<std::size_t()> best_dashd_;
    Mailbox mailbox_;
    std::atomic<int> waiting_connections_{0};
    std::thread thread_;
};

void Service::Impl::start() {
    store_.start();
    asio::co_spawn(io_,
                   ask_chain(
                       model_, [this]() -> dash::rpc::Daemon& { return dashd(); }, [this] { site_.changed(); }),
                   dash::log_failure("Found blocks are not looked up any more, please report it"));
    thread_ = std::thread([this] { dash::run_guarded(io_, "Web pages"); });
}

void Service::Impl::stop() {
    if (thread_.joinable()) {
        io_.stop();
        thread_.join();
        model_.save();
    }
    store_.stop();
}

void Service::Impl::take(p2pool::stratum::HttpConnection connection) {
    if (waiting_connections_ >= kMaxWaitingConnections) {
        ::close(connection.socket);
        return;
    }
    ++waiting_connections_;
    asio::post(io_, [this, connection = std::move(connection)]() mutable {
        --waiting_connections_;
        server_.take(std::move(connection));
    });
}

void Service::Impl::publish(SnapshotPtr snapshot, Happenings happenings) {
    if (mailbox_.put(std::move(snapshot), std::move(happenings))) asio::post(io_, [this] { look(); });
}

void Service::Impl::look() {
    auto [snapshot, happenings] = mailbox_.take();
    if (snapshot == nullptr) return;
    guarded([&, &news = snapshot, &told = happenings] {
        model_.take(std::move(news), told);
        if (events_.readers() > 0) events_.publish("status", to_text(status_event(model_)));
    });
    site_.changed();
}

void Service::Impl::tell(std::string_view name, const Json& data) {
    if (name == "block") {
        tell_block(data);
    } else if (name == "share") {
        // Whose shares are this node's tells who mines here, and so does that no peer sent them.
        Json for_strangers = data;
        for_strangers["is_ours"] = nullptr;
        for_strangers["received_from"] = nullptr;
        events_.publish(name, to_text(data), to_text(for_strangers));
    } else {
        // Workers' names are in the finder of a block, and in alerts about them.
        const bool has_names =
            name == "phase" || (name == "alert" && alert_rule(data["rule"].get<std::string>()).names_worker());
        events_.publish(name, to_text(data), has_names ? Audience::kNames : Audience::kEverybody);
    }
}

/// The model names a block; the event shows it as the API does.
void Service::Impl::tell_block(const Json& data) {
    for (const BlockLuck& block : model_.luck()) {
        if (block.block->hash.to_hex() == data["hash"].get<std::string>()) {
            events_.publish("block", to_text(block_json(model_, block)));
        }
    }
}

Service::Service(ServiceSettings settings, const dash::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), clock)) {}

Service::~Service() {
    stop();
}

void Service::set_alert_listener(AlertBook::Listener listener) {
    impl_->model().set_alert_listener(std::move(listener));
}

void Service::start() {
    impl_->start();
}

void Service::stop() {
    impl_->stop();
}

void Service::take(p2pool::stratum::HttpConnection connection) {
    impl_->take(std::move(connection));
}

void Service::publish(SnapshotPtr snapshot, Happenings happenings) {
    impl_->publish(std::move(snapshot), std::move(happenings));
}

void Service::block_won(const dash::submission::WonBlock& block) {
    impl_->change([block](Model& model) { model.take(block); });
}

void Service::block_changed(const dash::submission::SubmissionReport& report) {
    impl_->change([report](Model& model) { model.take(report); });
}

}  // namespace web
