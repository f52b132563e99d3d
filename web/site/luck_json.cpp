#include "web/site/luck_json.h"

#include "web/site/figures.h"

namespace web {
namespace {

constexpr double kDay = 86'400;

Json recent_percent(const Model& model, const std::vector<BlockLuck>& luck, double days) {
    std::vector<BlockLuck> recent;
    for (const BlockLuck& block : luck) {
        if (block.block->found_at >= model.time() - days * kDay) recent.push_back(block);
    }
    return optional_json(total_luck(recent, model.time(), {}).average_percent);
}

}  // namespace

Json luck_json(const Model& model, const std::vector<BlockLuck>& luck) {
    const TotalLuck total = total_luck(luck, model.time(), model.present_rates());
    const auto& expected = total.round_expected_seconds;
    const auto& elapsed = total.round_elapsed_seconds;
    return {{"blocks", luck.size()},
            {"average_percent", optional_json(total.average_percent)},
            {"round_percent", optional_json(total.round_percent)},
            {"round_progress", expected && elapsed ? Json(*elapsed / *expected) : Json()},
            {"round_started", luck.empty() ? Json() : Json(luck.back().block->found_at)},
            {"expected_seconds", optional_json(expected)},
            {"last_7_days_percent", recent_percent(model, luck, 7)},
            {"last_30_days_percent", recent_percent(model, luck, 30)}};
}

}  // namespace web
