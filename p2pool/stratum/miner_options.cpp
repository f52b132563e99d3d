#include <algorithm>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "p2pool/stratum/miner_session.h"

namespace p2pool::stratum {
namespace {

using nlohmann::json;

/// A long list of transactions costs the node as much as a line for each of these.
constexpr std::size_t kAnswerBytesPerLine = 4096;

/// A number, or a text that holds one.
std::optional<double> difficulty_value(const json& value) {
    if (value.is_string()) return parse_difficulty(value.get_ref<const std::string&>());
    if (!value.is_number()) return std::nullopt;
    const auto difficulty = value.get<double>();
    return difficulty >= 0 ? std::optional(difficulty) : std::nullopt;
}

/// Up to eight hex digits, as miners write their masks.
std::optional<std::uint32_t> parse_mask(const json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->empty() || text->size() > 8) return std::nullopt;
    return parse_hex32(std::string(8 - text->size(), '0') + *text);
}

}  // namespace

// BIP 310. A miner that names no mask wants all that can be had.
json MinerSession::configure_version_rolling(const json& options, json& result) {
    const auto mask = options.find("version-rolling.mask");
    const auto wanted = mask == options.end() ? std::optional<std::uint32_t>(kRollableBits) : parse_mask(*mask);
    if (!wanted) return "version-rolling.mask is no hex number of up to 8 digits";
    version_mask_ = *wanted & kRollableBits;
    result["version-rolling.mask"] = hex32(version_mask_);
    return true;
}

bool MinerSession::configure_minimum_difficulty(const json& options) {
    const auto value = options.find("minimum-difficulty.value");
    const auto difficulty = value == options.end() ? std::nullopt : difficulty_value(*value);
    if (!difficulty) return false;
    session_.minimum_difficulty = std::min(*difficulty, DifficultyPolicy::kCeiling);
    return true;
}

bool MinerSession::configure(const Request& request, std::string& out) {
    const json& params = request.params;
    if (params.empty() || !params[0].is_array()) {
        append_error(out, request.id, {ErrorCode::kOther, "mining.configure needs a list of extensions"});
        return true;
    }
    const json options = params.size() > 1 && params[1].is_object() ? params[1] : json::object();
    json result = json::object();
    for (const json& extension : params[0]) {
        if (!extension.is_string()) continue;
        const auto& name = extension.get_ref<const std::string&>();
        if (name == "version-rolling") {
            result[name] = configure_version_rolling(options, result);
        } else if (name == "minimum-difficulty") {
            result[name] = configure_minimum_difficulty(options);
        } else {
            result[name] = name == "subscribe-extranonce";
        }
    }
    append_result(out, request.id, result);
    append_changed_difficulty(out);
    return true;
}

/// A connection's extranonce never changes, so that the promise to tell of a change is easily given.
bool MinerSession::extranonce_subscribe(const Request& request, std::string& out) {
    append_result(out, request.id, true);
    return true;
}

void MinerSession::take_suggestion(double difficulty, std::string& out) {
    session_.suggested_difficulty = difficulty;
    if (!session_.vardiff || !current_) return;
    const double value = context_.policy.requested(difficulty, session_.minimum_difficulty, current_->share);
    session_.vardiff->set_difficulty(Difficulty::of(value));
    append_changed_difficulty(out);
}

bool MinerSession::suggest_difficulty(const Request& request, std::string& out) {
    const auto difficulty = request.params.empty() ? std::nullopt : difficulty_value(request.params[0]);
    if (!difficulty) {
        append_error(out, request.id, {ErrorCode::kOther, "mining.suggest_difficulty needs a number"});
        return true;
    }
    append_result(out, request.id, true);
    take_suggestion(*difficulty, out);
    return true;
}

bool MinerSession::suggest_target(const Request& request, std::string& out) {
    const auto* text = request.params.empty() ? nullptr : request.params[0].get_ptr<const std::string*>();
    dash::Uint256 target;
    try {
        if (text == nullptr) throw dash::DecodeError("no text");
        target = dash::Uint256::from_hex(*text);
    } catch (const dash::DecodeError&) {
        append_error(out, request.id, {ErrorCode::kOther, "mining.suggest_target needs 64 hex digits"});
        return true;
    }
    append_result(out, request.id, true);
    take_suggestion(dash::difficulty_from_target(target), out);
    return true;
}

bool MinerSession::get_transactions(const Request& request, std::string& out) {
    work::JobPtr job;
    if (request.params.empty()) {
        if (current_) job = current_->job;
    } else if (const auto* id = request.params[0].get_ptr<const std::string*>()) {
        if (const auto held = session_.jobs.find(*id, now())) job = held->job;
    }
    if (!job) {
        append_error(out, request.id, {ErrorCode::kJobNotFound, "Job not found: it is unknown or too old"});
        return true;
    }
    if (pause_seconds() > 0) {
        append_error(out, request.id, {ErrorCode::kOther, "Too many requests, try again later"});
        return true;
    }
    const std::size_t before = out.size();
    append_result(out, request.id, context_.source.transaction_hex(*job));
    effort_.charge(now(), static_cast<double>((out.size() - before) / kAnswerBytesPerLine));
    return true;
}

bool MinerSession::ping(const Request& request, std::string& out) {
    append_result(out, request.id, "pong");
    return true;
}

}  // namespace p2pool::stratum
