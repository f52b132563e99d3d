#include "tests/soak/soak.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <thread>

namespace soak {
namespace {

constexpr double kCheckInterval = 5;
constexpr double kMinute = 60;
/// While nothing is broken: how long the nodes may see different best shares or payouts, …
constexpr double kAgreementPatience = 60;
/// … be without a new best share, where one comes in ten seconds if the machine lets the miners work, …
constexpr double kSharePatience = 300;
/// … and a won block be unknown to dashd.
constexpr double kBlockPatience = 60;
/// Deeper than the soak's reorganisations reach.
constexpr double kSettledSeconds = 600;
/// From the last fault to the closing of the books.
constexpr double kQuietSeconds = 75;
constexpr auto kTick = std::chrono::milliseconds(500);
/// What a node told longer than this before it is killed must have got to the disk.
constexpr auto kBeforeKill = std::chrono::milliseconds(50);

std::string megabytes(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

std::string text_of(const BlockCounts& counts) {
    std::ostringstream text;
    text << counts.won << " won = " << counts.accepted << " accepted + " << counts.orphaned << " orphaned + "
         << counts.pending << " pending";
    if (counts.killed > 0) text << " + " << counts.killed << " in the instant of a kill";
    return std::move(text).str();
}

}  // namespace

Soak::Soak(const Settings& settings)
    : settings_(settings),
      reports_(settings.folder / "sanitizer"),
      cluster_(settings.folder, settings.node_program),
      faults_(cluster_, settings.seed) {}

double Soak::now() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void Soak::violation(const std::string& text) {
    ++violations_;
    std::cout << "VIOLATION at " << static_cast<int>(now()) << " s: " << text << std::endl;
}

bool Soak::is_calm() {
    return now() > faults_.whole_at() && std::all_of(cluster_.nodes().begin(), cluster_.nodes().end(),
                                                     [](const auto& node) { return node->is_running(); });
}

std::size_t Soak::run() {
    cluster_.start(now());
    const double end = settings_.hours * 3600 - kQuietSeconds;
    while (now() < end && is_to_end_ == 0) {
        faults_.restart_what_is_due(now());
        if (now() >= next_fault_) {
            last_fault_ = faults_.next(now(), {.before_kill =
                                                   [this](Node& node) {
                                                       read_logs(node, false);
                                                       std::this_thread::sleep_for(kBeforeKill);
                                                   },
                                               .after_kill = [this](Node& node) { read_logs(node, true); }});
            ++faults_done_;
            std::cout << "  " << static_cast<int>(now()) << " s: " << last_fault_ << std::endl;
            next_fault_ = now() + faults_.pause();
        }
        tick();
    }
    finish();
    return violations_;
}

void Soak::tick() {
    for (const auto& node : cluster_.nodes())
        read_logs(*node, false);
    read_reports();
    for (const std::string& complaint : faults_.take_complaints())
        violation(complaint);
    check_processes();
    if (!is_calm()) calm_since_ = now();
    if (now() >= next_check_) {
        next_check_ = now() + kCheckInterval;
        check_agreement();
    }
    if (now() >= next_progress_) {
        next_progress_ += kMinute;
        for (const auto& node : cluster_.nodes())
            node->take_vitals(now());
        check_blocks(now() - kSettledSeconds);
        check_growth();
        show_progress();
    }
    std::this_thread::sleep_for(kTick);
}

void Soak::read_logs(Node& node, bool at_kill) {
    for (const LogLine& line : node.new_log_lines())
        take_line(node, line, at_kill);
}

void Soak::read_reports() {
    for (const std::string& report : reports_.take())
        violation("a sanitizer's report, " + report);
}

void Soak::take_line(Node& node, const LogLine& line, bool at_kill) {
    constexpr std::string_view kBlockHash = "Block hash:  ";
    if (line.text == "### DASH BLOCK FOUND! ###") in_banner_[node.name()] = true;
    if (line.text.rfind("GOT SHARE!", 0) == 0) ++shares_[node.name()];
    if (in_banner_[node.name()] && line.text.rfind(kBlockHash, 0) == 0) {
        ledger_.won(line.text.substr(kBlockHash.size()), node.name(), at_kill, now());
        in_banner_[node.name()] = false;
    }
    if (is_expected(line)) return;
    const std::string told = line.level + ": " + line.text;
    if (unexpected_[told]++ == 0) violation("unexpected line in the log of node " + node.name() + ": " + told);
}

void Soak::check_processes() {
    for (const auto& node : cluster_.nodes()) {
        if (!node->is_meant_to_run() || node->is_running()) continue;
        violation("node " + node->name() + " ended by itself; it is started again");
        node->start(now());
    }
}

void Soak::check_agreement() {
    std::vector<Belief> beliefs;
    try {
        for (const auto& node : cluster_.nodes()) {
            if (node->is_running()) beliefs.push_back(belief_of(*node));
        }
    } catch (const std::runtime_error& error) {
        if (calm_since_ + kMinute < now()) violation(error.what());
        beliefs.clear();
    }
    const bool agreed =
        beliefs.size() == Cluster::kNodes && std::all_of(beliefs.begin(), beliefs.end(), [&](const Belief& belief) {
            return belief.best_share == beliefs[0].best_share && belief.payouts == beliefs[0].payouts;
        });
    if (agreed) {
        agreed_at_ = now();
        if (beliefs[0].best_share != best_share_) best_changed_at_ = now();
        best_share_ = beliefs[0].best_share;
    }
    const double disagreed = now() - std::max(agreed_at_, calm_since_);
    longest_disagreement_ = std::max(longest_disagreement_, disagreed);
    if (disagreed > kAgreementPatience) {
        std::string text = "the nodes do not agree for " + std::to_string(static_cast<int>(disagreed)) + " s:";
        for (const Belief& belief : beliefs)
            text += "\n    " + belief.best_share + " " + belief.payouts;
        violation(text);
        agreed_at_ = now();
    }
    if (now() - std::max(best_changed_at_, calm_since_) > kSharePatience) {
        violation("no new best share for minutes");
        best_changed_at_ = now();
    }
}

void Soak::check_blocks(double since) {
    try {
        ledger_.update(cluster_.daemon(), since);
    } catch (const std::runtime_error&) {  // taken away just now
        return;
    }
    if (now() - calm_since_ > kBlockPatience) {
        for (const std::string& block : ledger_.overdue(now() - kBlockPatience))
            violation("won block " + block + " is not known to dashd");
    }
    if (!ledger_.counts().adds_up()) violation("the books do not add up: " + text_of(ledger_.counts()));
}

void Soak::check_growth() {
    for (const auto& node : cluster_.nodes()) {
        const std::string grown = growth(node->vitals());
        if (!grown.empty() && grown_.insert(node->name()).second) violation("node " + node->name() + ": " + grown);
    }
}

void Soak::show_progress() {
    std::cout << static_cast<int>(now() / kMinute) << " min: blocks " << text_of(ledger_.counts()) << "; shares";
    for (const auto& [name, count] : shares_)
        std::cout << ' ' << name << ' ' << count;
    std::cout << "; agreed " << static_cast<int>(now() - agreed_at_) << " s ago";
    for (const auto& node : cluster_.nodes()) {
        if (node->vitals().empty()) continue;
        const Vitals& vitals = node->vitals().back();
        std::cout << "; " << node->name() << ' ' << megabytes(vitals.resident_bytes) << ' ' << vitals.open_files
                  << " files";
    }
    std::cout << "; faults " << faults_done_ << ", violations " << violations_ << std::endl;
}

void Soak::finish() {
    std::cout << "No more faults." << std::endl;
    faults_.end(now());
    const double miners_end = now() + kQuietSeconds / 3;
    const double books_close = now() + kQuietSeconds;
    while (now() < books_close) {
        if (now() > miners_end) {
            for (const auto& node : cluster_.nodes())
                node->stop_miner();
        }
        tick();
    }
    check_agreement();
    if (now() - agreed_at_ > kCheckInterval) violation("in the end the nodes do not agree");
    check_blocks(0);
    if (ledger_.counts().pending > 0) violation("in the end blocks are pending: " + text_of(ledger_.counts()));
    if (ledger_.counts().won == 0) violation("no block was won: nothing was tested");
    for (const auto& node : cluster_.nodes()) {
        const int code = node->stop();
        if (code != 0) violation("node " + node->name() + " stopped with exit code " + std::to_string(code));
        read_logs(*node, false);
        for (const std::string& disagreement : ledger_.disagreements(node->name(), node->database()))
            violation(disagreement);
    }
    read_reports();
    for (const auto& [line, count] : unexpected_)
        std::cout << "unexpected, " << count << " times: " << line << std::endl;
    std::cout << "The nodes disagreed for " << std::setprecision(3) << longest_disagreement_
              << " s at most while nothing was broken." << std::endl;
    show_progress();
}

}  // namespace soak
