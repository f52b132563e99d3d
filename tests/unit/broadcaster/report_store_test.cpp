#include "dash/broadcaster/report_store.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "dash/broadcaster/report_reader.h"
#include "dash/util/error.h"
#include "tests/support/process.h"

using namespace dash::broadcaster;
using dash::Uint256;
using dash::submission::BlockState;
using dash::submission::SubmissionReport;

namespace {

struct ReportPlace {
    [[nodiscard]] std::filesystem::path file() const { return folder.path() / "p2pool.sqlite3"; }
    tests::TemporaryFolder folder{"report-store"};
};

BroadcastReport sample_report() {
    BroadcastReport report;
    report.hash = Uint256(0xb10c);
    report.height = 500;
    report.started_at = 1'700'000'000.5;
    report.block_bytes = 2000;
    report.compact_bytes = 300;
    report.transactions = 7;
    report.prefilled = 2;
    report.elapsed_ms = 10'000;
    report.reached = 1;
    report.ms_50 = 12.5;
    Broadcast::Peer good;
    good.address = *parse_peer_address("1.2.3.4:9999");
    good.state = Broadcast::State::kReached;
    good.outcome = "proved to have it";
    good.first_byte_ms = 0.2;
    good.last_byte_ms = 0.3;
    good.reached_ms = good.confirmed_ms = 12.5;
    Broadcast::Peer bad;
    bad.address = *parse_peer_address("1.2.3.5:9999");
    bad.state = Broadcast::State::kFailed;
    bad.outcome = "no sign in 10 s";
    bad.full_begun = true;
    report.peers = {good, bad};
    report.announcements.push_back({*parse_peer_address("1.2.3.6:9999"), 700});
    return report;
}

SubmissionReport fate(std::uint64_t hash, BlockState state) {
    SubmissionReport report;
    report.hash = Uint256(hash);
    report.height = 500;
    report.state = state;
    report.found_at = 1'700'000'000;
    return report;
}

}  // namespace

TEST_CASE("a report is kept with a row for each peer, and replaced by a later one") {
    const ReportPlace place;
    ReportStore store(place.file());
    BroadcastReport report = sample_report();
    store.save(report);
    report.announcements.clear();
    store.save(sample_report());
    dash::sqlite::Database database(place.file());
    auto head = database.prepare(
        "SELECT peers, reached, confirmed, ms_50, ms_90 IS NULL, first_confirmed_ms, COUNT(*) FROM broadcasts");
    REQUIRE(head.step());
    CHECK(head.integer(0) == 2);
    CHECK(head.integer(1) == 1);
    CHECK(head.integer(2) == 2);
    CHECK(head.real(3) == 12.5);
    CHECK(head.integer(4) == 1);
    CHECK(head.real(5) == 12.5);
    CHECK(head.integer(6) == 1);
    auto rows = database.prepare(
        "SELECT address, sent, outcome, first_byte_ms, reached_ms IS NULL, confirmed_ms FROM broadcast_peers"
        " ORDER BY address");
    REQUIRE(rows.step());
    CHECK(rows.text(0) == "1.2.3.4:9999");
    CHECK(rows.text(1) == "compact");
    CHECK(rows.text(2) == "proved to have it");
    CHECK(rows.real(3) == 0.2);
    REQUIRE(rows.step());
    CHECK(rows.text(1) == "compact and full");
    CHECK(rows.text(2) == "no sign in 10 s");
    CHECK(rows.integer(4) == 1);
    REQUIRE(rows.step());
    CHECK(rows.text(1) == "nothing");
    CHECK(rows.real(5) == 700);
    CHECK(!rows.step());
}

TEST_CASE("won blocks are counted by their fate, over restarts") {
    const ReportPlace place;
    {
        ReportStore store(place.file());
        CHECK(store.totals().won == 0);
        CHECK(store.totals().orphan_rate_percent() == 0);
        for (std::uint64_t i = 0; i < 6; ++i)
            store.save(fate(i, BlockState::kSubmitted), {});
        store.save(fate(0, BlockState::kAccepted), {});
        store.save(fate(1, BlockState::kConfirmed), 2500.0);
        store.save(fate(2, BlockState::kConfirmed), 1500.0);
        store.save(fate(3, BlockState::kOrphaned), {});
        store.save(fate(4, BlockState::kRejected), {});
    }
    ReportStore store(place.file());
    const BlockTotals totals = store.totals();
    CHECK(totals.won == 6);
    CHECK(totals.accepted == 3);
    CHECK(totals.orphaned == 1);
    CHECK(totals.rejected == 1);
    CHECK(totals.orphan_rate_percent() == doctest::Approx(25));
    store.save(fate(3, BlockState::kLost), {});
    CHECK(store.totals().orphaned == 1);
}

