#include "share_chain/payout_window.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "share_chain/tracker.h"

namespace share_chain {

void PayoutWindow::count(const Part& part) {
    if (part.share->data().donation < kWeightPerAttempt) finders_[part.finder()] += part.finders();
    total_ += part.weight();
    donation_ += part.donation();
}

void PayoutWindow::discount(const Part& part) {
    const auto finder = finders_.find(part.finder());
    if (finder != finders_.end() && (finder->second -= part.finders()).is_zero()) finders_.erase(finder);
    total_ -= part.weight();
    donation_ -= part.donation();
}

void PayoutWindow::pop_newest() {
    discount(parts_.front());
    parts_.pop_front();
}

void PayoutWindow::pop_oldest() {
    discount(parts_.back());
    parts_.pop_back();
}

void PayoutWindow::clear() {
    *this = PayoutWindow();
}

/// Makes `start` the newest part, or leaves no part.
void PayoutWindow::move_to(const Tracker& tracker, const dash::Uint256& start) {
    const auto is_gone = [&](const Part& part) { return !tracker.contains(part.share->hash); };
    while (!parts_.empty() && is_gone(parts_.front()))
        pop_newest();
    while (!parts_.empty() && is_gone(parts_.back()))
        pop_oldest();
    if (parts_.empty()) return;
    const std::uint64_t from = tracker.line(parts_.front().share->hash).height;
    const std::uint64_t to = tracker.line(start).height;
    // Longer than the line: its newest share was forgotten and came again, without those below it.
    if (parts_.size() > from || to > from + parts_.size()) return clear();

    // At equal heights both lines are walked down until they meet; lines that do not meet empty the window.
    std::vector<SharePtr> newer;
    SharePtr at = tracker.find(start);
    const auto step_down = [&] {
        newer.push_back(at);
        at = tracker.find(at->previous_hash());
    };
    for (std::uint64_t height = to; height > from; --height)
        step_down();
    for (std::uint64_t height = from; height > to && !parts_.empty(); --height)
        pop_newest();
    while (!parts_.empty() && parts_.front().share != at) {
        pop_newest();
        step_down();
    }
    if (parts_.empty()) return;
    for (; !newer.empty(); newer.pop_back()) {
        parts_.push_front({newer.back(), dash::average_attempts(newer.back()->target)});
        count(parts_.front());
    }
}

PayoutWeights PayoutWindow::result() const {
    PayoutWeights weights{{}, total_, donation_};
    for (const auto& [pubkey_hash, weight] : finders_) {
        weights.by_script.emplace_hint(weights.by_script.end(), dash::p2pkh_script(pubkey_hash), weight);
    }
    return weights;
}

PayoutWeights PayoutWindow::weights(const Tracker& tracker, const dash::Uint256& start, std::uint64_t max_shares,
                                    const dash::Wide& desired_weight) {
    // A short question shall not cost the long window.
    if (max_shares < parts_.size() / 2) return PayoutWindow().weights(tracker, start, max_shares, desired_weight);

    move_to(tracker, start);
    while (!parts_.empty() && (parts_.size() > max_shares || total_ > desired_weight))
        pop_oldest();
    SharePtr next = tracker.find(parts_.empty() ? start : parts_.back().share->previous_hash());
    while (next && parts_.size() < max_shares && total_ < desired_weight) {
        Part part{next, dash::average_attempts(next->target)};
        const dash::Wide attempts_left = (desired_weight - total_) / kWeightPerAttempt;
        if (part.attempts > attempts_left) {
            part.attempts = attempts_left;
            count(part);
            PayoutWeights weights = result();
            discount(part);
            return weights;
        }
        next = tracker.find(next->previous_hash());
        count(part);
        parts_.push_back(std::move(part));
    }
    return result();
}

}  // namespace share_chain
