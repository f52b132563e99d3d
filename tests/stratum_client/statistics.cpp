#include "tests/stratum_client/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

namespace stratum_client {
namespace {

constexpr std::size_t kBlocksInText = 10;

double to_milliseconds(std::chrono::nanoseconds duration) {
    return static_cast<double>(duration.count()) / 1e6;
}

std::string describe(const Latencies& latencies) {
    char text[128];
    std::snprintf(text, sizeof text, "p50 %.3f ms, p99 %.3f ms, max %.3f ms", latencies.milliseconds(0.5),
                  latencies.milliseconds(0.99), latencies.milliseconds(1));
    return text;
}

}  // namespace

void Latencies::add(std::chrono::nanoseconds duration) {
    ++count_;
    if (microseconds_.size() >= kMostSamples) return;
    const auto microseconds = std::clamp<std::int64_t>(duration.count() / 1000, 0, UINT32_MAX);
    microseconds_.push_back(static_cast<std::uint32_t>(microseconds));
    sorted_ = false;
}

double Latencies::milliseconds(double share) const {
    if (microseconds_.empty()) return 0;
    if (!sorted_) std::sort(microseconds_.begin(), microseconds_.end());
    sorted_ = true;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(microseconds_.size())));
    return static_cast<double>(microseconds_[rank == 0 ? 0 : rank - 1]) / 1000;
}

nlohmann::json Latencies::to_json() const {
    return {{"count", count_},
            {"p50_ms", milliseconds(0.5)},
            {"p90_ms", milliseconds(0.9)},
            {"p99_ms", milliseconds(0.99)},
            {"max_ms", milliseconds(1)}};
}

void Statistics::new_block(const dash::Uint256& previous_block, TimePoint when) {
    const auto known = std::find_if(new_blocks_.rbegin(), new_blocks_.rend(),
                                    [&](const BlockNotifies& block) { return block.previous_block == previous_block; });
    if (known == new_blocks_.rend()) {
        BlockNotifies block;
        block.previous_block = previous_block;
        block.triggered = trigger_.has_value();
        block.origin = trigger_.value_or(when);
        trigger_.reset();
        new_blocks_.push_back(std::move(block));
        if (new_blocks_.size() > kMostBlocks) new_blocks_.pop_front();
    }
    BlockNotifies& block = known == new_blocks_.rend() ? new_blocks_.back() : *known;
    block.last = std::max(block.last, when);
    ++block.connections;
    block.latencies.add(when - block.origin);
}

std::uint64_t Statistics::rejected_total() const {
    std::uint64_t total = 0;
    for (const auto& [code, count] : rejected)
        total += count;
    return total;
}

nlohmann::json Statistics::to_json() const {
    nlohmann::json codes = nlohmann::json::object();
    for (const auto& [code, count] : rejected)
        codes[std::to_string(code)] = count;
    nlohmann::json blocks_seen = nlohmann::json::array();
    for (const BlockNotifies& block : new_blocks_) {
        blocks_seen.push_back({{"previous_block", block.previous_block.to_hex()},
                               {"triggered", block.triggered},
                               {"connections", block.connections},
                               {"last_ms", to_milliseconds(block.last - block.origin)},
                               {"latency", block.latencies.to_json()}});
    }
    return {{"connected", connected},
            {"failed", failed},
            {"dropped", dropped},
            {"notifies", notifies},
            {"submitted", submitted},
            {"accepted", accepted},
            {"rejected", codes},
            {"blocks", blocks},
            {"answers", answers.to_json()},
            {"first_jobs", first_jobs.to_json()},
            {"new_blocks", blocks_seen},
            {"last_error", last_error}};
}

std::string Statistics::to_text() const {
    std::ostringstream text;
    text << "connections: " << connected << " made, " << failed << " failed, " << dropped << " dropped\n";
    text << "jobs received: " << notifies << '\n';
    if (first_jobs.count() > 0) text << "connect to first job: " << describe(first_jobs) << '\n';
    if (submitted > 0) {
        text << "submitted: " << submitted << ", accepted " << accepted << ", rejected " << rejected_total();
        for (const auto& [code, count] : rejected)
            text << " (code " << code << ": " << count << ")";
        text << ", of block difficulty " << blocks << '\n';
        text << "submit to answer: " << describe(answers) << '\n';
    }
    const std::size_t first = new_blocks_.size() - std::min(new_blocks_.size(), kBlocksInText);
    for (std::size_t i = first; i < new_blocks_.size(); ++i) {
        const BlockNotifies& block = new_blocks_[i];
        text << "new block " << block.previous_block.to_hex().substr(0, 16) << "…: " << block.connections
             << " connections, " << describe(block.latencies)
             << (block.triggered ? " from the trigger\n" : " from the first notify\n");
    }
    if (!last_error.empty()) text << "last error: " << last_error << '\n';
    return text.str();
}

}  // namespace stratum_client
