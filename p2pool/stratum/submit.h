#pragma once

#include <optional>

#include "dash/util/clock.h"
#include "p2pool/stratum/difficulty.h"
#include "p2pool/stratum/held_jobs.h"
#include "p2pool/stratum/messages.h"
#include "p2pool/stratum/pool_statistics.h"
#include "p2pool/stratum/token_bucket.h"
#include "p2pool/work/work_source.h"

namespace p2pool::stratum {

/// A well-formed answer to a job that is held, and the terms it is judged by.
struct Submit {
    const work::JobPtr& job;
    const work::Solution& solution;
    const work::Worker& worker;
    const Difficulty& difficulty;  ///< in force when the job was sent to this miner
    SeenHashes& seen;
    TokenBucket* throttle;    ///< nullptr: whoever is without limits
    bool over_limit = false;  ///< the worker submits more than the operator allows
    /// What is already known to be wrong with it: it can win a block, and nothing else.
    std::optional<StratumError> fault;
};

struct Verdict {
    SubmitResult result = SubmitResult::kRejected;
    std::optional<StratumError> error;  ///< none for an accepted submit
    double credited_difficulty = 0;     ///< 0 for a rejected one
    bool too_fast = false;
};

/// Looks at the block target first, whatever else is wrong with a submit; then counts it or says why not. The share
/// chain's own limits on a header: `ntime` within [template mintime, now + 2 h].
[[nodiscard]] Verdict judge_submit(work::WorkSource& source, const dash::Clock& clock, const Submit& submit);

/// Submits that a miner may send: one in ten milliseconds for good, and a burst while vardiff catches up with him.
[[nodiscard]] inline TokenBucket submit_throttle() {
    return {100, 50};
}

}  // namespace p2pool::stratum
