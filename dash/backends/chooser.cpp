#include "dash/backends/chooser.h"

#include <algorithm>
#include <utility>

namespace dash::backends {

bool Chooser::Since::held(bool now_holds, std::chrono::steady_clock::duration patience, Time now) {
    if (!now_holds) {
        begin_.reset();
        return false;
    }
    if (!begin_) begin_ = now;
    return now - *begin_ >= patience;
}

Chooser::Chooser(std::size_t daemons, const Clock& clock)
    : clock_(clock), observations_(daemons), records_(daemons), verdicts_(daemons) {}

void Chooser::update(const std::vector<Observation>& observations) {
    const Time now = clock_.steady_now();
    observations_ = observations;
    switched_because_.clear();
    judge_alone(now);
    most_work_ = Uint256();
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (records_[i].usable_tip) most_work_ = std::max(most_work_, observations_[i].tip->work);
    }
    for (std::size_t i = 0; i < records_.size(); ++i)
        judge(i, now);
    choose(now);
}

/// Finds out whose tips count.
void Chooser::judge_alone(Time now) {
    const auto has_tip = [this](std::size_t i) { return observations_[i].problem.empty() && observations_[i].tip; };
    const auto holders = [&](const Uint256& block) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < observations_.size(); ++i)
            count += has_tip(i) && observations_[i].tip->block == block ? 1 : 0;
        return count;
    };
    for (std::size_t i = 0; i < records_.size(); ++i) {
        bool alone = has_tip(i) && holders(observations_[i].tip->block) == 1;
        bool others_agree = false;
        for (std::size_t j = 0; j < records_.size() && alone; ++j) {
            if (i == j || !has_tip(j)) continue;
            alone = observations_[j].tip->work < observations_[i].tip->work;
            others_agree = others_agree || holders(observations_[j].tip->block) >= 2;
        }
        const bool too_long = records_[i].alone.held(alone && others_agree, kAlonePatience, now);
        records_[i].usable_tip = has_tip(i) && !too_long;
    }
}

bool Chooser::leads(std::size_t daemon) const {
    return records_[daemon].usable_tip && observations_[daemon].tip->work == most_work_;
}

void Chooser::judge(std::size_t daemon, Time now) {
    const Observation& seen = observations_[daemon];
    Record& record = records_[daemon];
    const bool fine = seen.problem.empty();
    const bool waited = record.waits.held(fine && !seen.tip, kFirstTemplatePatience, now);
    const bool lagged = record.lags.held(record.usable_tip && !leads(daemon), kLagPatience, now);
    Verdict verdict;
    if (!fine) {
        verdict.problem = seen.problem;
    } else if (waited) {
        verdict.problem = "has given no template yet";
    } else if (seen.tip && !record.usable_tip) {
        verdict.problem = "is on a chain that no other one follows";
    } else if (lagged) {
        verdict.problem = "is behind the others: its tip is block " + seen.tip->block.to_hex();
    } else if (seen.tip) {
        verdict.score = score(daemon);
    }
    verdicts_[daemon] = std::move(verdict);
}

double Chooser::score(std::size_t daemon) const {
    const Observation& seen = observations_[daemon];
    double sum = 30 * seen.answered + 15 * std::max(0.0, 1 - seen.answer_seconds);
    if (seen.link_up) sum += 15;
    if (seen.template_age_seconds < kFreshSeconds) sum += 10;
    if (leads(daemon)) sum += 10;
    if (daemon == 0) sum += 20;
    if (seen.synchronises) sum -= 30;
    return std::max(1.0, sum);
}

void Chooser::choose(Time now) {
    const auto best = static_cast<std::size_t>(
        std::max_element(verdicts_.begin(), verdicts_.end(),
                         [](const Verdict& a, const Verdict& b) { return a.score < b.score; }) -
        verdicts_.begin());
    const Verdict& present = verdicts_[current_];
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const bool better = i != current_ && verdicts_[i].score >= present.score + kClearlyBetter;
        const bool steadily = records_[i].better.held(better, kSteadyTime, now);
        if (i == best && steadily && present.problem.empty()) return switch_to(i, "they have been better for long");
    }
    if (!present.problem.empty() && verdicts_[best].score > 0) switch_to(best, "that one " + present.problem);
}

void Chooser::switch_to(std::size_t daemon, std::string because) {
    current_ = daemon;
    switched_because_ = std::move(because);
    for (Record& record : records_)
        record.better = {};
}

bool Chooser::may_serve(std::size_t daemon) const {
    const bool anybody_usable =
        std::any_of(records_.begin(), records_.end(), [](const Record& record) { return record.usable_tip; });
    if (!anybody_usable) return daemon == current_ && observations_[daemon].tip;  // better than nothing
    if (!leads(daemon)) return false;
    return daemon == current_ || !leads(current_);
}

}  // namespace dash::backends
