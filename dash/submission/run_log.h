#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "dash/submission/won_block.h"

/// What operators read about a won block. The phrases are those of the python node, which scripts look for.
namespace dash::submission::run_log {

void started(const SubmissionReport& report, std::size_t block_bytes, std::size_t senders);
void link_outcome(const SubmissionReport& report, bool sent);
void sender_outcome(const SubmissionReport& report, std::string_view sender, std::uint32_t peers_reached);
/// `word`: nullopt for null.
void answer(const SubmissionReport& report, const std::optional<std::string>& word);
void call_failed(const SubmissionReport& report, const std::string& error);
enum class RpcOutcome { kTaken, kRefused, kUnanswered };
/// Every phase has told how its first attempt went.
void completed(const SubmissionReport& report, std::size_t senders, RpcOutcome rpc);
void asked_to_prefer(const SubmissionReport& report);
/// The chain's opinion has changed.
void state(const SubmissionReport& report);

}  // namespace dash::submission::run_log
