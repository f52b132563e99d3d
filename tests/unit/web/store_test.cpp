#include <doctest/doctest.h>

#include <fstream>

#include "tests/unit/web/running_service.h"
#include "web/store/python_import.h"

using Json = nlohmann::json;
using web_tests::RunningService;

namespace {

void write(const std::filesystem::path& file, const Json& content) {
    std::ofstream(file) << content;
}

Json empty_bins(std::size_t count) {
    Json bins = Json::array();
    for (std::size_t i = 0; i < count; ++i)
        bins.push_back(Json::object());
    return bins;
}

constexpr double kHourBin = 24;

/// A data folder as the python node left it a moment ago.
void python_datadir(const std::filesystem::path& datadir) {
    const double now = dash::system_clock().unix_seconds();
    const double end = std::ceil(now / kHourBin) * kHourBin;
    Json bins = empty_bins(150);
    bins[2] = {{"alice", {4800, 3}}, {"bob", {2400, 1}}, {"null", {1200, 1}}};
    Json odd = empty_bins(10);
    odd[0] = {{"null", {1, 1}}};
    write(datadir / "graph_db", {{"miner_hash_rates",
                                  {{"last_hour", {{"last_bin_end", end}, {"bin_width", kHourBin}, {"bins", bins}}},
                                   {"last_day", {{"last_bin_end", end}, {"bin_width", 10}, {"bins", odd}}}}},
                                 {"nosuch", Json::object()}});
    const std::string hash(64, 'a');
    write(datadir / "block_history.json", {{hash,
                                            {{"ts", 1795341871},
                                             {"block_height", 625},
                                             {"hash", hash},
                                             {"share_hash", hash},
                                             {"miner", web_tests::kMinerAddress},
                                             {"pool_hashrate", 12.5},
                                             {"stale_prop", 0.0},
                                             {"network_diff", nullptr},
                                             {"expected_time", 38.0},
                                             {"block_reward", 3.71733134},
                                             {"status", "confirmed"}}}});
    write(datadir / "hashrate_samples.json",
          {{"samples", {{{"ts", 1795341866.25}, {"hashrate", 0.5}, {"network_diff", nullptr}}}}});
    write(datadir / "net_diff_samples.json",
          {{"samples",
            {{{"ts", 1795341417}, {"difficulty", 4.5}, {"height", 45}}, {{"ts", 1795341418}, {"difficulty", 5}}}}});
    write(datadir / "stats", Json::array({{{"time", now - 600}, {"pool_hash_rate", 7.5}}}));
}

}  // namespace

TEST_CASE("what the python node recorded goes on") {
    web_tests::Wishes wishes;
    wishes.prepare = python_datadir;
    RunningService service(wishes);
    for (int run = 0; run < 2; ++run) {
        CAPTURE(run);
        const Json graph = service.json("/web/graph_data/miner_hash_rates/last_hour");
        double alice = 0;
        for (const Json& bin : graph)
            alice += bin[1].value("alice", 0.0) * kHourBin;
        CHECK(alice == doctest::Approx(4800));
        // What the python node summed up of many small workers is no worker.
        const Json columns = service.json("/api/v1/graphs/miner_hash_rates?range=hour");
        CHECK(columns["series"].contains("others"));
        CHECK_FALSE(columns["series"].contains("null"));
        const Json block = service.json("/block_history")[std::string(64, 'a')];
        CHECK(block["block_reward"] == 3.71733134);
        CHECK(block["miner"] == web_tests::kMinerAddress);
        CHECK(block["status"] == "confirmed");
        CHECK(service.json("/net_diff_samples")["sample_count"] == 2);
        CHECK(service.json("/hashrate_samples")["newest_sample"]["hashrate"] == 0.5);
        REQUIRE(service.json("/web/log").size() == 1);
        CHECK(service.json("/web/log")[0]["pool_hash_rate"] == 7.5);
        // Imported once: a second start does not count anything twice.
        service.restart();
    }
    CHECK(std::filesystem::exists(service.datadir() / "graph_db"));
}

TEST_CASE("damaged files of the python node stop nothing") {
    web_tests::Wishes wishes;
    wishes.prepare = [](const std::filesystem::path& datadir) {
        python_datadir(datadir);
        std::ofstream(datadir / "graph_db") << "{\"miner_hash_rates\": {\"last_hour\": {\"bins\"";
        write(datadir / "block_history.json", {{"x", {{"hash", "no hash"}}}});
    };
    const RunningService service(wishes);
    CHECK(service.json("/block_history") == Json::object());
    CHECK(service.json("/net_diff_samples")["sample_count"] == 2);
}

