#include "p2pool/stratum/submit.h"

#include <string>

#include "dash/util/steady_seconds.h"

namespace p2pool::stratum {
namespace {

std::optional<StratumError> time_error(const work::Job& job, std::uint32_t time, double now) {
    if (time < job.min_time) return StratumError{ErrorCode::kOther, "ntime is earlier than the job allows"};
    if (time > work::latest_time(job, now))
        return StratumError{ErrorCode::kOther, "ntime is more than two hours ahead"};
    return std::nullopt;
}

/// A share that is rarer than the miner's own difficulty cannot be a flood, and is his income.
bool may_exceed_throttle(const Submit& submit, const work::Evaluation& evaluation) {
    return evaluation.is_share && submit.job->share_target < submit.difficulty.target;
}

std::optional<StratumError> find_error(const Submit& submit, const work::Evaluation& evaluation, double unix_now,
                                       bool too_fast) {
    if (submit.fault) return submit.fault;
    if (auto error = time_error(*submit.job, submit.solution.time, unix_now)) return error;
    if (submit.seen.contains(evaluation.hash)) return StratumError{ErrorCode::kDuplicate, "Duplicate share"};
    if (!evaluation.is_share && evaluation.hash > submit.difficulty.target) {
        return StratumError{ErrorCode::kLowDifficulty, "Low difficulty share"};
    }
    if (too_fast && !may_exceed_throttle(submit, evaluation)) {
        return StratumError{ErrorCode::kOther,
                            "Too many submits: raise your difficulty (user name ADDRESS+DIFFICULTY)"};
    }
    if (submit.over_limit && !may_exceed_throttle(submit, evaluation)) {
        return StratumError{ErrorCode::kOther,
                            "Too many submits of this worker: the operator allows fewer, raise your difficulty"};
    }
    if (submit.seen.is_full()) return StratumError{ErrorCode::kOther, "Too many submits for one job"};
    return std::nullopt;
}

}  // namespace

Verdict judge_submit(work::WorkSource& source, const dash::Clock& clock, const Submit& submit) {
    // Before evaluate(): a block that it finds is an event of its own.
    const bool late = source.work_event() > submit.job->work_event + work::kLateEvents;
    const work::Evaluation evaluation = source.evaluate(submit.job, submit.solution, submit.worker);
    Verdict verdict;
    verdict.too_fast = submit.throttle != nullptr && !submit.throttle->take(steady_seconds(clock));
    verdict.error = find_error(submit, evaluation, clock.unix_seconds(), verdict.too_fast);
    if (verdict.error) return verdict;

    submit.seen.add(evaluation.hash);
    const bool meets_difficulty = evaluation.hash <= submit.difficulty.target;
    const Difficulty credited = meets_difficulty ? submit.difficulty : Difficulty::of_target(submit.job->share_target);
    source.accept(submit.job, submit.solution, evaluation, submit.worker, credited.target, late);
    verdict.credited_difficulty = credited.value;
    verdict.result = late ? SubmitResult::kLate : SubmitResult::kAccepted;
    if (late) verdict.error = StratumError{ErrorCode::kJobNotFound, "Stale share: its job is too old"};
    return verdict;
}

}  // namespace p2pool::stratum
