#include "web/graphs/streams.h"

#include <algorithm>

namespace web::graphs {
namespace {

constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;
/// Of the miners' streams. In the long ranges fewer, so that a year of names stays within tens of megabytes.
constexpr std::size_t kMinersKept = 10'000;
constexpr std::size_t kMinersKeptLong = 1'000;

constexpr StreamKind kSum{.gauge = false};
constexpr StreamKind kSumByKey{.gauge = false, .keyed = true};
constexpr StreamKind kSumByMiner{.gauge = false, .keyed = true, .keep = kMinersKept};
constexpr StreamKind kSumByKeyZeroFill{.gauge = false, .keyed = true, .zero_fill = true};
constexpr StreamKind kGauge{};
constexpr StreamKind kGaugeByKey{.keyed = true};
constexpr StreamKind kGaugeByMiner{.keyed = true, .keep = kMinersKept};
constexpr StreamKind kGaugeZeroFill{.keyed = true, .zero_fill = true};

constexpr const char* kHashes = "hashes_per_second";
constexpr const char* kCoins = "coins";
constexpr const char* kCount = "count";

StreamKind in_range(StreamKind kind, const Range& range) {
    if (range.is_long) kind.keep = std::min(kind.keep, kMinersKeptLong);
    return kind;
}

}  // namespace

const std::array<Range, 5>& ranges() {
    static const std::array<Range, 5> all = {{{"last_hour", "hour", {150, kHour}, false},
                                              {"last_day", "day", {300, kDay}, false},
                                              {"last_week", "week", {300, 7 * kDay}, true},
                                              {"last_month", "month", {300, 30 * kDay}, true},
                                              {"last_year", "year", {300, 365.25 * kDay}, true}}};
    return all;
}

const Range* find_range(std::string_view name) {
    const auto found = std::find_if(ranges().begin(), ranges().end(),
                                    [&](const Range& range) { return name == range.view || name == range.name; });
    return found == ranges().end() ? nullptr : &*found;
}

const std::vector<StreamInfo>& streams() {
    static const std::vector<StreamInfo> all = {
        {"local_hash_rate", kSum, kHashes, "this node's miners"},
        {"local_dead_hash_rate", kSum, kHashes, "of it, work for jobs that were too old"},
        {"miner_hash_rates", kSumByMiner, kHashes, "this node's workers, by name", true},
        {"miner_dead_hash_rates", kSumByMiner, kHashes, "of it, work for jobs that were too old", true},
        {"local_share_hash_rates", kSumByKeyZeroFill, kHashes, "this node's shares: good, orphan, dead"},
        {"pool_rates", kGaugeZeroFill, kHashes, "the pool: good, orphan, doa"},
        {"current_payout", kGauge, kCoins, "payout of the node's address if a block were found"},
        {"current_payouts", kGaugeByMiner, kCoins, "payouts of the miners here if a block were found, by address",
         true},
        {"peers", kGaugeByKey, kCount, "p2pool nodes connected: incoming, outgoing"},
        {"worker_count", kGauge, kCount, "workers with accepted work in the last minutes"},
        {"unique_miner_count", kGauge, kCount, "their payout addresses"},
        {"connected_miners", kGauge, kCount, "stratum connections"},
        {"desired_version_rates", kGaugeZeroFill, kHashes, "votes for share versions"},
        {"traffic_rate", kSumByKey, "bytes_per_second", "p2pool network: p2p/in, p2p/out"},
        {"getwork_latency", kGauge, "seconds", "time dashd takes for a template"},
        {"memory_usage", kGauge, "bytes", "of this program"},
    };
    return all;
}

Graphs::Graphs() {
    for (const StreamInfo& stream : streams()) {
        std::vector<View>& views = streams_[stream.name];
        views.reserve(ranges().size());
        for (const Range& range : ranges())
            views.emplace_back(in_range(stream.kind, range), range.shape);
    }
}

void Graphs::add(std::string_view stream, double time, const std::map<std::string, double>& values) {
    for (View& view : streams_.find(stream)->second)
        view.add(keys_, time, values);
}

void Graphs::go_back(double time) {
    for (auto& entry : streams_) {
        for (View& view : entry.second)
            view.go_back(time);
    }
}

View* Graphs::find(std::string_view stream, std::string_view range) {
    const auto views = streams_.find(stream);
    const Range* wanted = find_range(range);
    if (views == streams_.end() || wanted == nullptr) return nullptr;
    return &views->second[static_cast<std::size_t>(wanted - ranges().data())];
}

const StreamInfo* Graphs::info(std::string_view stream) {
    const auto found =
        std::find_if(streams().begin(), streams().end(), [&](const StreamInfo& info) { return stream == info.name; });
    return found == streams().end() ? nullptr : &*found;
}

}  // namespace web::graphs
