#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "dash/primitives/target.h"
#include "share_chain/statistics.h"
#include "share_chain/weights.h"
#include "tests/support/vectors.h"
#include "tests/unit/tracker/replay.h"

namespace {

using dash::Uint256;
using nlohmann::json;
using share_chain::Decision;
using share_chain::Tracker;

const tests::ReplayFile& replay_file(const std::string& name) {
    static std::map<std::string, tests::ReplayFile> files;
    return files.try_emplace(name, name).first->second;
}

/// As the files write hashes: null for none.
json written(const Uint256& hash) {
    return hash.is_zero() ? json() : json(hash.to_hex());
}

json written(const std::vector<Uint256>& hashes) {
    json list = json::array();
    for (const Uint256& hash : hashes)
        list.push_back(written(hash));
    std::sort(list.begin(), list.end());
    return list;
}

struct Lines {
    json heads = json::array();
    json tails = json::array();
};

Lines lines_of(const std::vector<Uint256>& heads, const std::function<Uint256(const Uint256&)>& tail_of) {
    Lines lines;
    std::map<Uint256, std::vector<Uint256>> by_tail;
    for (const Uint256& head : heads) {
        lines.heads.push_back({written(head), written(tail_of(head))});
        by_tail[tail_of(head)].push_back(head);
    }
    for (const auto& [tail, its_heads] : by_tail)
        lines.tails.push_back({written(tail), written(its_heads)});
    return lines;
}

json sorted(json list) {
    std::sort(list.begin(), list.end());
    return list;
}

void check_state(const Tracker& tracker, const json& state) {
    const Lines all = lines_of(tracker.heads(), [&](const Uint256& head) { return tracker.line(head).tail; });
    const Lines verified =
        lines_of(tracker.verified_heads(), [&](const Uint256& head) { return tracker.verified_line(head).tail; });
    CHECK(tracker.size() == state.at("items").get<std::size_t>());
    CHECK(sorted(all.heads) == sorted(state.at("heads")));
    CHECK(sorted(all.tails) == sorted(state.at("tails")));
    CHECK(tracker.verified_size() == state.at("verified_items").get<std::size_t>());
    CHECK(sorted(verified.heads) == sorted(state.at("verified_heads")));
    CHECK(sorted(verified.tails) == sorted(state.at("verified_tails")));
    CHECK(tracker.tails().size() == all.tails.size());
    CHECK(tracker.verified_tails().size() == verified.tails.size());
}

void check_decision(const Decision& decision, const json& think) {
    CHECK(written(decision.best) == think.at("best"));
    std::vector<Uint256> wanted;
    for (const Decision::Wanted& want : decision.wanted)
        wanted.push_back(want.hash);
    json desired = think.at("desired");
    desired.erase(std::unique(desired.begin(), desired.end()), desired.end());
    CHECK(written(wanted) == desired);

    std::set<std::string> bad_peers;
    for (const json& peer : think.at("bad_peer_addresses"))
        bad_peers.insert(peer.at(0).get<std::string>() + ":" + peer.at(1).dump());
    CHECK(std::set<std::string>(decision.misbehaving.begin(), decision.misbehaving.end()) == bad_peers);

    const json& heads = think.at("decorated_heads");  // worst first
    REQUIRE(decision.ranked_heads.size() == heads.size());
    for (std::size_t i = 0; i < heads.size(); ++i) {
        const share_chain::RankedHead& head = decision.ranked_heads[heads.size() - 1 - i];
        const json& rank = heads[i].at(0);
        CHECK(written(head.hash) == heads[i].at(1));
        CHECK(head.work == tests::wide_value(rank.at(0)));
        CHECK(-head.punishment == rank.at(1).get<int>());
        CHECK(-head.time_seen == rank.at(2).get<double>());
    }
}

void check_scores(const Tracker& tracker, const json& scores) {
    for (const json& score : scores) {
        const share_chain::ChainScore ours = tracker.score(tests::hash_value(score.at(0)));
        CHECK(ours.height == score.at(1).at(0).get<std::uint64_t>());
        CHECK((ours.work_per_second ? json(*ours.work_per_second) : json()) == score.at(1).at(1));
    }
}

void check_line(const Tracker& tracker, const Uint256& head, const json& stats) {
    const Tracker::Line line = tracker.line(head);
    CHECK(line.height == stats.at("height").get<std::uint64_t>());
    CHECK(written(line.tail) == stats.at("last"));
    CHECK(line.work == tests::wide_value(stats.at("work")));
    for (const json& entry : stats.at("nth_parent")) {
        CHECK(written(tracker.ancestor(head, entry.at("n").get<std::uint64_t>())) == entry.at("hash"));
    }
}

void check_rates(const Tracker& tracker, const Uint256& head, const json& rates) {
    for (const json& entry : rates) {
        const auto shares = entry.at("dist").get<std::uint64_t>();
        const bool min_work = entry.at("min_work").get<bool>();
        const double rate = pool_attempts_per_second(tracker, head, shares, min_work);
        if (entry.at("integer").get<bool>()) {
            CHECK(std::floor(rate) == entry.at("result").get<double>());
        } else {
            CHECK(rate == entry.at("result").get<double>());
        }
    }
}

template <typename Key, typename Value>
void check_map(const std::map<Key, Value>& ours, const json& expected,
               const std::function<Key(const std::string&)>& key, const std::function<Value(const json&)>& value) {
    std::map<Key, Value> theirs;
    for (const auto& [name, entry] : expected.items())
        theirs[key(name)] = value(entry);
    CHECK(ours == theirs);
}

void check_stales(const Tracker& tracker, const Uint256& head, const json& entries) {
    const auto number = [](const json& value) { return value.get<double>(); };
    const auto name = [](const std::string& text) { return text; };
    for (const json& entry : entries) {
        const auto shares = entry.at("lookbehind").get<std::uint64_t>();
        CHECK(average_stale_proportion(tracker, head, shares) == entry.at("average_stale_prop").at("ok").get<double>());
        check_map<std::string, dash::Wide>(stale_counts(tracker, head, shares), entry.at("stale_counts"), name,
                                           tests::wide_value);
        check_map<std::string, double>(stale_rates(tracker, head, shares), entry.at("stale_rates"), name, number);
        check_map<std::uint64_t, dash::Wide>(
            desired_version_counts(tracker, head, shares), entry.at("desired_version_counts"),
            [](const std::string& text) { return std::stoull(text); }, tests::wide_value);
        std::map<std::string, double> users;
        for (const auto& [user, proportion] : user_stale_proportions(tracker, head, shares)) {
            users[dash::to_hex(user)] = proportion;
        }
        check_map<std::string, double>(users, entry.at("user_stale_props"), name, number);
    }
}

void check_weights(const Tracker& tracker, const json& entries) {
    for (const json& entry : entries) {
        const auto weights =
            payout_weights(tracker, tests::hash_value(entry.at("start")), entry.at("max_shares").get<std::uint64_t>(),
                           tests::wide_value(entry.at("desired_weight")));
        const json& result = entry.at("result");
        CHECK(weights.total == tests::wide_value(result.at("total_weight")));
        CHECK(weights.donation == tests::wide_value(result.at("donation_weight")));
        check_map<dash::Bytes, dash::Wide>(weights.by_script, result.at("weights"), dash::from_hex, tests::wide_value);
    }
}

void check_payouts(const Tracker& tracker, const Uint256& head, const json& entries) {
    for (const json& entry : entries) {
        check_map<dash::Bytes, std::uint64_t>(
            expected_payouts(tracker, head, tests::uint256_value(entry.at("block_target")),
                             tests::uint64_value(entry.at("subsidy"))),
            entry.at("result"), dash::from_hex, tests::uint64_value);
    }
}

void check_statistics(const Tracker& tracker, const json& stats) {
    const Uint256 head = tests::hash_value(stats.at("head"));
    check_line(tracker, head, stats);
    check_rates(tracker, head, stats.at("attempts_per_second"));
    check_stales(tracker, head, stats.at("stale"));
    check_weights(tracker, stats.at("cumulative_weights"));
    check_payouts(tracker, head, stats.at("expected_payouts"));
}

void replay_shares(const std::string& name) {
    const tests::ReplayFile& file = replay_file(name);
    tests::Replay replay(file);
    for (const json& batch : file.json().at("replay")) {
        CAPTURE(batch.at("batch").get<int>());
        replay.arrive(batch);
        const Decision decision = replay.tracker().think(batch.at("now").get<double>());
        check_decision(decision, batch.at("think"));
        check_state(replay.tracker(), batch.at("state"));
        CHECK(written(decision.removed) == sorted(batch.at("removed")));
        if (batch.contains("score")) check_scores(replay.tracker(), batch.at("score"));
        if (batch.contains("stats")) check_statistics(replay.tracker(), batch.at("stats"));
    }
}

/// What the node does every few seconds: think, prune, think again.
void replay_with_pruning(const std::string& name) {
    const tests::ReplayFile& file = replay_file(name);
    tests::Replay replay(file);
    for (const json& batch : file.json().at("clean")) {
        CAPTURE(batch.at("batch").get<int>());
        replay.arrive(batch);
        const auto now = batch.at("now").get<double>();
        const Decision first = replay.tracker().think(now);
        std::vector<Uint256> removed = replay.tracker().prune(now, first);
        const Decision second = replay.tracker().think(now);
        check_decision(second, batch.at("think"));
        check_state(replay.tracker(), batch.at("state"));
        for (const Decision* decision : {&first, &second}) {
            removed.insert(removed.end(), decision->removed.begin(), decision->removed.end());
        }
        CHECK(written(removed) == sorted(batch.at("removed")));
    }
}

TEST_CASE("shares arrive on regtest") {
    replay_shares("regtest");
}
TEST_CASE("shares arrive on a chain as on mainnet") {
    replay_shares("mainlike");
}
TEST_CASE("shares arrive on regtest and old ones go") {
    replay_with_pruning("regtest");
}
TEST_CASE("shares arrive on a chain as on mainnet and old ones go") {
    replay_with_pruning("mainlike");
}

}  // namespace
