#include "p2pool/node/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace p2pool::node {
namespace {

template <typename... Values>
std::string printed(const char* format, Values... values) {
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), format, values...);
    return {text.data(), static_cast<std::size_t>(std::clamp(size, 0, static_cast<int>(text.size()) - 1))};
}

}  // namespace

std::string format_si(double value) {
    static constexpr std::array<const char*, 7> kPrefixes = {"", "k", "M", "G", "T", "P", "E"};
    std::size_t prefix = 0;
    while (value >= 100000 && prefix + 1 < kPrefixes.size()) {
        value = std::floor(value / 1000);
        ++prefix;
    }
    return printed("%.0f", std::floor(value)) + kPrefixes.at(prefix);
}

std::string format_duration(double seconds) {
    struct Unit {
        double seconds;
        const char* name;
    };
    static constexpr std::array<Unit, 4> kUnits = {
        {{365.2425 * 24 * 3600, "years"}, {24 * 3600, "days"}, {3600, "hours"}, {60, "minutes"}}};
    for (const Unit& unit : kUnits) {
        if (seconds > unit.seconds) return printed("%.1f", seconds / unit.seconds) + " " + unit.name;
    }
    return printed("%.1f", seconds) + " seconds";
}

std::string format_fixed(double value, int digits) {
    return printed("%.*f", digits, value);
}

std::string format_proportion(std::uint64_t successes, std::uint64_t trials,
                              const std::function<double(double)>& shown_as) {
    if (trials == 0) return "???";
    constexpr double kZ = 1.959963984540054;  // the normal distribution's 97.5 % quantile
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(successes) / n;
    const double middle = p + kZ * kZ / 2 / n;
    const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / 4 / n / n);
    const double scale = 1 + kZ * kZ / n;
    const double low = successes == 0 ? 0 : std::clamp((middle - spread) / scale, 0.0, 1.0);
    const double high = successes == trials ? 1 : std::clamp((middle + spread) / scale, 0.0, 1.0);
    const auto [least, greatest] = std::minmax({100 * shown_as(low), 100 * shown_as(high)});
    return printed("~%.1f%% (%.0f-%.0f%%)", 100 * shown_as(p), std::floor(least), std::ceil(greatest));
}

}  // namespace p2pool::node
