#include "web/model/watch.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iomanip>
#include <map>
#include <sstream>

#include "web/model/model.h"

namespace web {
namespace {

constexpr double kSilentSeconds = 60;
constexpr double kOldBlockSeconds = 45 * 60;
constexpr double kGoneSeconds = 600;
constexpr double kWorkedSeconds = 3600;
/// A worker that is silent for longer was taken away.
constexpr double kForgottenSeconds = 86'400;
constexpr double kLateProportion = 0.1;
/// With work in fewer seconds a proportion says nothing.
constexpr std::uint64_t kFewestSeconds = 50;
constexpr std::uintmax_t kLeastFreeBytes = 1'000'000'000;
constexpr double kGoodBroadcast = 0.9;
constexpr double kBroadcastSeconds = 60;
constexpr double kBroadcastMattersSeconds = 3600;
/// After the start there is nothing to complain about yet.
constexpr double kGraceSeconds = 120;

std::string seconds_text(double seconds) {
    if (seconds < 120) return std::to_string(static_cast<long>(seconds)) + " s";
    if (seconds < 7200) return std::to_string(static_cast<long>(seconds / 60)) + " min";
    return std::to_string(static_cast<long>(seconds / 3600)) + " h";
}

std::string rate_text(double hashes_per_second) {
    constexpr std::array kUnits = {"H/s", "kH/s", "MH/s", "GH/s", "TH/s", "PH/s"};
    std::size_t unit = 0;
    for (; hashes_per_second >= 1000 && unit + 1 < kUnits.size(); ++unit)
        hashes_per_second /= 1000;
    std::ostringstream text;
    text << std::setprecision(3) << hashes_per_second << " " << kUnits[unit];
    return std::move(text).str();
}

void watch_dashd(const Model& model, AlertBook& alerts, double now) {
    const auto& facts = model.now().template_facts;
    const double silent = facts ? now - facts->confirmed_at : model.uptime();
    alerts.observe("dashd_lost", {}, silent > kSilentSeconds,
                   "dashd has given no template for " + seconds_text(silent) + ": see that it runs and is in sync",
                   now);
    const auto& dashds = model.now().dashds;
    for (std::size_t i = 0; i < dashds.size() && dashds.size() > 1; ++i) {
        const std::string number = std::to_string(i + 1);
        alerts.observe("dashd_out", number, !dashds[i].problem.empty(),
                       "dashd " + number + " of " + std::to_string(dashds.size()) +
                           " is out of use: the log says why, the others do its work",
                       now);
    }
    const double age = facts ? now - facts->received_at : 0;
    alerts.observe("template_old", {}, age > kOldBlockSeconds,
                   "no new block for " + seconds_text(age) + ": does dashd have peers?", now);
}

void watch_peers(const Model& model, AlertBook& alerts, double now) {
    alerts.observe("few_peers", {}, model.now().peers->peers.empty(),
                   "no p2pool node is connected: is the p2pool port open, and the internet there?", now);
}

void watch_broadcaster(const Json& status, AlertBook& alerts, double now) {
    const Json health = status.value("health", Json::object());
    const bool enabled = status.value("enabled", false);
    alerts.observe(
        "few_dash_peers", {}, enabled && !health.value("healthy", false),
        "the broadcaster has " + std::to_string(health.value("active_connections", 0)) + " peers, fewer than it should",
        now);
    const Json last = status.value("last_broadcast", Json());
    if (!last.is_object()) return;
    const auto peers = last.value("peers", 0.0);
    const auto reached = last.value("reached", 0.0);
    const double age = now - last.value("time", 0.0);
    // Earlier than that peers may still be on their way; later than that it is history.
    if (peers <= 0 || reached >= kGoodBroadcast * peers || age < kBroadcastSeconds || age > kBroadcastMattersSeconds)
        return;
    const auto hash = last.value("hash", std::string());
    alerts.happened("broadcast_poor", hash,
                    "block " + hash + " reached " + std::to_string(static_cast<int>(reached)) + " of " +
                        std::to_string(static_cast<int>(peers)) + " peers of the broadcaster: is the line overloaded?",
                    now);
}

double silence_allowed(const Model& model, const WorkerFacts* worker) {
    if (worker == nullptr) return kGoneSeconds;
    return model.settings().of(worker->payout_hash).worker_silent_seconds.value_or(kGoneSeconds);
}

/// The operator hears of it after ten minutes; not before its owner misses it, who may have chosen longer.
void watch_workers(Model& model, AlertBook& alerts, std::map<dash::Hash160, AlertBook>& miners, double now) {
    for (const auto& worker : model.now().stratum->workers) {
        const WorkerFacts* facts = model.workers().find(worker.name);
        const double allowed = silence_allowed(model, facts);
        const double silent = now - worker.last_seen;
        const bool is_missed = worker.worked_seconds > kWorkedSeconds && silent < kForgottenSeconds;
        const std::string text = worker.name + " has sent nothing for " + seconds_text(silent);
        alerts.observe("worker_gone", worker.name, is_missed && silent > std::max(kGoneSeconds, allowed), text, now);
        const auto own = facts == nullptr ? miners.end() : miners.find(facts->payout_hash);
        if (own == miners.end()) continue;
        own->second.observe("worker_gone", worker.name, is_missed && silent > allowed, text, now);
    }
}

void watch_all_rates(const Workers::Rates& rates, AlertBook& alerts, double now) {
    double hashes = 0;
    double late = 0;
    std::uint64_t seconds_with_work = 0;
    for (const auto& [name, rate] : rates) {
        hashes += rate.hashes_per_second;
        late += rate.late_hashes_per_second;
        seconds_with_work += rate.submits;
    }
    const double proportion = seconds_with_work < kFewestSeconds ? 0 : late / std::max(1.0, hashes);
    alerts.observe("late_high", {}, proportion > kLateProportion,
                   std::to_string(static_cast<int>(100 * proportion)) +
                       " % of the work comes too late: miners' network, or an overloaded machine",
                   now);
}

/// Each in the book of its owner: what somebody wants to be told of his own machines is not the operator's business.
void watch_miners_rates(Model& model, const Workers::Rates& rates, std::map<dash::Hash160, AlertBook>& miners,
                        double now) {
    std::map<dash::Hash160, double> by_miner;
    for (const auto& [name, rate] : rates) {
        if (const WorkerFacts* worker = model.workers().find(name))
            by_miner[worker->payout_hash] += rate.hashes_per_second;
    }
    for (auto& [miner, book] : miners) {
        const MinerSettings& settings = model.settings().of(miner);
        const std::string address = model.address_of(miner);
        const auto found = by_miner.find(miner);
        const double rate = found == by_miner.end() ? 0 : found->second;
        book.observe("miner_slow", address, settings.hash_rate_below && rate < *settings.hash_rate_below,
                     address + " works at " + rate_text(rate) + ", less than the " +
                         rate_text(settings.hash_rate_below.value_or(0)) + " its owner wants to be told below",
                     now);
    }
}

/// One book for each miner who chose something, as long as he does.
void keep_books(const Model& model, std::map<dash::Hash160, AlertBook>& miners, double now) {
    constexpr std::size_t kMostOfMiner = 100;
    std::erase_if(miners, [&](const auto& book) { return model.settings().all().count(book.first) == 0; });
    for (const auto& settings : model.settings().all())
        miners.try_emplace(settings.first, kMostOfMiner).first->second.expire(now);
}

void watch_disk(const Model& model, AlertBook& alerts, double now) {
    std::error_code error;
    const auto space = std::filesystem::space(model.facts().net_datadir, error);
    if (error) return;
    alerts.observe("disk_low", {}, space.available < kLeastFreeBytes,
                   "only " + std::to_string(space.available / 1'000'000) + " MB are free for the data folder", now);
}

}  // namespace

void watch(Model& model, AlertBook& alerts, std::map<dash::Hash160, AlertBook>& miners) {
    const double now = model.time();
    alerts.expire(now);
    keep_books(model, miners, now);
    watch_workers(model, alerts, miners, now);
    if (model.uptime() < kGraceSeconds) return;
    watch_dashd(model, alerts, now);
    watch_peers(model, alerts, now);
    watch_broadcaster(model.broadcaster(), alerts, now);
    const Workers::Rates rates = model.workers().rates(model.steady());
    watch_all_rates(rates, alerts, now);
    watch_miners_rates(model, rates, miners, now);
    watch_disk(model, alerts, now);
}

std::string reason_not_ready(const Model& model) {
    constexpr double kLateSeconds = 15;
    const double silent = model.seconds_since_told();
    if (silent > model.now().interval_seconds + kLateSeconds) {
        return "the mining thread has told nothing for " + seconds_text(silent) + ": it is busy or stuck";
    }
    return model.now().no_work_reason;
}

StateLight state_light(const Model& model) {
    const Snapshot& snapshot = model.now();
    const auto& download = snapshot.peers->download;
    const std::string reason = reason_not_ready(model);
    if (reason != snapshot.no_work_reason) return {AlertLevel::kError, false, "node_silent", reason};
    if (snapshot.template_facts == nullptr) {
        return {AlertLevel::kWarning, false, "no_template", "waiting for dashd's first block template"};
    }
    const double silent = model.time() - snapshot.template_facts->confirmed_at;
    constexpr double kPollingSeconds = 30;
    if (silent > kPollingSeconds) {
        return {AlertLevel::kError, false, "dashd_silent",
                "dashd silent for " + seconds_text(silent) +
                    (reason.empty() ? ": work goes on with the last template" : ": no work for miners")};
    }
    if (download.active && download.estimated_total > download.known_shares + 100) {
        const std::size_t percent = 100 * download.known_shares / download.estimated_total;
        return {AlertLevel::kInfo, false, "syncing", "syncing " + std::to_string(percent) + " %"};
    }
    if (!reason.empty()) return {AlertLevel::kWarning, false, "no_work", reason};
    const auto alerts = model.alerts().active();
    if (!alerts.empty() && alerts.front().rule->level != AlertLevel::kInfo) {
        const Alert& worst = alerts.front();
        return {worst.rule->level, false, "alert", worst.rule->names_worker() ? worst.rule->nameless : worst.text};
    }
    return {AlertLevel::kInfo, true, "all_well", "all well"};
}

}  // namespace web
