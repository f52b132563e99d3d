#include "web/model/luck.h"

#include <algorithm>

namespace web {
namespace {

bool is_known(const std::optional<double>& value) {
    return value.value_or(0) > 0;
}

void choose_hashrate(BlockLuck& luck, const FoundBlock* previous, const Samples& samples, const PresentRates& present) {
    const auto own = luck.block->pool_hashes_per_second;
    luck.approximate = !is_known(own);
    luck.hashes_per_second = luck.approximate ? present.hashes_per_second : own;
    luck.method = is_known(luck.hashes_per_second) ? "single_hashrate" : nullptr;
    if (previous == nullptr) {
        luck.method = "first_block";
        return;
    }
    const Samples::Mean mean = samples.mean_hashrate(previous->found_at, luck.block->found_at);
    luck.hashrate_samples = mean.samples;
    const auto before = previous->pool_hashes_per_second;
    if (is_known(mean.value)) {
        luck.hashes_per_second = mean.value;
        luck.method = "time_weighted_avg";
        luck.approximate = false;
    } else if (is_known(own) && is_known(before)) {
        luck.hashes_per_second = (*own + *before) / 2;
        luck.method = "simple_avg";
    } else if (luck.approximate && is_known(before)) {
        luck.hashes_per_second = before;
        luck.method = "single_hashrate";
    }
}

BlockLuck luck_of(const FoundBlock& block, const FoundBlock* previous, const Samples& samples,
                  const PresentRates& present) {
    BlockLuck luck;
    luck.block = &block;
    choose_hashrate(luck, previous, samples, present);
    std::optional<double> difficulty =
        is_known(block.network_difficulty) ? block.network_difficulty : present.difficulty;
    if (previous != nullptr) {
        const Samples::Mean mean = samples.mean_difficulty(previous->found_at, block.found_at);
        luck.difficulty_samples = mean.samples;
        luck.difficulty = mean.value;
        if (mean.value) difficulty = mean.value;
    }
    if (is_known(luck.hashes_per_second) && is_known(difficulty)) {
        luck.expected_seconds = *difficulty * kHashesPerDifficulty / *luck.hashes_per_second;
    }
    if (previous == nullptr || block.found_at <= previous->found_at) return luck;
    luck.seconds = block.found_at - previous->found_at;
    if (luck.expected_seconds) luck.percent = 100 * *luck.expected_seconds / *luck.seconds;
    return luck;
}

}  // namespace

std::vector<BlockLuck> block_luck(const std::vector<const FoundBlock*>& blocks, const Samples& samples,
                                  const PresentRates& present) {
    std::vector<BlockLuck> luck;
    luck.reserve(blocks.size());
    const FoundBlock* previous = nullptr;
    for (const FoundBlock* block : blocks) {
        luck.push_back(luck_of(*block, previous, samples, present));
        previous = block;
    }
    return luck;
}

TotalLuck total_luck(const std::vector<BlockLuck>& blocks, double now, const PresentRates& present) {
    TotalLuck total;
    double expected = 0;
    double actual = 0;
    for (const BlockLuck& luck : blocks) {
        if (!luck.percent) continue;
        ++total.blocks;
        expected += *luck.expected_seconds;
        actual += *luck.seconds;
    }
    if (actual > 0) total.average_percent = 100 * expected / actual;
    total.average_with_round_percent = total.average_percent;
    if (blocks.empty()) return total;
    const double elapsed = std::max(0.0, now - blocks.back().block->found_at);
    total.round_elapsed_seconds = elapsed;
    if (!is_known(present.hashes_per_second) || !is_known(present.difficulty)) return total;
    const double round = *present.difficulty * kHashesPerDifficulty / *present.hashes_per_second;
    total.round_expected_seconds = round;
    if (elapsed > 0) total.round_percent = 100 * round / elapsed;
    const double weight = std::min(1.0, elapsed / round);
    if (actual + weight * elapsed > 0) {
        total.average_with_round_percent = 100 * (expected + weight * round) / (actual + weight * elapsed);
    }
    return total;
}

}  // namespace web
