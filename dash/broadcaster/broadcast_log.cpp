#include "dash/broadcaster/broadcast_log.h"

#include <cstdio>

namespace dash::broadcaster {
namespace {

template <typename... Values>
std::string format(const char* form, Values... values) {
    char text[160];
    std::snprintf(text, sizeof text, form, values...);
    return text;
}

std::string time_text(const std::optional<double>& ms) {
    return ms ? format("%.0f ms", *ms) : "never";
}

}  // namespace

std::vector<std::string> broadcast_lines(const BroadcastReport& report, bool dashd_has_it) {
    const std::string rule(70, '=');
    const std::size_t targets = report.peers.size();
    if (targets == 0) return {"Broadcaster: [!] no peer is connected, the block is sent when one is"};
    constexpr double kMsPerSecond = 1000;
    const double seconds = report.elapsed_ms / kMsPerSecond;
    const auto reached = static_cast<double>(report.reached);
    std::vector<std::string> lines = {
        rule,
        "Broadcaster: PARALLEL BLOCK BROADCAST INITIATED",
        rule,
        "Broadcaster: Block details:",
        "  Block hash: " + report.hash.to_hex(),
        "  Target peers: " + std::to_string(targets),
        "  Transactions: " + std::to_string(report.transactions),
        "  Size: " + std::to_string(report.block_bytes) + " bytes, compact " + std::to_string(report.compact_bytes) +
            " bytes with " + std::to_string(report.prefilled) + " transactions",
        "Broadcaster: Broadcasting to " + std::to_string(targets) + " peers in PARALLEL...",
        "Broadcaster: BROADCAST COMPLETE",
        format("  Time: %.3f seconds", seconds),
        format("  Success: %zu/%zu peers (%.1f%%)", report.reached, targets,
               100 * reached / static_cast<double>(targets)),
        "  Failed: " + std::to_string(report.failed()) + " peers",
        format("  Speed: %.1f peers/second", seconds > 0 ? reached / seconds : 0),
        "  Reached 50%: " + time_text(report.ms_50) + ", 90%: " + time_text(report.ms_90) +
            ", all: " + time_text(report.ms_all),
        "  Confirmed by " + std::to_string(report.confirmed()) + " peers so far, first after " +
            time_text(report.first_confirmed_ms()),
        std::string("  Local dashd: ") + (dashd_has_it ? "SUCCESS [OK]" : "FAILED [!]")};
    for (const Broadcast::Peer& peer : report.peers) {
        if (peer.state == Broadcast::State::kFailed) {
            lines.push_back("  [!] " + to_text(peer.address) + ": " + peer.outcome);
        }
    }
    lines.push_back(rule);
    return lines;
}

}  // namespace dash::broadcaster
