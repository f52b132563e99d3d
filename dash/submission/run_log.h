#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/submission/phase_log.h"
#include "dash/submission/won_block.h"

/// What operators read about a won block. The phrases are those of the python node, which scripts look for.
namespace dash::submission::run_log {

void started(const SubmissionReport& report, std::size_t block_bytes);

// The blocks of lines of the phases' outcomes, headed by the phase's name.
[[nodiscard]] std::vector<LogLine> no_sender_lines();
[[nodiscard]] std::vector<LogLine> sender_lines(std::string_view sender, const SendOutcome& outcome);
[[nodiscard]] std::vector<LogLine> link_lines(const SubmissionReport& report, bool sent);
/// The link is up again, and dashd has taken the block by submitblock meanwhile.
[[nodiscard]] std::vector<LogLine> link_came_late_lines(const SubmissionReport& report);
/// `word`: nullopt for null.
[[nodiscard]] std::vector<LogLine> answer_lines(const SubmissionReport& report, std::size_t block_bytes,
                                                const std::optional<std::string>& word);
[[nodiscard]] std::vector<LogLine> call_failed_lines(const SubmissionReport& report, std::size_t block_bytes,
                                                     const std::string& error);

// Of the dashds besides the first.
[[nodiscard]] std::vector<LogLine> further_link_lines(const SubmissionReport& report, const std::string& daemon);
[[nodiscard]] std::vector<LogLine> further_answer_lines(const SubmissionReport& report, const std::string& daemon,
                                                        const std::string& result);

/// One dashd, the first when `daemon` is empty, is not given the block any more.
void given_up(const SubmissionReport& report, const std::string& daemon, int refusals, const std::string& result);

enum class RpcOutcome { kTaken, kRefused, kUnanswered };
/// Every phase has told how its first attempt went.
void completed(const SubmissionReport& report, std::size_t senders, RpcOutcome rpc);
void asked_to_prefer(const SubmissionReport& report);
/// The chain's opinion has changed.
void state(const SubmissionReport& report);

}  // namespace dash::submission::run_log
