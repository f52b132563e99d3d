#include "dash/submission/run_log.h"

#include "dash/submission/verdict.h"
#include "dash/util/log.h"

namespace dash::submission::run_log {
namespace {

const std::string kRule(80, '=');

std::string name(const SubmissionReport& report) {
    return "Block " + report.hash.to_hex() + " (height " + std::to_string(report.height) + ")";
}

}  // namespace

void started(const SubmissionReport& report, std::size_t block_bytes, std::size_t senders) {
    log::info(kRule);
    log::info("BLOCK SUBMISSION PIPELINE STARTED", report.resumed ? " (resumed from an earlier run)" : "");
    log::info(kRule);
    log::info("  Block hash: ", report.hash.to_hex());
    log::info("  Height:     ", report.height);
    log::info("  Size:       ", block_bytes, " bytes");
    log::info("  Finder:     ", report.finder);
    log::info("PHASE 1: Multi-Peer Broadcast", senders == 0 ? " - DISABLED (not configured)" : "");
    log::info("PHASE 2: Local dashd P2P");
    log::info("PHASE 3: RPC Verification (submitblock)");
    log::info("RPC: Calling submitblock with ", 2 * block_bytes, " bytes of data...");
}

void link_outcome(const SubmissionReport& report, bool sent) {
    if (sent) {
        log::info("Local dashd P2P: [OK] block ", report.hash.to_hex(), " sent");
    } else {
        log::error("Local dashd P2P: [!] no connection to dashd for block ", report.hash.to_hex(),
                   ", it is sent as soon as there is one");
    }
}

void sender_outcome(const SubmissionReport& report, std::string_view sender, std::uint32_t peers_reached) {
    if (peers_reached > 0) {
        log::info(sender, ": [OK] ", peers_reached, " peers reached with block ", report.hash.to_hex());
    } else {
        log::error(sender, ": [!] no peer reached with block ", report.hash.to_hex(), ", trying again");
    }
}

void answer(const SubmissionReport& report, const std::optional<std::string>& word) {
    log::info("RPC: submitblock returned: ", word ? *word : "null (accepted)");
    log::info("BLOCK SUBMISSION RESULT (RPC): ", word ? *word : "accepted", " - ", name(report));
    if (!word || *word == "duplicate") return;  // dashd usually has it by P2P already
    log::error("*** WARNING: submitblock returned error: ", *word, " ***");
    const std::string advice = hint(*word);
    if (!advice.empty()) log::error("    ", advice);
}

void call_failed(const SubmissionReport& report, const std::string& error) {
    log::error("RPC: [!] submitblock of ", name(report), " failed, trying again: ", error);
}

void completed(const SubmissionReport& report, std::size_t senders, RpcOutcome rpc) {
    log::info(kRule);
    log::info("BLOCK SUBMISSION PIPELINE COMPLETE");
    if (senders == 0) {
        log::info("  Multi-peer: disabled");
    } else {
        log::info("  Multi-peer: ", report.peers_reached, " peers", report.peers_reached > 0 ? " [OK]" : " [!]");
    }
    log::info("  Local dashd P2P: ",
              report.daemon_p2p_sent ? "[OK] (always sent)" : "[!] (waiting for the connection)");
    const char* outcome = rpc == RpcOutcome::kTaken     ? "[OK] (completed)"
                          : rpc == RpcOutcome::kRefused ? "[!] (refused)"
                                                        : "[!] (tried again until dashd takes it)";
    log::info("  RPC verification: ", outcome);
    log::info(kRule);
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
