#include "p2pool/stratum/difficulty.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "dash/primitives/target.h"

namespace p2pool::stratum {
namespace {

/// The reference's start where the network names none.
constexpr double kUsualStart = 100;

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\n\v\f\r";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

Difficulty Difficulty::of(double value) {
    const dash::Uint256 target = dash::target_from_difficulty(value);
    if (target == dash::Uint256::max()) return of_target(target);
    return {value, target};
}

Difficulty Difficulty::of_target(const dash::Uint256& target) {
    return {dash::difficulty_from_target(target), target};
}

std::optional<double> parse_difficulty(std::string_view text) {
    const std::string_view number = trim(text);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error == std::errc::invalid_argument || end != number.data() + number.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        if (number.front() == '-') return std::nullopt;
        const bool tiny = number.find("e-") != std::string_view::npos || number.find("E-") != std::string_view::npos;
        return tiny ? 0 : std::numeric_limits<double>::infinity();
    }
    if (!(value >= 0)) return std::nullopt;
    return value;
}

DifficultyPolicy::DifficultyPolicy(const share_chain::Network& network)
    : network_(network), hardest_sane_(dash::difficulty_from_target(network.parent->hardest_sane_target)) {}

double DifficultyPolicy::least(double minimum, const Difficulty& share) const {
    const double floor = std::min(network_.stratum_difficulty_floor, share.value);
    return std::min(std::max(floor, minimum), kCeiling);
}

double DifficultyPolicy::most(double minimum, const Difficulty& share) const {
    const bool has_floor = network_.stratum_difficulty_floor > 0;
    const double hardest = has_floor ? share.value : std::max(share.value, hardest_sane_);
    return std::max(std::min(hardest, kCeiling), least(minimum, share));
}

double DifficultyPolicy::requested(double wanted, double minimum, const Difficulty& share) const {
    return std::clamp(wanted, least(minimum, share), kCeiling);
}

double DifficultyPolicy::start(const Difficulty& share) const {
    return network_.stratum_default_difficulty.value_or(std::min(kUsualStart, share.value));
}

DifficultyRange DifficultyPolicy::vardiff_range(double minimum, const Difficulty& share) const {
    return {Difficulty::of(least(minimum, share)), Difficulty::of(most(minimum, share))};
}

Difficulty DifficultyPolicy::for_job(const Difficulty& vardiff, double minimum, const Difficulty& share) const {
    const double value = std::clamp(vardiff.value, least(minimum, share), most(minimum, share));
    if (value == vardiff.value) return vardiff;
    return value == share.value ? share : Difficulty::of(value);
}

}  // namespace p2pool::stratum