TEST_CASE("numbers that cannot be, in the python node's files, cost what they stand beside at most") {
    web_tests::Wishes wishes;
    wishes.prepare = [](const std::filesystem::path& datadir) {
        python_datadir(datadir);
        Json bins = empty_bins(150);
        bins[0] = {{"alice", {1, 1e300}}, {"bob", {5, -1}}};
        const auto view = [&](double end) {
            return Json{{"last_hour", {{"last_bin_end", end}, {"bin_width", kHourBin}, {"bins", bins}}}};
        };
        const double now = dash::system_clock().unix_seconds();
        write(datadir / "graph_db",
              {{"miner_hash_rates", view(now)}, {"pool_rates", view(1e300)}, {"peers", view(-1e300)}});
        const std::string hash(64, 'a');
        write(datadir / "block_history.json",
              {{hash, {{"ts", 1795341871}, {"hash", hash}, {"block_height", -1}, {"block_reward", 1e300}}},
               {"never", {{"ts", 1e300}, {"hash", std::string(64, 'b')}}},
               {"before", {{"ts", -1e300}, {"hash", std::string(64, 'c')}}}});
        write(datadir / "net_diff_samples.json",
              {{"samples", {{{"ts", 1795341417}, {"difficulty", 4.5}, {"height", 1e300}}}}});
    };
    const RunningService service(wishes);
    CHECK(service.json("/web/graph_data/pool_rates/last_hour").size() == 150);
    CHECK(service.json("/block_history").size() == 1);
    CHECK(service.json("/net_diff_samples")["sample_count"] == 1);
}

TEST_CASE("how a block was sent is told after a restart, too, and what a later run adds takes nothing away") {
    using dash::submission::BlockState;
    RunningService service;
    service.tell_mining_state();
    dash::submission::SubmissionReport report;
    report.hash = dash::Uint256::from_hex(service.best_share());
    report.finder = "rig";
    report.state = BlockState::kAccepted;
    report.daemon_p2p_sent = true;
    report.daemon_p2p = {0.25, 0.75};
    report.submitblock = {0.5, std::nullopt};
    const auto told = [&](BlockState state) {
        report.state = state;
        service.service().block_changed(report);
        const std::string wanted(to_string(state));
        Json submission;
        REQUIRE(tests::wait_until(
            [&] {
                submission = service.json("/api/v1/blocks/" + service.best_share())["submission"];
                return submission.is_object() && submission["state"] == wanted;
            },
            std::chrono::seconds(10)));
        return submission;
    };
    const Json before = told(BlockState::kAccepted);
    CHECK(before["phases"]["daemon_p2p"] == Json{{"started_ms", 0.25}, {"finished_ms", 0.75}});
    CHECK(before["phases"]["submitblock"] == Json{{"started_ms", 0.5}, {"finished_ms", nullptr}});
    CHECK(before["phases"]["peers"]["started_ms"].is_null());

    service.restart();
    CHECK(service.json("/api/v1/blocks/" + service.best_share())["submission"] == before);
    report = dash::submission::SubmissionReport();
    report.hash = dash::Uint256::from_hex(service.best_share());
    report.resumed = true;
    report.submitblock = {31'000, 31'002.5};
    const Json after = told(BlockState::kConfirmed);
    CHECK(after["daemon_p2p_sent"] == true);
    CHECK(after["phases"]["daemon_p2p"] == before["phases"]["daemon_p2p"]);
    CHECK(after["phases"]["submitblock"] == Json{{"started_ms", 31'000}, {"finished_ms", 31'002.5}});
}

TEST_CASE("a restart loses no graph and no block") {
    RunningService service;
    service.tell_mining_state();
    const auto sum = [&] {
        double hashes = 0;
        for (const Json& bin : service.json("/web/graph_data/local_hash_rate/last_day"))
            hashes += bin[1].get<double>() * bin[2].get<double>();
        return hashes;
    };
    const double before = sum();
    CHECK(before > 0);
    service.restart();
    CHECK(sum() == doctest::Approx(before));
    CHECK(service.json("/block_history").size() == 2);
    CHECK(service.json("/block_history")[service.best_share()]["status"] == "pending");
}
