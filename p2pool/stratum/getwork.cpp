#include "p2pool/stratum/getwork.h"

#include <utility>

#include "dash/util/error.h"
#include "dash/util/steady_seconds.h"
#include "dash/util/strange_json.h"
#include "p2pool/stratum/effort.h"
#include "p2pool/stratum/getwork_data.h"
#include "p2pool/stratum/submit.h"

namespace p2pool::stratum {
namespace {

using nlohmann::json;

/// Each piece of work is good for 300 s after its last use.
constexpr double kHoldSeconds = 300;
/// A getwork miner asks anew at least every few seconds; the reference aims at one submit a second.
constexpr double kShareSeconds = 1;
/// What a request for work costs, in lines: it takes one of the places of Getwork's attempts.
constexpr double kAttemptLines = 5;
/// Solutions of one piece of work that do not wait: work itself is what a host must wait for, so that these are
/// bounded.
constexpr int kMostGoneFirst = 10;

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kLostContact = -12345;

std::string response(const json& id, const json& result, const json& error) {
    return json{{"jsonrpc", "2.0"}, {"id", id}, {"result", result}, {"error", error}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
}

Getwork::Answer failure(const json& id, int code, const std::string& message) {
    return {response(id, nullptr, {{"code", code}, {"message", message}, {"data", nullptr}}), {}, false};
}

Getwork::Answer rejection(const json& id, std::string reason) {
    return {response(id, false, nullptr), std::move(reason), true};
}

std::string key_of(const Getwork::Caller& caller) {
    return caller.ip + " " + caller.user_name;
}

}  // namespace

Getwork::Getwork(MinerContext& context) : context_(context), extranonce1_(context.extranonces.take()) {}

double Getwork::now() const {
    return steady_seconds(context_.clock);
}

TokenBucket& Getwork::effort_of(const std::string& ip) {
    TokenBucket* known = efforts_.find(ip);
    return known != nullptr ? *known : efforts_.put(ip, effort_bucket());
}

void Getwork::charge(const Caller& caller, double lines) {
    effort_of(caller.ip).charge(now(), lines);
}

double Getwork::pause_seconds(const std::string& ip) {
    TokenBucket* known = efforts_.find(ip);
    return known != nullptr ? known->seconds_in_debt(now()) : 0;
}

bool Getwork::goes_first(const std::string& body) {
    const json request = dash::parse_strange_json(body);
    if (!request.is_object()) return false;
    const json params = request.value("params", json());
    if (!params.is_array() || params.empty() || !params[0].is_string()) return false;
    try {
        Attempt* attempt = attempts_.find(decode_getwork_data(params[0].get<std::string>()).merkle_root);
        return attempt != nullptr && ++attempt->gone_first <= kMostGoneFirst;
    } catch (const dash::DecodeError&) {
        return false;
    }
}

Getwork::Answer Getwork::answer(const std::string& body, const Caller& caller) {
    charge(caller, 1);
    const json request = dash::parse_strange_json(body);
    if (request.is_discarded()) return failure(nullptr, kParseError, "Parse error");
    if (!request.is_object()) return failure(nullptr, kInvalidRequest, "Invalid Request");
    return call(request, caller);
}

Getwork::Answer Getwork::call(const json& request, const Caller& caller) {
    const json id = request.value("id", json());
    const json method = request.value("method", json());
    const json params = request.value("params", json::array());
    if (!method.is_string() || !(params.is_array() || params.is_null())) {
        return failure(id, kInvalidRequest, "Invalid Request");
    }
    if (method != "getwork") return failure(id, kMethodNotFound, "Method not found");
    if (params.empty()) return give_work(id, caller);
    if (!params[0].is_string()) return failure(id, kInvalidRequest, "getwork takes the data as a text");
    return take_work(id, params[0].get<std::string>(), caller);
}

Getwork::Answer Getwork::answer_long_poll(const Caller& caller) {
    return give_work(nullptr, caller);
}

bool Getwork::is_up_to_date(const Caller& caller) {
    const std::uint64_t* seen = events_seen_.find(key_of(caller));
    return seen != nullptr && *seen == context_.source.work_event();
}

Getwork::User& Getwork::find_user(const Caller& caller) {
    const std::string key = key_of(caller);
    if (User* known = users_.find(key)) return *known;
    charge(caller, kPayoutChangeLines);
    UserName name = parse_user_name(caller.user_name, *context_.network.parent);
    work::Worker worker{name.display, name.payout.value_or(context_.source.node_payout_hash()), caller.user_name};
    return users_.put(key, User{std::move(name), std::move(worker), std::nullopt, submit_throttle()});
}

Difficulty Getwork::difficulty_for(User& user, const work::Job& job) {
    const Difficulty share = Difficulty::of_target(job.easiest_target);
    if (user.name.fixed_difficulty) {
        return Difficulty::of(context_.policy.requested(*user.name.fixed_difficulty, 0, share));
    }
    if (!user.vardiff) {
        const Difficulty start = Difficulty::of(context_.policy.start(share));
        user.vardiff.emplace(context_.network.vardiff, kShareSeconds, start, now());
    }
    user.vardiff->relax_if_silent(now(), context_.policy.vardiff_range(0, share));
    return context_.policy.for_job(user.vardiff->difficulty(), 0, share);
}

dash::BlockHeader Getwork::new_attempt(const work::JobPtr& job, const Difficulty& difficulty) {
    const std::uint64_t extranonce = static_cast<std::uint64_t>(next_extranonce2_++) << 32 | extranonce1_.value();
    const dash::Uint256 root = context_.source.merkle_root(*job, extranonce);
    attempts_.put(root, Attempt{job, extranonce, difficulty, {}, now(), 0});
    return {job->version, job->previous_block, root, job->time, job->bits, 0};
}

Getwork::Answer Getwork::give_work(const json& id, const Caller& caller) {
    charge(caller, kAttemptLines);
    User& user = find_user(caller);
    if (!user.name.refusal.empty()) return failure(id, static_cast<int>(ErrorCode::kUnauthorized), user.name.refusal);
    const work::JobPtr job =
        context_.source.job(context_.source.apply_fee({user.worker.payout_hash, user.name.share_difficulty}));
    if (!job) return failure(id, kLostContact, context_.source.no_work_reason());
    const std::uint64_t event = context_.source.work_event();
    events_seen_.put(key_of(caller), event);
    const Difficulty difficulty = difficulty_for(user, *job);
    json result = getwork_result(new_attempt(job, difficulty), difficulty.target);
    if (!caller.wants_plain_result) {
        result["identifier"] = std::to_string(event);
        result["submitold"] = true;
    }
    return {response(id, result, nullptr), {}, true};
}

Getwork::Answer Getwork::take_work(const json& id, const std::string& data, const Caller& caller) {
    dash::BlockHeader header;
    try {
        header = decode_getwork_data(data);
    } catch (const dash::DecodeError& error) {
        return failure(id, kInvalidRequest, error.what());
    }
    Attempt* attempt = attempts_.find(header.merkle_root);
    if (attempt == nullptr || now() - attempt->last_used > kHoldSeconds) {
        return rejection(id, "unknown-work");
    }
    attempt->last_used = now();
    User& user = find_user(caller);
    const work::JobPtr job = attempt->job;
    std::optional<StratumError> fault;
    if (header.version != job->version || header.previous_block != job->previous_block || header.bits != job->bits) {
        fault = StratumError{ErrorCode::kOther, "header was changed"};
    }
    const work::Solution solution{attempt->extranonce, header.timestamp, header.nonce, header.version};
    const bool exempt = context_.admission.is_exempt(caller.ip);
    SubmitLimit& limit = context_.submit_limit;
    const bool over_limit = !exempt && limit.pace(user.worker.name, caller.ip, now()) == SubmitLimit::Pace::kTooHigh;
    const Verdict verdict = judge_submit(context_.source, context_.clock,
                                         {job, solution, user.worker, attempt->difficulty, attempt->seen,
                                          exempt ? nullptr : &user.throttle, over_limit, fault});
    if (!exempt && verdict.result != SubmitResult::kRejected) limit.count(user.worker.name, caller.ip, now());
    context_.statistics.submitted(user.worker.name, verdict.result, verdict.credited_difficulty);
    if (verdict.result != SubmitResult::kRejected && user.vardiff) {
        const Difficulty share = Difficulty::of_target(job->easiest_target);
        user.vardiff->submitted(now(), context_.policy.vardiff_range(0, share));
    }
    if (verdict.error) return rejection(id, verdict.error->message);
    return {response(id, true, nullptr), {}, true};
}

void Getwork::expire(double now) {
    attempts_.erase_if([now](const Attempt& attempt) { return now - attempt.last_used > kHoldSeconds; });
}

}  // namespace p2pool::stratum
