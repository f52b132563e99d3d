#include "p2pool/stratum/vardiff.h"

#include <algorithm>

#include "dash/primitives/wide.h"

namespace p2pool::stratum {
namespace {

/// Silence of this many times share_seconds is answered with an easier target.
constexpr double kSilenceMultiple = 3;

Difficulty limit(const dash::Uint256& target, const DifficultyRange& range) {
    if (target > range.easiest.target) return range.easiest;
    if (target < range.hardest.target) return range.hardest;
    return Difficulty::of_target(target);
}

}  // namespace

Vardiff::Vardiff(const share_chain::VardiffSettings& settings, double share_seconds, const Difficulty& start,
                 double now)
    : settings_(settings), share_seconds_(share_seconds), difficulty_(start), last_sign_of_life_(now) {}

bool Vardiff::is_time_to_adjust(double elapsed) const {
    const double expected = submits_ * share_seconds_;
    return submits_ >= settings_.shares_trigger || elapsed > settings_.timeout_multiple * expected ||
           (submits_ >= settings_.quickup_shares && elapsed < expected / settings_.quickup_divisor);
}

bool Vardiff::submitted(double now, const DifficultyRange& range) {
    has_submitted_ = true;
    last_sign_of_life_ = now;
    if (submits_ == 0) first_submit_ = now;
    ++submits_;
    const double elapsed = now - first_submit_;
    if (!is_time_to_adjust(elapsed)) return false;
    const double factor = std::clamp(elapsed / submits_ / share_seconds_, settings_.min_adjust, settings_.max_adjust);
    const double target = dash::to_double(dash::to_wide(difficulty_.target)) * factor + 0.5;
    difficulty_ = limit(dash::uint256_from_double(target), range);
    submits_ = 1;
    first_submit_ = now;
    return true;
}

bool Vardiff::relax_if_silent(double now, const DifficultyRange& range) {
    if (!has_submitted_ || now - last_sign_of_life_ <= kSilenceMultiple * share_seconds_) return false;
    const double easier = std::max(difficulty_.value / 2, range.easiest.value);
    if (easier >= difficulty_.value) return false;
    difficulty_ = Difficulty::of(easier);
    last_sign_of_life_ = now;
    return true;
}

}  // namespace p2pool::stratum
