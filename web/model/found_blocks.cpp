#include "web/model/found_blocks.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"
#include "dash/util/error.h"
#include "web/kept_numbers.h"

namespace web {
namespace {

constexpr double kPendingCheckSeconds = 60;
constexpr double kOrphanCheckSeconds = 300;
constexpr double kMostDuffs = 1e18;

using dash::submission::BlockState;
using dash::submission::PhaseTimes;
using dash::submission::SubmissionReport;

constexpr std::array kFates = {BlockFate::kUnknown, BlockFate::kPending, BlockFate::kConfirmed, BlockFate::kOrphaned};
constexpr std::array kStates = {BlockState::kSubmitted, BlockState::kAccepted, BlockState::kOrphaned,
                                BlockState::kConfirmed, BlockState::kLost,     BlockState::kRejected};
constexpr std::array kKinds = {BlockPayout::Kind::kMiner, BlockPayout::Kind::kPayment, BlockPayout::Kind::kDonation};

std::optional<double> optional_number(const Json& object, const char* key) {
    const auto value = object.find(key);
    if (value == object.end() || !value->is_number()) return std::nullopt;
    return value->get<double>();
}

template <typename Value, std::size_t kCount>
Value from_name(const std::array<Value, kCount>& values, const std::string& name) {
    for (const Value value : values) {
        if (to_string(value) == name) return value;
    }
    return values.front();
}

Json times_json(const PhaseTimes& times) {
    return {{"started_ms", optional_json(times.started_ms)}, {"finished_ms", optional_json(times.finished_ms)}};
}

PhaseTimes times_from(const Json& phases, const char* phase) {
    const Json& times = phases.at(phase);
    return {optional_number(times, "started_ms"), optional_number(times, "finished_ms")};
}

SubmissionReport submission_from(const Json& record) {
    SubmissionReport report;
    report.hash = dash::Uint256::from_hex(record.at("hash").get<std::string>());
    report.height = record.at("height").get<std::uint32_t>();
    report.finder = record.at("finder").get<std::string>();
    report.found_at = record.at("found_at").get<double>();
    report.state = from_name(kStates, record.at("state").get<std::string>());
    report.resumed = record.at("resumed").get<bool>();
    report.daemon_p2p_sent = record.at("daemon_p2p_sent").get<bool>();
    report.peers_reached = record.at("peers_reached").get<std::uint32_t>();
    report.submitblock_result = record.at("submitblock_result").get<std::string>();
    report.confirmations = record.at("confirmations").get<std::int64_t>();
    report.chainlock = record.at("chainlock").get<bool>();
    if (record.at("winner").is_string()) {
        report.winner = dash::Uint256::from_hex(record.at("winner").get<std::string>());
    }
    const Json& phases = record.at("phases");
    report.daemon_p2p = times_from(phases, "daemon_p2p");
    report.peers = times_from(phases, "peers");
    report.submitblock = times_from(phases, "submitblock");
    return report;
}

/// nlohmann's exceptions end here.
template <typename Read>
FoundBlock guarded(Read read) {
    try {
        return read();
    } catch (const Json::exception& error) {
        throw dash::DecodeError(std::string("a record of a found block cannot be read: ") + error.what());
    }
}

}  // namespace

std::string_view to_string(BlockFate fate) {
    switch (fate) {
        case BlockFate::kPending:
            return "pending";
        case BlockFate::kConfirmed:
            return "confirmed";
        case BlockFate::kOrphaned:
            return "orphaned";
        case BlockFate::kUnknown:
            break;
    }
    return "unknown";
}

std::string_view to_string(BlockPayout::Kind kind) {
    switch (kind) {
        case BlockPayout::Kind::kPayment:
            return "payment";
        case BlockPayout::Kind::kDonation:
            return "donation";
        case BlockPayout::Kind::kMiner:
            break;
    }
    return "miner";
}

void FoundBlock::take(const SubmissionReport& report) {
    const bool is_bad = report.state == BlockState::kOrphaned || report.state == BlockState::kLost ||
                        report.state == BlockState::kRejected;
    fate = is_bad                                   ? BlockFate::kOrphaned
           : report.state == BlockState::kConfirmed ? BlockFate::kConfirmed
                                                    : BlockFate::kPending;
    settled = dash::submission::is_final(report.state);
    chainlock = report.chainlock;
    confirmations = report.confirmations;
    const std::optional<SubmissionReport> before = std::exchange(submission, report);
    if (!report.resumed || !before) return;
    submission->daemon_p2p_sent |= before->daemon_p2p_sent;
    submission->peers_reached = std::max(report.peers_reached, before->peers_reached);
    for (const auto phase : {&SubmissionReport::daemon_p2p, &SubmissionReport::peers, &SubmissionReport::submitblock}) {
        if ((*before.*phase).finished_ms) *submission.*phase = *before.*phase;
    }
}

double FoundBlock::hash_difficulty() const {
    if (hash.is_zero()) return 0;
    return dash::true_division(dash::to_wide(dash::difficulty_one_target()), dash::to_wide(hash));
}

std::optional<std::uint64_t> FoundBlock::miners_duffs() const {
    if (payouts.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    for (const BlockPayout& payout : payouts) {
        if (payout.kind != BlockPayout::Kind::kPayment) sum += payout.duffs;
    }
    return sum;
}

Json submission_json(const dash::submission::SubmissionReport& report) {
    return {{"hash", report.hash.to_hex()},
            {"height", report.height},
            {"finder", report.finder},
            {"found_at", report.found_at},
            {"state", to_string(report.state)},
            {"daemon_p2p_sent", report.daemon_p2p_sent},
            {"peers_reached", report.peers_reached},
            {"submitblock_result", report.submitblock_result},
            {"confirmations", report.confirmations},
            {"chainlock", report.chainlock},
            {"winner", report.winner ? Json(report.winner->to_hex()) : Json()},
            {"resumed", report.resumed},
            {"phases",
             {{"daemon_p2p", times_json(report.daemon_p2p)},
              {"peers", times_json(report.peers)},
              {"submitblock", times_json(report.submitblock)}}}};
}

Json to_record(const FoundBlock& block) {
    Json payouts = Json::array();
    for (const BlockPayout& payout : block.payouts)
        payouts.push_back({dash::to_hex(payout.script), payout.duffs, to_string(payout.kind)});
    return {{"hash", block.hash.to_hex()},
            {"share_hash", block.share_hash.to_hex()},
            {"found_at", block.found_at},
            {"height", block.height},
            {"miner", block.miner},
            {"pool_hashes_per_second", optional_json(block.pool_hashes_per_second)},
            {"stale_proportion", optional_json(block.stale_proportion)},
            {"network_difficulty", optional_json(block.network_difficulty)},
            {"expected_seconds", optional_json(block.expected_seconds)},
            {"reward_duffs", optional_json(block.reward_duffs)},
            {"payouts", std::move(payouts)},
            {"fate", to_string(block.fate)},
            {"confirmations", optional_json(block.confirmations)},
            {"chainlock", block.chainlock},
            {"settled", block.settled},
            {"submission", block.submission ? submission_json(*block.submission) : Json()}};
}

FoundBlock from_record(const Json& record) {
    return guarded([&] {
        FoundBlock block;
        block.hash = dash::Uint256::from_hex(record.at("hash").get<std::string>());
        block.share_hash = dash::Uint256::from_hex(record.at("share_hash").get<std::string>());
        block.found_at = kept_time(record.at("found_at"));
        block.height = record.at("height").get<std::uint32_t>();
        block.miner = record.at("miner").get<std::string>();
        block.pool_hashes_per_second = optional_number(record, "pool_hashes_per_second");
        block.stale_proportion = optional_number(record, "stale_proportion");
        block.network_difficulty = optional_number(record, "network_difficulty");
        block.expected_seconds = optional_number(record, "expected_seconds");
        if (record.at("reward_duffs").is_number()) block.reward_duffs = record.at("reward_duffs").get<std::uint64_t>();
        for (const Json& payout : record.at("payouts")) {
            block.payouts.push_back({dash::from_hex(payout.at(0).get<std::string>()), payout.at(1).get<std::uint64_t>(),
                                     from_name(kKinds, payout.at(2).get<std::string>())});
        }
        block.fate = from_name(kFates, record.at("fate").get<std::string>());
        if (record.at("confirmations").is_number())
            block.confirmations = record.at("confirmations").get<std::int64_t>();
        block.chainlock = record.at("chainlock").get<bool>();
        block.settled = record.at("settled").get<bool>();
        // Records of earlier releases have none.
        const auto submission = record.find("submission");
        if (submission != record.end() && submission->is_object()) block.submission = submission_from(*submission);
        return block;
    });
}

FoundBlock from_python(const Json& entry) {
    return guarded([&] {
        FoundBlock block;
        block.hash = dash::Uint256::from_hex(entry.at("hash").get<std::string>());
        const std::string share = entry.value("share_hash", std::string());
        block.share_hash = share.size() == 64 ? dash::Uint256::from_hex(share) : block.hash;
        block.found_at = kept_time(entry.at("ts"));
        block.height = static_cast<std::uint32_t>(
            whole_number(entry.value("block_height", Json()), std::numeric_limits<std::uint32_t>::max()).value_or(0));
        if (entry.contains("miner") && entry["miner"].is_string()) block.miner = entry["miner"].get<std::string>();
        block.pool_hashes_per_second = optional_number(entry, "pool_hashrate");
        block.stale_proportion = optional_number(entry, "stale_prop");
        block.network_difficulty = optional_number(entry, "network_diff");
        block.expected_seconds = optional_number(entry, "expected_time");
        if (const auto reward = optional_number(entry, "block_reward")) {
            block.reward_duffs = whole_number(*reward * dash::kDuffsPerCoin + 0.5, kMostDuffs);
        }
        block.fate = from_name(kFates, entry.value("status", std::string("unknown")));
        return block;
    });
}

FoundBlock* FoundBlocks::add(FoundBlock block) {
    if (!by_hash_.emplace(block.hash, block.found_at).second) return nullptr;
    const std::pair key(block.found_at, block.hash);
    return &by_time_.emplace(key, std::move(block)).first->second;
}

FoundBlock* FoundBlocks::find(const dash::Uint256& hash) {
    const auto known = by_hash_.find(hash);
    return known == by_hash_.end() ? nullptr : &by_time_.at({known->second, hash});
}

std::vector<const FoundBlock*> FoundBlocks::newest(std::size_t limit, double before) const {
    std::vector<const FoundBlock*> blocks;
    for (auto block = by_time_.rbegin(); block != by_time_.rend() && blocks.size() < limit; ++block) {
        if (block->first.first < before) blocks.push_back(&block->second);
    }
    return blocks;
}

std::vector<const FoundBlock*> FoundBlocks::all() const {
    std::vector<const FoundBlock*> blocks;
    blocks.reserve(by_time_.size());
    for (const auto& entry : by_time_)
        blocks.push_back(&entry.second);
    return blocks;
}

FoundBlock* FoundBlocks::due(double now) {
    for (auto block = by_time_.rbegin(); block != by_time_.rend(); ++block) {
        FoundBlock& candidate = block->second;
        const double interval = candidate.fate == BlockFate::kOrphaned ? kOrphanCheckSeconds : kPendingCheckSeconds;
        const bool is_due = now >= candidate.checked_at + interval || now < candidate.checked_at;  // the clock was set
        if (!candidate.settled && is_due) return &candidate;
    }
    return nullptr;
}

}  // namespace web
