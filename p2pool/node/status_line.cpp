#include "p2pool/node/status_line.h"

#include <algorithm>

#include "dash/primitives/chain_params.h"
#include "p2pool/node/format.h"

namespace p2pool::node {
namespace {

/// Anybody can vote for any number.
constexpr std::size_t kMostVotesShown = 5;

std::string expected_time(std::optional<double> attempts, double hashes_per_second) {
    if (!attempts.has_value() || hashes_per_second <= 0) return "???";
    return format_duration(*attempts / hashes_per_second);
}

/// "(1.0000)(0.5000)=1.5000".
std::string payouts(const std::vector<std::uint64_t>& duffs) {
    std::string text;
    double sum = 0;
    for (const std::uint64_t each : duffs) {
        text += "(" + format_fixed(static_cast<double>(each) / dash::kDuffsPerCoin, 4) + ")";
        sum += static_cast<double>(each) / dash::kDuffsPerCoin;
    }
    return text + "=" + format_fixed(sum, 4);
}

std::string votes_line(const std::vector<share_chain::VersionVote>& votes) {
    std::string line = " Votes for newer share versions:";
    for (std::size_t i = 0; i < std::min(votes.size(), kMostVotesShown); ++i)
        line += " v" + std::to_string(votes[i].version) + " " + format_fixed(100 * votes[i].proportion, 1) + "%";
    return line;
}

std::vector<std::string> vote_warnings(const NodeStatus& status) {
    if (status.chain_height < kFewestShares || status.newer_votes.empty()) return {};
    const share_chain::VersionVote& strongest = status.newer_votes.front();
    if (strongest.proportion <= 0.5) return {};
    return {"A MAJORITY OF SHARES CONTAIN A VOTE FOR AN UNSUPPORTED SHARE IMPLEMENTATION! (v" +
            std::to_string(strongest.version) + " with " +
            std::to_string(static_cast<int>(100 * strongest.proportion)) +
            "% support) An upgrade is likely necessary: when the switch comes, this node's shares will be refused."};
}

/// As the python node counts what its event loop reads and what it waits to write.
std::string file_counts(const std::optional<service::OpenFiles>& files) {
    if (!files) return {};
    return " FDs: " + std::to_string(files->open) + " R/" + std::to_string(files->unsent) + " W";
}

/// Not what dashd says to everybody with such a release, or such a wallet.
bool is_worth_telling(const std::string& warnings) {
    return !warnings.empty() && warnings.find("This is a pre-release test build") == std::string::npos &&
           warnings.find("encrypt your wallet") == std::string::npos;
}

}  // namespace

std::vector<std::string> status_lines(const NodeStatus& status, const share_chain::Network& network) {
    std::vector<std::string> lines;
    lines.push_back("P2Pool: " + std::to_string(status.chain_height) + " shares in chain (" +
                    std::to_string(status.shares_verified) + " verified/" + std::to_string(status.shares_known) +
                    " total) Peers: " + std::to_string(status.peers) + " (" + std::to_string(status.incoming_peers) +
                    " incoming)" + file_counts(status.open_files));
    lines.push_back(
        " Local: " + format_si(status.local.hashes_per_second) + "H/s in last " +
        format_duration(status.local_span_seconds) + " Workers: " + std::to_string(status.workers) +
        " Local dead on arrival: " + format_proportion(status.local.late_submits, status.local.submits) +
        " Expected time to share: " + expected_time(status.attempts_to_share, status.local.hashes_per_second));
    if (status.chain_height < kFewestShares) return lines;

    const std::uint64_t stale = status.own.orphans + status.own.late;
    const double pool_good = 1 - status.stale_proportion;
    const auto efficiency = [pool_good](double lost) { return pool_good > 0 ? (1 - lost) / pool_good : 0; };
    lines.push_back(" Shares: " + std::to_string(status.own.total) + " (" + std::to_string(status.own.orphans) +
                    " orphan, " + std::to_string(status.own.late) +
                    " dead) Stale rate: " + format_proportion(stale, status.own.total) +
                    " Efficiency: " + format_proportion(stale, status.own.total, efficiency) +
                    " Current payout: " + payouts(status.payouts_if_block_now_duffs) + " " + network.parent->symbol);
    const double pool_rate = status.pool_hashes_per_second.value_or(0);
    lines.push_back(" Pool: " + format_si(pool_rate) +
                    "H/s Stale rate: " + format_fixed(100 * status.stale_proportion, 1) +
                    "% Expected time to block: " + expected_time(status.attempts_to_block, pool_rate));
    if (!status.newer_votes.empty()) lines.push_back(votes_line(status.newer_votes));
    return lines;
}

std::vector<std::string> donation_lines(double percent) {
    constexpr double kGenerous = 1.1;
    constexpr double kMeagre = 0.9;
    const std::string line = "Donating " + format_fixed(percent, 1) + "% of work towards P2Pool's development. ";
    if (percent > kGenerous) return {line + "Thanks for the tip!"};
    if (percent < kMeagre) return {line + "Please donate to encourage further development of P2Pool!"};
    return {line + "Thank you!",
            "You can increase this amount with --give-author argument! (or decrease it, if you must)"};
}

std::optional<std::string> archive_line(std::uint64_t chain_height, std::uint64_t chain_length) {
    if (chain_height > 2 * chain_length) return std::nullopt;
    return "Chain height " + std::to_string(chain_height) + " <= 2*CHAIN_LENGTH (" + std::to_string(2 * chain_length) +
           "), no archival needed yet";
}

std::string download_line(const peers::DownloadProgress& progress) {
    std::string line = " Downloading the share chain: " + std::to_string(progress.known_shares) + "/~" +
                       std::to_string(progress.estimated_total) + " shares, " +
                       format_fixed(progress.shares_per_second, 0) + " shares/s";
    if (progress.seconds_left) line += ", " + format_duration(*progress.seconds_left) + " left";
    return line;
}

std::vector<std::string> won_block_lines(const dash::submission::WonBlock& block, const NodeStatus& status,
                                         std::optional<double> seconds_since_last) {
    constexpr std::size_t kHashDigits = 16;
    constexpr double kTera = 1e12;
    const double rate = status.pool_hashes_per_second.value_or(0);
    std::vector<std::string> lines = {"Recorded block " + block.hash.to_hex().substr(0, kHashDigits) + " at height " +
                                      std::to_string(block.height) + " with pool hashrate " +
                                      format_fixed(rate / kTera, 2) + " TH/s"};
    if (!status.attempts_to_block || rate <= 0) return lines;
    const double expected = *status.attempts_to_block / rate;
    if (seconds_since_last.value_or(0) > 0) {
        lines.push_back("BLOCK LUCK: Luck: " + format_fixed(100 * expected / *seconds_since_last, 1) + "% (found in " +
                        format_duration(*seconds_since_last) + ", expected " + format_duration(expected) + ")");
    } else {
        lines.push_back("BLOCK LUCK: (expected time to block: " + format_duration(expected) + ")");
    }
    return lines;
}

std::vector<std::string> status_warnings(const NodeStatus& status) {
    std::vector<std::string> warnings = vote_warnings(status);
    if (is_worth_telling(status.dashd_warnings)) warnings.push_back("(from dashd) " + status.dashd_warnings);
    const double silence = status.template_age_seconds.value_or(0);
    if (silence > kLostContactSeconds) {
        warnings.push_back("LOST CONTACT WITH DASHD for " + format_duration(silence) +
                           "! Check that it isn't frozen or dead!");
    }
    return warnings;
}

}  // namespace p2pool::node
