#include "web/model/miner_settings.h"

#include <algorithm>

#include "dash/util/error.h"

namespace web {
namespace {

constexpr std::size_t kMostLabels = 200;
constexpr std::size_t kLongestLabel = 64;
constexpr std::size_t kLongestWorker = 128;
constexpr double kShortestSilence = 60;
constexpr double kLongestSilence = 86'400;
constexpr double kMostHashes = 1e24;

bool is_printable(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

std::map<std::string, std::string> parse_labels(const Json& json) {
    if (!json.is_object()) throw dash::DecodeError("'labels' must be an object: worker name to label");
    std::map<std::string, std::string> labels;
    for (const auto& [worker, label] : json.items()) {
        if (!label.is_string()) throw dash::DecodeError("the label of '" + worker + "' must be a text");
        const auto text = label.get<std::string>();
        if (text.empty()) continue;
        if (worker.size() > kLongestWorker || text.size() > kLongestLabel || !is_printable(worker) ||
            !is_printable(text)) {
            throw dash::DecodeError("a label has at most 64 bytes, and neither it nor the worker's name line breaks");
        }
        labels.emplace(worker, text);
    }
    if (labels.size() > kMostLabels) throw dash::DecodeError("at most 200 workers can have labels");
    return labels;
}

std::optional<double> parse_number(const Json& json, const char* key, double least, double most) {
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) return std::nullopt;
    if (!found->is_number() || !(found->get<double>() >= least && found->get<double>() <= most)) {
        throw dash::DecodeError("'" + std::string(key) + "' is no number that fits");
    }
    return found->get<double>();
}

}  // namespace

Json settings_json(const MinerSettings& settings) {
    return {{"labels", settings.labels},
            {"hash_rate_below", optional_json(settings.hash_rate_below)},
            {"worker_silent_seconds", optional_json(settings.worker_silent_seconds)}};
}

MinerSettings parse_settings(const Json& json) {
    if (!json.is_object()) throw dash::DecodeError("settings must be a JSON object");
    MinerSettings settings;
    settings.labels = parse_labels(json.value("labels", Json::object()));
    settings.hash_rate_below = parse_number(json, "hash_rate_below", 0, kMostHashes);
    settings.worker_silent_seconds = parse_number(json, "worker_silent_seconds", kShortestSilence, kLongestSilence);
    return settings;
}

const MinerSettings& MinerSettingsBook::of(const dash::Hash160& miner) const {
    static const MinerSettings none;
    const auto found = settings_.find(miner);
    return found == settings_.end() ? none : found->second;
}

bool MinerSettingsBook::set(const dash::Hash160& miner, MinerSettings settings) {
    if (settings == MinerSettings{}) {
        settings_.erase(miner);
        return true;
    }
    if (settings_.size() >= kMostMiners && settings_.count(miner) == 0) return false;
    settings_[miner] = std::move(settings);
    return true;
}

std::optional<std::string> MinerSettingsBook::label(const dash::Hash160& miner, const std::string& worker) const {
    const MinerSettings& settings = of(miner);
    const auto found = settings.labels.find(worker);
    return found == settings.labels.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace web
