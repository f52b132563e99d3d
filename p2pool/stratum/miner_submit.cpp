#include <algorithm>
#include <chrono>
#include <iomanip>

#include "dash/util/log.h"
#include "p2pool/stratum/miner_session.h"
#include "p2pool/stratum/submit.h"

namespace p2pool::stratum {
namespace {

using nlohmann::json;

/// [worker, job id, extranonce2, ntime, nonce, version bits?]
constexpr std::size_t kWorker = 0;
constexpr std::size_t kJobId = 1;
constexpr std::size_t kExtranonce2 = 2;
constexpr std::size_t kTime = 3;
constexpr std::size_t kNonce = 4;
constexpr std::size_t kVersionBits = 5;

std::optional<std::uint32_t> hex_at(const json& params, std::size_t index) {
    const auto* text = params[index].get_ptr<const std::string*>();
    return text != nullptr ? parse_hex32(*text) : std::nullopt;
}

std::uint32_t reverse_bytes(std::uint32_t value) {
    return value << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
}

/// Logs a submit that takes long, with --bench.
class SubmitTimer {
  public:
    SubmitTimer(const MinerContext& context, const json& params)
        : context_(context), params_(params), start_(context.clock.steady_now()) {}
    ~SubmitTimer() {
        constexpr double kLongMilliseconds = 10;
        const std::chrono::duration<double, std::milli> took = context_.clock.steady_now() - start_;
        if (!context_.bench || took.count() <= kLongMilliseconds) return;
        const auto* worker = params_.empty() ? nullptr : params_[kWorker].get_ptr<const std::string*>();
        dash::log::info(std::fixed, std::setprecision(3), took.count(), " ms for stratum:rpc_submit(",
                        worker != nullptr ? *worker : "", ")");
    }
    SubmitTimer(const SubmitTimer&) = delete;
    SubmitTimer& operator=(const SubmitTimer&) = delete;

