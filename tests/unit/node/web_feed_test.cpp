#include "p2pool/node/web_feed.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>

#include "dash/util/steady_seconds.h"
#include "tests/unit/node/node_fixture.h"

using p2pool::node::WebFeed;

namespace {

/// A node, its worker port, and a dashd that nobody reaches; what the pages are told.
class Feed : public node_tests::Fixture {
  public:
    Feed()
        : server_(io_, node, clock, server_settings()),
          dashds_(io_.get_executor(), dash::dash_regtest(), {dash::backends::BackendSettings{}},
                  {.on_template = [](const dash::rpc::BlockTemplate&, double) {}}, clock) {
        feed_.emplace([this](web::SnapshotPtr snapshot, const web::Happenings&) { told_ = std::move(snapshot); }, node,
                      server_, [] { return p2pool::peers::NetworkStatus{}; }, clock);
    }

    WebFeed& feed() { return *feed_; }
    const web::Snapshot& told() {
        told_ = nullptr;
        boost::asio::co_spawn(io_, feed_->publish(dashds_), boost::asio::detached);
        io_.restart();
        while (told_ == nullptr && io_.run_one_for(std::chrono::seconds(10)) > 0) {
        }
        REQUIRE(told_ != nullptr);
        return *told_;
    }
    bool warns_of(const std::string& text) {
        const auto& warnings = told().warnings;
        return std::any_of(warnings.begin(), warnings.end(),
                           [&](const std::string& warning) { return warning.find(text) != std::string::npos; });
    }

  private:
    static p2pool::stratum::ServerSettings server_settings() {
        p2pool::stratum::ServerSettings settings;
        settings.network = share_chain::find_network("dash_regtest");
        return settings;
    }

    boost::asio::io_context io_;
    p2pool::stratum::Server server_;
    dash::backends::Backends dashds_;
    std::optional<WebFeed> feed_;
    web::SnapshotPtr told_;
};

}  // namespace

TEST_CASE("pages are told that there is no template yet, and why there is no work") {
    Feed feed;
    CHECK(feed.told().template_facts == nullptr);
    CHECK_FALSE(feed.told().no_work_reason.empty());
    CHECK(feed.told().warnings.empty());
}

TEST_CASE("while dashd is gone, pages are told since when, and what was known") {
    Feed feed;
    feed.node.take_template(node_tests::recorded_template());
    const double came = feed.clock.unix_seconds();
    CHECK(feed.told().template_facts->confirmed_at == doctest::Approx(came));
    CHECK(feed.told().template_facts->received_at == doctest::Approx(came));
    CHECK(feed.told().no_work_reason == feed.node.no_work_reason());
    CHECK(feed.told().warnings.empty());
    CHECK(feed.told().interval_seconds >= 1);

    feed.clock.advance(300);
    CHECK(feed.told().time == doctest::Approx(came + 300));
    CHECK(feed.told().template_facts->confirmed_at == doctest::Approx(came));
    CHECK(feed.told().template_facts->height == node_tests::recorded_template().height);
    CHECK_FALSE(feed.told().dashd_link_up);
    CHECK(feed.told().no_work_reason == feed.node.no_work_reason());
    CHECK(feed.warns_of("LOST CONTACT WITH DASHD"));

    // It is there again, with the same block to search.
    feed.node.take_template(node_tests::recorded_template());
    CHECK(feed.told().template_facts->confirmed_at == doctest::Approx(came + 300));
    CHECK(feed.told().template_facts->received_at == doctest::Approx(came));
    CHECK(feed.told().warnings.empty());
}

TEST_CASE("what dashd warns of reaches the pages, and goes when dashd takes it back") {
    Feed feed;
    feed.node.take_template(node_tests::recorded_template());
    CHECK(feed.told().warnings.empty());
    feed.feed().take_dashd_warnings("Warning: Unknown new rules activated (versionbit 28)");
    CHECK(feed.warns_of("(from dashd) Warning: Unknown new rules activated (versionbit 28)"));
    feed.feed().take_dashd_warnings("");
    CHECK(feed.told().warnings.empty());
}
