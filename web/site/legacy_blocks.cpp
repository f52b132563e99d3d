#include <algorithm>
#include <cmath>

#include "web/site/bad_request.h"
#include "web/site/route_table.h"

/// The python node's pages about blocks, luck and the samples they are computed from.
namespace web {
namespace {

constexpr std::size_t kRecentBlocks = 10;
constexpr double kSampleAgeSeconds = 30;

Json whole_seconds(const std::optional<double>& seconds) {
    return seconds ? Json(static_cast<std::int64_t>(*seconds)) : Json();
}

Json history_entry(const FoundBlock& block) {
    Json entry = {{"ts", static_cast<std::int64_t>(block.found_at)},
                  {"block_height", block.height},
                  {"hash", block.hash.to_hex()},
                  {"share_hash", block.share_hash.to_hex()},
                  {"miner", block.miner},
                  {"pool_hashrate", optional_json(block.pool_hashes_per_second)},
                  {"stale_prop", optional_json(block.stale_proportion)},
                  {"network_diff", optional_json(block.network_difficulty)},
                  {"expected_time", optional_json(block.expected_seconds)},
                  {"block_reward", block.reward_duffs ? Json(coins(*block.reward_duffs)) : Json()},
                  {"status", to_string(block.fate)},
                  {"actual_hash_difficulty", block.hash_difficulty()}};
    return entry;
}

Json block_history(const PageContext& context) {
    Json history = Json::object();
    for (const FoundBlock* block : context.model.blocks().all())
        history[block->hash.to_hex()] = history_entry(*block);
    return history;
}

Json recent_block(const PageContext& context, const BlockLuck& luck) {
    const FoundBlock& block = *luck.block;
    Json item = {
        {"ts", static_cast<std::int64_t>(block.found_at)},
        {"hash", block.hash.to_hex()},
        {"number", block.height},
        {"share", block.share_hash.to_hex()},
        {"explorer_url", explorer_url(context.model, block)},
        {"status", to_string(block.fate)},
        {"network_difficulty",
         optional_json(block.network_difficulty ? block.network_difficulty : context.model.network_difficulty())},
        {"actual_hash_difficulty", block.hash_difficulty()},
        {"from_history", context.model.shares().find(block.share_hash) == nullptr},
        {"miner", block.miner},
        {"block_reward", block.reward_duffs ? Json(coins(*block.reward_duffs)) : Json()},
        {"luck", optional_json(luck.percent)},
        {"time_to_find", whole_seconds(luck.seconds)},
        {"expected_time", optional_json(luck.expected_seconds)},
        {"pool_hashrate_at_find",
         optional_json(block.pool_hashes_per_second ? block.pool_hashes_per_second : context.model.pool_rate())},
        {"avg_hashrate_used", optional_json(luck.hashes_per_second)},
        {"hashrate_samples_used",
         luck.method != nullptr && std::string_view(luck.method) == "time_weighted_avg" ? luck.hashrate_samples : 0},
        {"luck_method", luck.method == nullptr ? Json() : Json(luck.method)},
        {"luck_approximate", luck.approximate}};
    if (luck.difficulty) {
        item["avg_difficulty_used"] = *luck.difficulty;
        item["diff_samples_used"] = luck.difficulty_samples;
    }
    return item;
}

void add_summary(Json& first, const std::vector<BlockLuck>& luck, const TotalLuck& total) {
    std::size_t accurate = 0;
    std::size_t approximate = 0;
    std::map<std::string, std::size_t> methods;
    for (const BlockLuck& block : luck) {
        if (!block.percent) continue;
        ++(block.approximate ? approximate : accurate);
        if (block.method != nullptr) ++methods[block.method];
    }
    first["pool_avg_luck"] = optional_json(total.average_percent);
    first["blocks_for_luck"] = total.blocks;
    first["accurate_luck_count"] = accurate;
    first["approximate_luck_count"] = approximate;
    first["time_weighted_luck_count"] = methods["time_weighted_avg"];
    first["simple_avg_luck_count"] = methods["simple_avg"];
    first["single_hashrate_luck_count"] = methods["single_hashrate"];
    first["luck_note"] = approximate == 0 ? "All luck values use avg hashrate between blocks"
                                          : std::to_string(accurate) + " accurate, " + std::to_string(approximate) +
                                                " approximate (using current hashrate)";
}

Json recent_blocks(const PageContext& context) {
    const std::vector<BlockLuck> all = context.model.luck();
    const std::size_t count = std::min(all.size(), kRecentBlocks);
    const std::vector<BlockLuck> newest(all.end() - static_cast<std::ptrdiff_t>(count), all.end());
    Json blocks = Json::array();
    for (auto luck = newest.rbegin(); luck != newest.rend(); ++luck)
        blocks.push_back(recent_block(context, *luck));
    if (!blocks.empty()) {
        add_summary(blocks[0], newest, total_luck(newest, context.model.time(), context.model.present_rates()));
    }
    return blocks;
}

template <typename Value>
void add_range(Json& stats, const std::vector<BlockLuck>& luck, const char* least, const char* most, Value value) {
    std::optional<double> lowest;
    std::optional<double> highest;
    for (const BlockLuck& block : luck) {
        const std::optional<double> figure = value(block);
        if (!figure) continue;
        lowest = std::min(lowest.value_or(*figure), *figure);
        highest = std::max(highest.value_or(*figure), *figure);
    }
    stats[least] = optional_json(lowest);
    stats[most] = optional_json(highest);
}

Json luck_items(const std::vector<BlockLuck>& luck) {
    Json items = Json::array();
    for (auto block = luck.rbegin(); block != luck.rend(); ++block) {
        items.push_back({{"number", block->block->height},
                         {"ts", static_cast<std::int64_t>(block->block->found_at)},
                         {"luck", optional_json(block->percent)},
                         {"time_to_find", whole_seconds(block->seconds)},
                         {"expected_time", optional_json(block->expected_seconds)},
                         {"status", to_string(block->block->fate)}});
    }
    return items;
}

Json luck_stats(const PageContext& context) {
    const std::vector<BlockLuck> luck = context.model.luck();
    const TotalLuck total = total_luck(luck, context.model.time(), context.model.present_rates());
    if (total.blocks == 0) {
        return {{"blocks_found", luck.size()},
                {"luck_available", false},
                {"message", luck.empty() ? "No blocks found yet" : "Need at least 2 blocks to calculate luck"}};
    }
    double seconds = 0;
    for (const BlockLuck& block : luck)
        seconds += block.seconds.value_or(0);
    Json stats = {{"blocks_found", luck.size()},
                  {"luck_available", true},
                  {"blocks_with_luck", total.blocks},
                  {"luck_approximate", true},
                  {"avg_luck", optional_json(total.average_with_round_percent)},
                  {"average_luck", optional_json(total.average_percent)},
                  {"avg_time_between_blocks", seconds / static_cast<double>(total.blocks)},
                  {"current_expected_time", optional_json(total.round_expected_seconds)},
                  {"time_since_last_block", whole_seconds(total.round_elapsed_seconds)},
                  {"current_luck_trend", optional_json(total.round_percent)},
                  {"note", "Luck uses aggregate method: sum(expected_times)/sum(actual_times)*100"},
                  {"blocks", luck_items(luck)}};
    add_range(stats, luck, "min_luck", "max_luck", [](const BlockLuck& block) { return block.percent; });
    add_range(stats, luck, "min_time_between_blocks", "max_time_between_blocks", [](const BlockLuck& block) {
        return block.seconds ? std::optional(std::floor(*block.seconds)) : std::nullopt;
    });
    return stats;
}

Json difficulty_sample(const DifficultySample& sample) {
    Json json = {{"ts", sample.at}, {"difficulty", sample.difficulty}};
    if (sample.height > 0) json["height"] = sample.height;
    return json;
}

Json net_diff_samples(const PageContext& context) {
    const auto& samples = context.model.samples().difficulties();
    return {{"sample_count", samples.size()},
            {"oldest_sample", samples.empty() ? Json() : difficulty_sample(samples.front())},
            {"newest_sample", samples.empty() ? Json() : difficulty_sample(samples.back())}};
}

Json hashrate_sample(const HashrateSample& sample) {
    return {{"ts", sample.at},
            {"hashrate", sample.hashes_per_second},
            {"network_diff", optional_json(sample.network_difficulty)}};
}

Json hashrate_samples(const PageContext& context) {
    const auto& samples = context.model.samples().hashrates();
    return {{"sample_count", samples.size()},
            {"oldest_sample", samples.empty() ? Json() : hashrate_sample(samples.front())},
            {"newest_sample", samples.empty() ? Json() : hashrate_sample(samples.back())},
            {"sample_interval", static_cast<int>(Samples::kHashrateInterval)}};
}

struct Period {
    const char* name;
    double seconds;
    std::size_t points;
};
constexpr std::array kPeriods = {Period{"day", 86'400, 600}, Period{"hour", 3600, 30}, Period{"week", 7 * 86'400, 1000},
                                 Period{"month", 30 * 86'400, 1500}, Period{"year", 365 * 86'400, 2000}};

/// The python node took any other word for a day.
const Period& period_named(const std::string& name) {
    const auto found = std::find_if(kPeriods.begin(), kPeriods.end(), [&](const Period& p) { return p.name == name; });
    return found == kPeriods.end() ? kPeriods.front() : *found;
}

using Points = std::vector<std::pair<double, double>>;

Points difficulty_points(const PageContext& context, double from, double now) {
    Points points;
    std::optional<double> before;
    for (const DifficultySample& sample : context.model.samples().difficulties()) {
        if (sample.at < from) {
            before = sample.difficulty;
        } else {
            points.emplace_back(sample.at, sample.difficulty);
        }
    }
    if (points.empty() && !before) {
        for (const FoundBlock* block : context.model.blocks().all()) {
            if (block->network_difficulty && block->found_at >= from) {
                points.emplace_back(block->found_at, *block->network_difficulty);
            }
        }
    }
    if (before) points.insert(points.begin(), {from, *before});
    const auto current = context.model.network_difficulty();
    if (current && (points.empty() || now - points.back().first > kSampleAgeSeconds))
        points.emplace_back(now, *current);
    return points;
}

Json network_difficulty(const PageContext& context) {
    const Period& period = period_named(context.request.parameter("period").value_or("day"));
    const double now = context.model.time();
    const Points points = difficulty_points(context, now - period.seconds, now);
    const std::size_t count = std::min(points.size(), period.points);
    Json answer = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
        // The first and the last are always there.
        const std::size_t index = count < 2 ? 0 : i * (points.size() - 1) / (count - 1);
        answer.push_back({{"ts", points[index].first}, {"network_diff", points[index].second}});
    }
    return answer;
}

}  // namespace

void add_legacy_blocks(RouteTable& table) {
    table.json("block_history", block_history);
    table.json("recent_blocks", recent_blocks);
    table.json("luck_stats", luck_stats);
    table.json("net_diff_samples", net_diff_samples);
    table.json("hashrate_samples", hashrate_samples);
    table.json("network_difficulty", network_difficulty);
    table.json("current_network_difficulty",
               [](const PageContext& context) { return Json(context.model.network_difficulty().value_or(0)); });
}

}  // namespace web