  private:
    const MinerContext& context_;
    const json& params_;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace

const work::Worker* MinerSession::find_worker(const json& user_name) {
    if (workers_.empty()) return nullptr;
    const auto* text = user_name.get_ptr<const std::string*>();
    if (text == nullptr || text->empty()) return &workers_.front().worker;
    if (text->size() > kMaxUserNameBytes) return nullptr;
    for (const AuthorizedWorker& known : workers_) {
        if (known.worker.user_name == *text) return &known.worker;
    }
    // Another name of somebody who is authorized here: miners drop the options, proxies name their workers.
    const UserName parsed = parse_user_name(*text, *context_.network.parent);
    const auto same = std::find_if(workers_.begin(), workers_.end(), [&parsed](const AuthorizedWorker& known) {
        return known.address == parsed.address;
    });
    if (same == workers_.end()) return nullptr;
    const dash::Hash160 payout_hash = same->worker.payout_hash;
    if (workers_.size() >= kMaxWorkers) workers_.pop_back();
    workers_.push_back({parsed.address, {parsed.display, payout_hash, *text}});
    return &workers_.back().worker;
}

bool MinerSession::read_version(const json& params, const work::Job& job, std::uint32_t& version,
                                std::optional<StratumError>& fault) const {
    version = job.version;
    if (params.size() <= kVersionBits || params[kVersionBits].is_null()) return true;
    const auto bits = hex_at(params, kVersionBits);
    if (!bits) return false;
    const bool negotiated = (*bits & ~version_mask_) == 0;
    // Bits that were not negotiated are refused, but the header they make may be a block.
    const std::uint32_t mask = negotiated ? version_mask_ : kRollableBits;
    version = (job.version & ~mask) | (*bits & mask);
    if (!negotiated) fault = StratumError{ErrorCode::kOther, "Version bits outside the negotiated mask"};
    return true;
}

bool MinerSession::submit(const Request& request, std::string& out) {
    const json& params = request.params;
    const SubmitTimer timer(context_, params);
    if (!is_subscribed()) {
        append_error(out, request.id, {ErrorCode::kNotSubscribed, "Not subscribed"});
        return true;
    }
    if (params.size() <= kNonce) {
        append_error(out, request.id,
                     {ErrorCode::kOther, "mining.submit needs worker, job id, extranonce2, ntime and nonce"});
        return true;
    }
    const work::Worker* worker = find_worker(params[kWorker]);
    const auto* job_id = params[kJobId].get_ptr<const std::string*>();
    const auto held = job_id != nullptr ? session_.jobs.find(*job_id, now()) : std::nullopt;
    if (!held) {
        const StratumError stale{ErrorCode::kJobNotFound, "Job not found: it is unknown or too old"};
        const StratumError stranger{ErrorCode::kUnauthorized, "Unauthorized worker"};
        Verdict verdict;
        verdict.error = worker != nullptr ? stale : stranger;
        return finish_submit(request, worker, verdict, out);
    }
    const auto extranonce2 = hex_at(params, kExtranonce2);
    const auto time = hex_at(params, kTime);
    const auto nonce = hex_at(params, kNonce);
    std::optional<StratumError> fault;
    std::uint32_t version = 0;
    if (!extranonce2 || !time || !nonce || !read_version(params, *held->job, version, fault)) {
        append_error(out, request.id,
                     {ErrorCode::kOther, "extranonce2, ntime, nonce and version bits are 8 hex digits each"});
        return true;
    }
    const std::uint64_t extranonce =
        static_cast<std::uint64_t>(reverse_bytes(*extranonce2)) << 32 | session_.extranonce1.value();
    const work::Solution solution{extranonce, *time, *nonce, version};
    const work::Worker stranger{"unauthorized", context_.source.node_payout_hash()};
    if (worker == nullptr) fault = StratumError{ErrorCode::kUnauthorized, "Unauthorized worker"};
    const bool exempt = context_.admission.is_exempt(ip_);
    const bool limited = worker != nullptr && !exempt;
    const SubmitLimit::Pace pace =
        limited ? context_.submit_limit.pace(worker->name, ip_, now()) : SubmitLimit::Pace::kFine;
    const Verdict verdict =
        judge_submit(context_.source, context_.clock,
                     {held->job, solution, worker != nullptr ? *worker : stranger, held->difficulty, *held->seen,
                      exempt ? nullptr : &throttle_, pace == SubmitLimit::Pace::kTooHigh, std::move(fault)});
    if (limited && verdict.result != SubmitResult::kRejected) context_.submit_limit.count(worker->name, ip_, now());
    const bool goes_on = finish_submit(request, worker, verdict, out);
    if (pace != SubmitLimit::Pace::kFine) raise_difficulty(out);
    return goes_on;
}

/// Of a worker that submits faster than the operator likes, whatever difficulty he asked for.
void MinerSession::raise_difficulty(std::string& out) {
    constexpr double kPauseSeconds = 10;  // for the last one to show
    if (current_ == nullptr || (raised_at_ > 0 && now() - raised_at_ < kPauseSeconds)) return;
    raised_at_ = now();
    const double harder = 2 * sent_difficulty_.value;
    if (fixed_difficulty_) fixed_difficulty_ = harder;
    if (session_.vardiff) {
        const double value = context_.policy.requested(harder, session_.minimum_difficulty, current_->share);
        session_.vardiff->set_difficulty(Difficulty::of(value));
    }
    append_changed_difficulty(out);
}

bool MinerSession::finish_submit(const Request& request, const work::Worker* worker, const Verdict& verdict,
                                 std::string& out) {
    last_submit_ = now();
    ++submitted_;
    if (verdict.error) {
        append_error(out, request.id, *verdict.error);
    } else {
        ++accepted_;
        append_result(out, request.id, true);
    }
    if (worker != nullptr) context_.statistics.submitted(worker->name, verdict.result, verdict.credited_difficulty);
    if (verdict.result != SubmitResult::kRejected && session_.vardiff && !fixed_difficulty_) adjust_difficulty(out);
    return !verdict.too_fast || !is_abuse();
}

void MinerSession::adjust_difficulty(std::string& out) {
    if (current_ == nullptr) return;  // the job is one of a session before, and there is no work now
    const DifficultyRange range = context_.policy.vardiff_range(session_.minimum_difficulty, current_->share);
    if (session_.vardiff->submitted(now(), range)) append_changed_difficulty(out);
}

/// One offence for each second with submits above the limit.
bool MinerSession::is_abuse() {
    if (now() - last_abuse_ < 1) return false;
    last_abuse_ = now();
    context_.admission.violation(ip_, "rate_abuse");
    return context_.admission.is_banned(ip_);
}

}  // namespace p2pool::stratum
