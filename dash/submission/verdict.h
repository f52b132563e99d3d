#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dash/rpc/daemon.h"
#include "dash/submission/won_block.h"

namespace dash::submission {

/// What an answer of submitblock means.
enum class SubmitVerdict {
    kAccepted,
    kAskChain,  ///< dashd has the block, but may not have it on its main chain
    kInvalid,   ///< it will never take it
    kRetry,     ///< it may take it later: the block before it is missing, or the clock differs
};
/// nullopt: submitblock said null.
[[nodiscard]] SubmitVerdict judge_answer(const std::optional<std::string>& word);

/// Advice for the log about a word that means trouble; empty when there is none to give.
[[nodiscard]] std::string hint(const std::string& word);

/// What dashd's chain says. `own` is the block itself, if dashd knows it; `rival` the main chain's block at its height,
/// if that is another one; `invalid`: submitblock called the block invalid.
[[nodiscard]] BlockState judge_chain(const std::optional<rpc::HeaderInfo>& own,
                                     const std::optional<rpc::HeaderInfo>& rival, bool invalid,
                                     std::int64_t burial_confirmations);

}  // namespace dash::submission
