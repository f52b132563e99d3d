#include "web/model/model.h"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <random>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/unit/web/running_service.h"
#include "web/model/watch.h"
#include "web/site/site.h"

using web::Json;

namespace {

/// A model on a clock that the test moves, and its file.
class Fixture {
  public:
    /// `disk`: a folder of the disk that is watched; empty: that of the file.
    explicit Fixture(const std::filesystem::path& disk = {}) : folder_("web-model") {
        facts_.network = share_chain::find_network("dash_regtest");
        facts_.started_at = clock_.unix_seconds();
        facts_.payout_address = web_tests::kOperatorAddress;
        facts_.net_datadir = disk.empty() ? folder_.path() : disk;
        store_ = std::make_unique<web::Store>(file());
        model_ = std::make_unique<web::Model>(facts_, *store_, clock_, [this] { return broadcaster; });
        store_->start();
    }

    void tell(const web::Happenings& happenings = {}) {
        clock_.advance(1);
        auto snapshot = std::make_shared<web::Snapshot>();
        snapshot->time = clock_.unix_seconds();
        snapshot->chain = chain;
        snapshot->own_payouts = own_payouts;
        snapshot->dashds = dashds;
        snapshot->stratum = stratum;
        snapshot->peers = std::make_shared<const p2pool::peers::NetworkStatus>(peers);
        if (block) {
            block->confirmed_at = clock_.unix_seconds();
            snapshot->template_facts = std::make_shared<const web::TemplateFacts>(*block);
        }
        model_->take(snapshot, happenings);
    }
    void tell_for(int seconds, const web::Happenings& each = {}) {
        for (int i = 0; i < seconds; ++i)
            tell(each);
    }

    void set_clock_by(double seconds) { clock_.set_unix_seconds(clock_.unix_seconds() + seconds); }
    /// Writes what there is and reads it into a new model, as after a restart.
    void restart() {
        model_->save();
        store_->stop();
        model_.reset();
        store_ = std::make_unique<web::Store>(file());
        model_ = std::make_unique<web::Model>(facts_, *store_, clock_, [this] { return broadcaster; });
        store_->start();
    }

    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "p2pool.sqlite3"; }
    [[nodiscard]] const share_chain::Network& network() const { return *facts_.network; }
    [[nodiscard]] double now() const { return clock_.unix_seconds(); }
    [[nodiscard]] web::Model& model() { return *model_; }
    [[nodiscard]] tests::ManualClock& clock() { return clock_; }
    [[nodiscard]] std::vector<std::string> active_rules();
    /// Σ over the hour of one key of a stream.
    [[nodiscard]] double sum(const char* stream, const char* key) {
        double total = 0;
        for (const auto& reading : model_->graphs().find(stream, "hour")->read(now())) {
            if (reading.values && reading.values->count(key) != 0) total += reading.values->at(key) * reading.width;
        }
        return total;
    }

    Json broadcaster = {{"enabled", false}};
    std::optional<web::TemplateFacts> block;  ///< what dashd gives, every second
    p2pool::peers::NetworkStatus peers;
    std::vector<dash::Hash160> own_payouts;
    std::vector<web::DashdFacts> dashds;
    std::shared_ptr<web::ChainFacts> chain = std::make_shared<web::ChainFacts>();
    std::shared_ptr<p2pool::stratum::ServerStatus> stratum = std::make_shared<p2pool::stratum::ServerStatus>();

  private:
    tests::TemporaryFolder folder_;
    tests::ManualClock clock_;
    web::NodeFacts facts_;
    std::unique_ptr<web::Store> store_;
    std::unique_ptr<web::Model> model_;
};

web::Happenings one_hash() {
    web::Happenings happenings;
    web::WorkDone& done = happenings.work["alice"];
    done.hashes = 1;
    done.submits = 1;
    return happenings;
}

double stored_hashes(const std::filesystem::path& file) {
    dash::sqlite::Database database(file);
    auto select =
        database.prepare("SELECT SUM(total) FROM graph_bins WHERE stream = 'local_hash_rate' AND view = 'last_year'");
    return select.step() ? select.real(0) : 0;
}

std::vector<std::string> ids(const web::AlertBook& book) {
    std::vector<std::string> all;
    for (const web::Alert& alert : book.active())
        all.push_back(alert.id);
    return all;
}

