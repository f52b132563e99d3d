#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace p2pool::node {

/// Number formats of the log (python p2pool.util.math), which operators' scripts read.

/// "99999", "100k", "1234k", "123G": divided by 1000 while it has more than five digits.
[[nodiscard]] std::string format_si(double value);
/// "0.5 seconds", "1.0 minutes", "1.0 days".
[[nodiscard]] std::string format_duration(double seconds);
/// "~10.0% (1-41%)": share of `successes` in `trials` with its 95 % confidence interval (Wilson), each passed through
/// `shown_as`;
/// "???" without trials.
[[nodiscard]] std::string format_proportion(
    std::uint64_t successes, std::uint64_t trials,
    const std::function<double(double)>& shown_as = [](double proportion) { return proportion; });

/// With `digits` digits after the point.
[[nodiscard]] std::string format_fixed(double value, int digits);

}  // namespace p2pool::node
