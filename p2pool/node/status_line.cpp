#include "p2pool/node/status_line.h"

#include <algorithm>

#include "p2pool/node/format.h"

namespace p2pool::node {
namespace {

constexpr double kDuffs = 1e8;
/// Below this height there is nothing to say of the pool.
constexpr std::uint64_t kFewestShares = 3;
/// Anybody can vote for any number.
constexpr std::size_t kMostVotesShown = 5;

std::string expected_time(std::optional<double> attempts, double hashes_per_second) {
    if (!attempts.has_value() || hashes_per_second <= 0) return "???";
    return format_duration(*attempts / hashes_per_second);
}

std::string votes_line(const std::vector<share_chain::VersionVote>& votes) {
    std::string line = " Votes for newer share versions:";
    for (std::size_t i = 0; i < std::min(votes.size(), kMostVotesShown); ++i)
        line += " v" + std::to_string(votes[i].version) + " " + format_fixed(100 * votes[i].proportion, 1) + "%";
    return line;
}

}  // namespace

std::vector<std::string> status_lines(const NodeStatus& status, const share_chain::Network& network) {
    std::vector<std::string> lines;
    lines.push_back("P2Pool: " + std::to_string(status.chain_height) + " shares in chain (" +
                    std::to_string(status.shares_verified) + " verified/" + std::to_string(status.shares_known) +
                    " total) Peers: " + std::to_string(status.peers) + " (" + std::to_string(status.incoming_peers) +
                    " incoming)");
    lines.push_back(
        " Local: " + format_si(status.local.hashes_per_second) + "H/s in last " +
        format_duration(status.local_span_seconds) + " Workers: " + std::to_string(status.workers) +
        " Local dead on arrival: " + format_proportion(status.local.late_submits, status.local.submits) +
        " Expected time to share: " + expected_time(status.attempts_to_share, status.local.hashes_per_second));
    if (status.chain_height < kFewestShares) return lines;

    const std::uint64_t stale = status.own.orphans + status.own.late;
    const double pool_good = 1 - status.stale_proportion;
    const auto efficiency = [pool_good](double lost) { return pool_good > 0 ? (1 - lost) / pool_good : 0; };
    const std::string payout = format_fixed(static_cast<double>(status.payout_if_block_now_duffs) / kDuffs, 4);
    lines.push_back(" Shares: " + std::to_string(status.own.total) + " (" + std::to_string(status.own.orphans) +
                    " orphan, " + std::to_string(status.own.late) +
                    " dead) Stale rate: " + format_proportion(stale, status.own.total) +
                    " Efficiency: " + format_proportion(stale, status.own.total, efficiency) + " Current payout: (" +
                    payout + ")=" + payout + " " + network.parent->symbol);
    const double pool_rate = status.pool_hashes_per_second.value_or(0);
    lines.push_back(" Pool: " + format_si(pool_rate) +
                    "H/s Stale rate: " + format_fixed(100 * status.stale_proportion, 1) +
                    "% Expected time to block: " + expected_time(status.attempts_to_block, pool_rate));
    if (!status.newer_votes.empty()) lines.push_back(votes_line(status.newer_votes));
    return lines;
}

std::string download_line(const peers::DownloadProgress& progress) {
    std::string line = " Downloading the share chain: " + std::to_string(progress.known_shares) + "/~" +
                       std::to_string(progress.estimated_total) + " shares, " +
                       format_fixed(progress.shares_per_second, 0) + " shares/s";
    if (progress.seconds_left) line += ", " + format_duration(*progress.seconds_left) + " left";
    return line;
}

std::vector<std::string> status_warnings(const NodeStatus& status) {
    std::vector<std::string> warnings;
    if (status.chain_height < kFewestShares || status.newer_votes.empty()) return warnings;
    const share_chain::VersionVote& strongest = status.newer_votes.front();
    if (strongest.proportion > 0.5) {
        warnings.push_back(
            "A MAJORITY OF SHARES CONTAIN A VOTE FOR AN UNSUPPORTED SHARE IMPLEMENTATION! (v" +
            std::to_string(strongest.version) + " with " +
            std::to_string(static_cast<int>(100 * strongest.proportion)) +
            "% support) An upgrade is likely necessary: when the switch comes, this node's shares will be refused.");
    }
    return warnings;
}

}  // namespace p2pool::node
