#include "dash/submission/run_log.h"

#include "dash/submission/verdict.h"
#include "dash/util/clock.h"
#include "dash/util/local_time.h"
#include "dash/util/log.h"

namespace dash::submission::run_log {
namespace {

using log::Level;

const std::string kRule(80, '=');

std::string name(const SubmissionReport& report) {
    return "Block " + report.hash.to_hex() + " (height " + std::to_string(report.height) + ")";
}

}  // namespace

void started(const SubmissionReport& report, std::size_t block_bytes) {
    log::write_info(
        {kRule,
         std::string("BLOCK SUBMISSION PIPELINE STARTED") + (report.resumed ? " (resumed from an earlier run)" : ""),
         kRule, "BLOCK SUBMISSION STARTED at " + format_local_time(system_clock().unix_seconds()),
         "  Block hash: " + report.hash.to_hex(), "  Height:     " + std::to_string(report.height),
         "  Size:       " + std::to_string(block_bytes) + " bytes", "  Finder:     " + report.finder});
}

std::vector<LogLine> no_sender_lines() {
    return {{Level::kInfo, "PHASE 1: Multi-Peer Broadcast - DISABLED (not configured)"}};
}

std::vector<LogLine> sender_lines(std::string_view sender, const SendOutcome& outcome) {
    std::vector<LogLine> lines = {{Level::kInfo, "PHASE 1: Multi-Peer Broadcast (PARALLEL to all peers)"}};
    for (const std::string& text : outcome.log_lines)
        lines.push_back({Level::kInfo, text});
    const std::string name(sender);
    if (outcome.reached > 0) {
        lines.push_back(
            {Level::kInfo, name + ": SUCCESS (" + std::to_string(outcome.reached) + " peers reached) [OK]"});
    } else {
        lines.push_back({Level::kWarning, name + ": [!] no peer reached, trying again"});
    }
    return lines;
}

std::vector<LogLine> link_lines(const SubmissionReport& report, bool sent) {
    std::vector<LogLine> lines = {{Level::kInfo, "PHASE 2: Local dashd P2P (CRITICAL FALLBACK - ALWAYS RUNS)"},
                                  {Level::kInfo,
                                   "  Note: whatever the multi-peer broadcast comes to, we still send to local dashd "
                                   "P2P for guaranteed delivery!"}};
    if (sent) {
        lines.push_back({Level::kInfo, "  Local dashd P2P: [OK] block " + report.hash.to_hex() + " sent"});
    } else {
        lines.push_back({Level::kError, "  Local dashd P2P: [!] no connection to dashd for block " +
                                            report.hash.to_hex() + ", it is sent as soon as there is one"});
    }
    return lines;
}

std::vector<LogLine> link_came_late_lines(const SubmissionReport& report) {
    return {{Level::kInfo,
             "  Local dashd P2P: [OK] block " + report.hash.to_hex() + " is there already, submitblock was first"}};
}

namespace {

std::vector<LogLine> rpc_heading(std::size_t block_bytes) {
    return {{Level::kInfo, "PHASE 3: RPC Verification (submitblock)"},
            {Level::kInfo, "RPC: Calling submitblock with " + std::to_string(2 * block_bytes) + " bytes of data..."}};
}

}  // namespace

std::vector<LogLine> answer_lines(const SubmissionReport& report, std::size_t block_bytes,
                                  const std::optional<std::string>& word) {
    std::vector<LogLine> lines = rpc_heading(block_bytes);
    lines.push_back({Level::kInfo, "RPC: submitblock returned: " + word.value_or("null (accepted)")});
    lines.push_back(
        {Level::kInfo, "BLOCK SUBMISSION RESULT (RPC): " + word.value_or("accepted") + " - " + name(report)});
    if (!word || *word == "duplicate") return lines;  // dashd usually has it by P2P already
    lines.push_back({Level::kError, "*** WARNING: submitblock returned error: " + *word + " ***"});
    const std::string advice = hint(*word);
    if (!advice.empty()) lines.push_back({Level::kError, "    " + advice});
    return lines;
}

std::vector<LogLine> call_failed_lines(const SubmissionReport& report, std::size_t block_bytes,
                                       const std::string& error) {
    std::vector<LogLine> lines = rpc_heading(block_bytes);
    lines.push_back({Level::kError, "RPC: [!] submitblock of " + name(report) + " failed, trying again: " + error});
    return lines;
}

std::vector<LogLine> further_link_lines(const SubmissionReport& report, const std::string& daemon) {
    return {{Level::kInfo, name(report) + " sent to " + daemon + " by P2P [OK]"}};
}

std::vector<LogLine> further_answer_lines(const SubmissionReport& report, const std::string& daemon,
                                          const std::string& result) {
    return {{Level::kInfo, "submitblock of " + name(report) + " to " + daemon + ": " + result}};
}

void given_up(const SubmissionReport& report, const std::string& daemon, int refusals, const std::string& result) {
    const std::string who = daemon.empty() ? "dashd" : daemon;
    log::error(name(report), ": [!] given up sending it to ", who, ", which has answered ", refusals,
               " times and does not have it. Its last answer: ", result, ". See ", who,
               "'s debug.log; the block stays in the journal and is sent again when the node starts anew");
}

void completed(const SubmissionReport& report, std::size_t senders, RpcOutcome rpc) {
    const std::string peers =
        senders == 0 ? "disabled"
                     : std::to_string(report.peers_reached) + " peers" + (report.peers_reached > 0 ? " [OK]" : " [!]");
    const std::string link = report.daemon_p2p_sent ? "[OK] (always sent)" : "[!] (waiting for the connection)";
    const std::string outcome = rpc == RpcOutcome::kTaken     ? "[OK] (completed)"
                                : rpc == RpcOutcome::kRefused ? "[!] (refused)"
                                                              : "[!] (tried again until dashd takes it)";
    log::write_info({kRule, "BLOCK SUBMISSION PIPELINE COMPLETE", "  Multi-peer: " + peers,
                     "  Local dashd P2P: " + link, "  RPC verification: " + outcome, kRule});
}

void asked_to_prefer(const SubmissionReport& report) {
    log::info("Asked dashd to prefer ", name(report), " to the block that has its place");
}

void state(const SubmissionReport& report) {
    switch (report.state) {
        case BlockState::kSubmitted:
            log::warning(name(report), ": [!] not on dashd's chain any more, submitting again");
            return;
        case BlockState::kAccepted:
            log::info(name(report), ": [OK] on the main chain, waiting for its ChainLock");
            return;
        case BlockState::kConfirmed:
            log::info(name(report), ": [OK] final: ",
                      report.chainlock ? "ChainLock" : std::to_string(report.confirmations) + " confirmations");
            return;
        case BlockState::kOrphaned:
            log::error(name(report), ": [!] ORPHANED: block ", report.winner ? report.winner->to_hex() : "?",
                       " has its place for now");
            return;
        case BlockState::kLost:
            log::error(name(report), ": [!] ORPHANED for good: block ", report.winner ? report.winner->to_hex() : "?",
                       " won this height");
            return;
        case BlockState::kRejected:
            log::error(name(report), ": [!] REJECTED by dashd: ", report.submitblock_result);
            return;
    }
}

}  // namespace dash::submission::run_log