TEST_CASE("points of the history") {
    const ReportPlace place;
    ReportStore store(place.file());
    HistoryPoint point;
    point.at = 1'700'000'000;
    point.connected = 19;
    point.known = 300;
    store.save(point);
    point.at += 300;
    point.median_ping_ms = 55;
    store.save(point);
    dash::sqlite::Database database(place.file());
    auto rows =
        database.prepare("SELECT connected, known, median_ping_ms IS NULL FROM broadcaster_history ORDER BY at");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 19);
    CHECK(rows.integer(1) == 300);
    CHECK(rows.integer(2) == 1);
    REQUIRE(rows.step());
    CHECK(rows.integer(2) == 0);
}

TEST_CASE("trends: broadcasts with their fates, peers, and points thinned out over the time asked for") {
    const ReportPlace place;
    ReportStore store(place.file());
    BroadcastReport report = sample_report();
    report.latecomers.push_back(report.peers[0]);
    report.latecomers[0].address = *parse_peer_address("1.2.3.7:9999");
    store.save(report);
    SubmissionReport lost = fate(0xb10c, BlockState::kLost);
    lost.winner = Uint256(7);
    store.save(lost, {});
    report.hash = Uint256(0xb10d);
    report.started_at += 600;
    store.save(report);
    HistoryPoint point;
    for (int i = 0; i < 2000; ++i) {
        point.at = 1'700'000'000 + 300.0 * i;
        point.connected = static_cast<std::size_t>(i);
        store.save(point);
    }
    ReportReader reader(place.file());
    const double end = 1'700'000'000 + 300.0 * 1999;
    const auto all = reader.trends(1'699'999'999, end);
    CHECK(all.at("history").size() <= 301);
    CHECK(all.at("history").size() >= 290);
    CHECK(all.at("history").back().at("connected") == 1999);
    CHECK(all.at("history").front().at("median_ping_ms").is_null());
    REQUIRE(all.at("broadcasts").size() == 2);
    const auto& newest = all.at("broadcasts")[0];
    CHECK(newest.at("state") == "submitted");
    CHECK(newest.at("winner").is_null());
    const auto& older = all.at("broadcasts")[1];
    CHECK(older.at("hash") == Uint256(0xb10c).to_hex());
    CHECK(older.at("state") == "lost");
    CHECK(older.at("winner") == Uint256(7).to_hex());
    CHECK(older.at("ms_50_percent") == 12.5);
    CHECK(older.at("ms_90_percent").is_null());
    CHECK(older.at("confirmed") == 3);
    REQUIRE(all.at("peers").size() == 3);  // not the one that got nothing from us
    CHECK(all.at("peers")[0].at("address") == "1.2.3.4:9999");
    CHECK(all.at("peers")[0].at("broadcasts") == 2);
    CHECK(all.at("peers")[0].at("average_reached_ms") == 12.5);
    CHECK(all.at("peers")[1].at("reached") == 0);
    const auto last_hour = reader.trends(end - 3600, end);
    CHECK(last_hour.at("history").size() == 12);
    CHECK(last_hour.at("broadcasts").empty());
}

TEST_CASE("a file that cannot be used is told as such") {
    CHECK_THROWS_AS(ReportStore("/nonexistent/folder/p2pool.sqlite3"), dash::ConfigError);
}

TEST_CASE("a report is read as it was told, the peers reached first first") {
    const ReportPlace place;
    ReportStore store(place.file());
    ReportReader reader(place.file());
    CHECK(reader.read(Uint256(0xb10c)).is_null());
    store.save(sample_report());
    const nlohmann::json report = reader.read(Uint256(0xb10c));
    CHECK(report.at("height") == 500);
    CHECK(report.at("time") == 1'700'000'000.5);
    CHECK(report.at("reached") == 1);
    CHECK(report.at("ms_50_percent") == 12.5);
    CHECK(report.at("ms_90_percent").is_null());
    const nlohmann::json& peers = report.at("peers");
    REQUIRE(peers.size() == 3);
    CHECK(peers.at(0).at("address") == "1.2.3.4:9999");
    CHECK(peers.at(0).at("state") == "reached");
    CHECK(peers.at(0).at("first_byte_ms") == 0.2);
    CHECK(peers.at(1).at("state") == "failed");
    CHECK(peers.at(1).at("sent") == "compact and full");
    CHECK(peers.at(1).at("outcome") == "no sign in 10 s");
    CHECK(peers.at(1).at("reached_ms").is_null());
    CHECK(peers.at(2).at("state") == "announced");
    CHECK(peers.at(2).at("confirmed_ms") == 700);
}