std::vector<std::string> Fixture::active_rules() {
    return ids(model_->alerts());
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

TEST_CASE("a crash costs at most a minute of the graphs") {
    Fixture fixture;
    constexpr int kSeconds = 150;
    for (int i = 0; i < kSeconds; ++i)
        fixture.tell(one_hash());
    // What another process finds in the file while this one neither stops nor saves.
    CHECK(tests::wait_until([&] { return stored_hashes(fixture.file()) >= kSeconds - 60; }, std::chrono::seconds(20)));
}

TEST_CASE("a clock that is set forth and back by an hour breaks no graph and raises no alarm") {
    Fixture fixture;
    fixture.peers.peers.emplace_back();
    fixture.chain->last_hour.emplace();
    const auto work_for = [&](int seconds) {
        for (int i = 0; i < seconds; ++i) {
            fixture.block.emplace().received_at = fixture.now();
            fixture.tell(one_hash());
            CHECK(fixture.active_rules().empty());
        }
    };
    const auto counted = [&] { return fixture.sum("local_hash_rate", web::graphs::kPlainKey); };
    work_for(150);
    CHECK(counted() == doctest::Approx(150));
    for (const double step : {3600.0, -3600.0, -3600.0, 3600.0}) {
        CAPTURE(step);
        fixture.set_clock_by(step);
        work_for(60);
        const double before = counted();
        const std::size_t samples = fixture.model().samples().hashrates().size();
        CHECK(before >= 60);
        work_for(60);
        CHECK(counted() == doctest::Approx(before + 60));
        CHECK(fixture.model().samples().hashrates().size() == samples + 2);
        for (const auto& reading : fixture.model().graphs().find("local_hash_rate", "day")->read(fixture.now()))
            CHECK(reading.width >= 0);
        CHECK(fixture.model().workers().rates(fixture.model().steady()).at("alice").submits >= 120);
    }
    CHECK(fixture.model().alerts().past().empty());
    // Also when the clock is set back while the node does not run.
    fixture.set_clock_by(-3600);
    fixture.restart();
    work_for(60);
    CHECK(counted() >= 60);
}

TEST_CASE("an alarm is raised once, and in its time, though the clock is set") {
    for (const double step : {-3600.0, 3600.0}) {
        CAPTURE(step);
        Fixture fixture;
        fixture.peers.peers.emplace_back();
        // Soon after the start, before the alarms' grace has passed.
        fixture.tell_for(60);
        fixture.set_clock_by(step);
        fixture.tell_for(85);
        CHECK(fixture.active_rules() == std::vector<std::string>{"dashd_lost"});
        fixture.set_clock_by(-step);
        for (int i = 0; i < 60; ++i) {
            fixture.tell();
            CHECK(fixture.active_rules() == std::vector<std::string>{"dashd_lost"});
        }
        CHECK(fixture.model().alerts().past().empty());
    }
}

TEST_CASE("a share of ours counts at once, and as what becomes of it later") {
    Fixture fixture;
    std::mt19937_64 random(1);
    const auto shares = tests::mine_chain(fixture.network(), 3, static_cast<std::uint32_t>(fixture.now()) - 5, random);
    web::Happenings happenings;
    for (const auto& share : shares) {
        happenings.shares.push_back(
            {web::ShareChange::Kind::kAdded, share->hash, share, fixture.now(), {}, true, nullptr});
        happenings.own_shares.push_back({share->hash, "alice", share == shares[2]});
    }
    // The last one is late, and the best chain ends before it and before the second.
    fixture.chain->best = shares[0]->hash;
    fixture.chain->height = 1;
    fixture.tell(happenings);
    const double each = fixture.sum("local_share_hash_rates", "dead");
    CHECK(each > 0);
    CHECK(fixture.sum("local_share_hash_rates", "good") == doctest::Approx(2 * each).epsilon(0.2));
    fixture.tell_for(201);
    CHECK(fixture.sum("local_share_hash_rates", "good") == doctest::Approx(each).epsilon(0.2));
    CHECK(fixture.sum("local_share_hash_rates", "orphan") == doctest::Approx(each).epsilon(0.2));
    CHECK(fixture.sum("local_share_hash_rates", "dead") == doctest::Approx(each).epsilon(0.2));
}

TEST_CASE("a block that reached few peers is told once, and not while it is on its way") {
    Fixture fixture;
    const auto report = [&](int reached) {
        fixture.broadcaster = {
            {"enabled", true},
            {"health", {{"healthy", true}, {"total_connections", 20}}},
            {"last_broadcast", {{"hash", "00ff"}, {"time", fixture.now()}, {"peers", 20}, {"reached", reached}}}};
    };
    fixture.tell_for(130);
    report(17);
    fixture.tell_for(30);
    CHECK_FALSE(contains(fixture.active_rules(), "broadcast_poor:00ff"));
    fixture.tell_for(60);
    CHECK(contains(fixture.active_rules(), "broadcast_poor:00ff"));
    report(18);
    fixture.broadcaster["last_broadcast"]["hash"] = "00ee";
    fixture.tell_for(100);
    CHECK_FALSE(contains(fixture.active_rules(), "broadcast_poor:00ee"));
}

TEST_CASE("the operator's addresses are those of now") {
    Fixture fixture;
    const dash::Hash160 first = dash::parse_address(web_tests::kOperatorAddress, dash::dash_regtest()).hash;
    const dash::Hash160 second{2};
    const dash::Hash160 third{3};
    CHECK(fixture.model().own_payouts() == std::vector{first});
    fixture.own_payouts = {first, second};
    fixture.tell();
    CHECK(fixture.model().is_operator(second));
    CHECK_FALSE(fixture.model().rotated_payout().has_value());
    fixture.own_payouts = {second, third};
    fixture.tell();
    CHECK_FALSE(fixture.model().is_operator(first));
    CHECK(fixture.model().rotated_payout() == third);
}

TEST_CASE("dashd that says nothing is told, and comes back") {
    Fixture fixture;
    fixture.tell_for(200);
    CHECK(contains(fixture.active_rules(), "dashd_lost"));
}

TEST_CASE("an old block, a lonely node and a broadcaster with few peers are told, and are over when they are mended") {
    Fixture fixture;
    const auto health = [](int peers) {
        return Json{{"enabled", true}, {"health", {{"healthy", peers >= 5}, {"active_connections", peers}}}};
    };
    fixture.block.emplace().received_at = fixture.now();
    fixture.broadcaster = health(3);
    fixture.tell_for(120 + 290);
    CHECK(fixture.active_rules().empty());
    fixture.tell_for(20);
    CHECK(fixture.active_rules() == std::vector<std::string>{"few_dash_peers", "few_peers"});
    fixture.broadcaster = health(5);
    fixture.peers.peers.emplace_back();
    fixture.tell_for(65);
    CHECK(fixture.active_rules().empty());
    fixture.tell_for(45 * 60);
    CHECK(fixture.active_rules() == std::vector<std::string>{"template_old"});
    fixture.block->received_at = fixture.now();
    fixture.tell_for(12);
    CHECK(fixture.active_rules().empty());
}

TEST_CASE("much late work is told, a little is not") {
    for (const double late : {0.05, 0.15}) {
        CAPTURE(late);
        Fixture fixture;
        fixture.block.emplace().received_at = fixture.now();
        fixture.peers.peers.emplace_back();
        web::Happenings happenings;
        web::WorkDone& done = happenings.work["alice"];
        done.hashes = 100;
        done.late_hashes = 100 * late;
        done.submits = 1;
        fixture.tell_for(120 + 301, happenings);
        CHECK(contains(fixture.active_rules(), "late_high") == (late > 0.1));
    }
}

TEST_CASE("a disk without room is told") {
    Fixture fixture("/proc");  // where there is never any
    fixture.tell_for(120 + 61);
    CHECK(contains(fixture.active_rules(), "disk_low"));
}

TEST_CASE("a dashd of several that is out of use is told of") {
    Fixture fixture;
    fixture.dashds.resize(2);
    fixture.dashds[1].problem = "does not answer";
    fixture.tell_for(200);
    CHECK(contains(fixture.active_rules(), "dashd_out:2"));
    CHECK_FALSE(contains(fixture.active_rules(), "dashd_out:1"));
    fixture.dashds[1].problem.clear();
    fixture.tell_for(60);
    CHECK_FALSE(contains(fixture.active_rules(), "dashd_out:2"));
    fixture.dashds.resize(1);  // alone, it is "dashd_lost" when it matters
    fixture.dashds[0].problem = "does not answer";
    fixture.tell_for(200);
    CHECK_FALSE(contains(fixture.active_rules(), "dashd_out:1"));
}

TEST_CASE("a node whose mining thread says nothing is not ready, and alive") {
    Fixture fixture;
    p2pool::options::SecurityConfigFile config(fixture.file().parent_path() / "security_config.json", fixture.clock());
    web::Gate gate(config, fixture.clock());
    web::MinerLogin logins(dash::dash_regtest(), fixture.clock());
    boost::asio::io_context io;
    web::EventHub events(io.get_executor());
    web::Routes routes;
    web::add_health_routes(routes);
    const auto answer = [&](const char* page) {
        const web::Request request;
        return routes.pages.at(page).make({fixture.model(), gate, logins, nullptr, events, request, {}, {}});
    };
    const auto all_say_ready = [&](bool is_ready) {
        CHECK(answer("readyz").status == (is_ready ? 200 : 503));
        CHECK(answer("metrics").body.find(is_ready ? "\np2pool_ready 1\n" : "\np2pool_ready 0\n") != std::string::npos);
        CHECK((std::string_view(web::state_light(fixture.model()).code) == "node_silent") != is_ready);
    };
    fixture.tell();
    all_say_ready(true);
    fixture.clock().advance(17);
    all_say_ready(false);
    CHECK(answer("healthz").status == 200);
    fixture.tell();
    all_say_ready(true);
    // What the clock on the wall does is nothing to it.
    fixture.set_clock_by(3600);
    all_say_ready(true);
    // An old answer is not kept for a new question.
    CHECK_FALSE(routes.pages.at("readyz").cacheable);
}

TEST_CASE("a miner is told of his own workers as he chose") {
    Fixture fixture;
    const dash::Hash160 miner = dash::parse_address(web_tests::kMinerAddress, dash::dash_regtest()).hash;
    const std::string name = std::string(web_tests::kMinerAddress) + ".rig1";
    web::MinerSettings settings;
    settings.hash_rate_below = 1e6;
    settings.worker_silent_seconds = 120;
    REQUIRE(fixture.model().choose_settings(miner, settings));
    web::Happenings happenings;
    web::WorkDone& done = happenings.work[name];
    done.hashes = 10;
    done.payout_hash = miner;
    fixture.tell(happenings);
    p2pool::stratum::PoolStatistics::Worker worker;
    worker.name = name;
    worker.first_seen = fixture.now() - 4000;
    worker.last_seen = fixture.now();
    worker.worked_seconds = 4000;
    fixture.stratum->workers.push_back(worker);
    // Who came now and then only is not missed.
    worker.name = std::string(web_tests::kMinerAddress) + ".rig2";
    worker.worked_seconds = 5;
    fixture.stratum->workers.push_back(worker);
    // Silent for two minutes, and for five more; those who chose nothing have ten.
    fixture.tell_for(120 + 300 + 10);
    const std::string slow = std::string("miner_slow:") + web_tests::kMinerAddress;
    REQUIRE(fixture.model().alerts_of(miner) != nullptr);
    const auto own = ids(*fixture.model().alerts_of(miner));
    CHECK(contains(own, "worker_gone:" + name));
    CHECK(contains(own, slow));
    CHECK(own.size() == 2);
    // What he wants to hear is not the operator's business.
    CHECK_FALSE(contains(fixture.active_rules(), "worker_gone:" + name));
    CHECK_FALSE(contains(fixture.active_rules(), slow));
    // He changes his mind.
    REQUIRE(fixture.model().choose_settings(miner, {}));
    fixture.tell_for(700);
    CHECK(fixture.model().alerts_of(miner) == nullptr);
    CHECK_FALSE(contains(fixture.active_rules(), slow));
    CHECK(contains(fixture.active_rules(), "worker_gone:" + name));
    CHECK_FALSE(contains(fixture.active_rules(), "worker_gone:" + worker.name));
}

TEST_CASE("the status light tells strangers that a worker is gone, and not which") {
    Fixture fixture;
    fixture.block = web::TemplateFacts{};
    fixture.block->target = dash::Uint256::max();
    fixture.block->received_at = fixture.now();
    fixture.peers.peers.emplace_back();
    p2pool::stratum::PoolStatistics::Worker worker;
    worker.name = "Xsomebody.rig1";
    worker.first_seen = fixture.now() - 8000;
    worker.last_seen = fixture.now() - 700;
    worker.worked_seconds = 7000;
    fixture.stratum->workers.push_back(worker);
    fixture.tell_for(400);
    REQUIRE(fixture.active_rules() == std::vector<std::string>{"worker_gone:Xsomebody.rig1"});
    const web::StateLight light = web::state_light(fixture.model());
    CHECK(std::string_view(light.code) == "alert");
    CHECK(light.text == "a worker is gone");
}

TEST_CASE("the log of a farm names the strongest workers only") {
    Fixture fixture;
    fixture.block = web::TemplateFacts{};
    fixture.block->target = dash::Uint256::max();
    fixture.chain->height = 100'000;
    fixture.chain->best = fixture.chain->max_target = fixture.chain->target = dash::Uint256(1);
    fixture.chain->last_hour = web::PoolRates{1000, 0, 1000};
    web::Happenings happenings;
    for (int i = 1; i <= 1000; ++i)
        happenings.work["worker" + std::to_string(i)].hashes = i;
    fixture.tell(happenings);
    REQUIRE_FALSE(fixture.model().log().empty());
    const Json& rates = fixture.model().log().back()["local_hash_rates"];
    CHECK(rates.size() == 200);
    CHECK(rates.contains("worker1000"));
    CHECK_FALSE(rates.contains("worker800"));
}
