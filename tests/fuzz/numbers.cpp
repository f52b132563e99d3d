// Targets, compact bits, difficulties and attempts, as headers, shares and miners bring them.

#include <cmath>
#include <cstring>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "tests/fuzz/target.h"

namespace {

using dash::Uint256;

void check_bits(std::uint32_t bits) {
    const auto target = dash::target_if_it_fits(bits);
    fuzz::require(fuzz::accepts([&] { static_cast<void>(dash::target_from_bits(bits)); }) == target.has_value(),
                  "it is in doubt whether bits fit");
    fuzz::require((dash::average_attempts_from_bits(bits) == 0) == !target, "bits that fit cost nothing");
    if (!target) return;
    fuzz::require(dash::average_attempts_from_bits(bits) == dash::average_attempts(*target), "bits have two prices");
    const auto again = dash::target_if_it_fits(dash::bits_from_target(*target));
    fuzz::require(again && *again <= *target, "compact bits are rounded up");
}

void check_target(const Uint256& target) {
    const std::uint32_t bits = dash::bits_from_target(target);
    const Uint256 rounded = dash::target_from_bits(bits);
    fuzz::require(rounded <= target, "compact bits are rounded up");
    fuzz::require(dash::bits_from_target(rounded) == bits, "bits are others when rounded again");
    // Of three bytes of mantissa, the first may be 0 and the second 0x80.
    fuzz::require(to_wide(rounded) * 0x8001 >= to_wide(target) * 0x8000, "compact bits lose more than they must");
    const dash::Wide attempts = dash::average_attempts(target);
    fuzz::require(attempts >= 1 && attempts <= (dash::Wide(1) << 256), "a target costs nothing, or more than all");
    fuzz::require(dash::difficulty_from_target(target) > 0, "a target without a difficulty");
    const Uint256 from_attempts = dash::target_from_average_attempts(attempts);
    const double error = dash::difficulty_from_target(from_attempts) / dash::difficulty_from_target(target) - 1;
    fuzz::require(attempts < 1000 || std::abs(error) < 0.01, "a target is another by way of its attempts");
}

void check_number(double number) {
    const bool is_difficulty = fuzz::accepts([&] { static_cast<void>(dash::target_from_difficulty(number)); });
    fuzz::require(is_difficulty == (number >= 0), "it is in doubt what a difficulty is");
    const bool is_effort = fuzz::accepts([&] { static_cast<void>(dash::target_from_average_attempts(number)); });
    fuzz::require(is_effort == (number > 0), "it is in doubt what an effort is");
    if (!is_difficulty || number < 1e-9 || number > 1e60) return;
    const double again = dash::difficulty_from_target(dash::target_from_difficulty(number));
    fuzz::require(std::abs(again / number - 1) < 1e-6, "a difficulty is another by way of its target");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    dash::Bytes bytes(data, data + std::min<std::size_t>(size, 32));
    bytes.resize(32);
    std::uint32_t bits = 0;
    double number = 0;
    std::memcpy(&bits, bytes.data(), sizeof bits);
    std::memcpy(&number, bytes.data(), sizeof number);
    check_bits(bits);
    check_target(Uint256::from_bytes(bytes));
    check_number(number);
    return 0;
}
