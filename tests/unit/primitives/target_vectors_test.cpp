#include <doctest/doctest.h>

#include <string>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::DecodeError;
using dash::Uint256;
using dash::Wide;
using nlohmann::json;
using tests::uint256_value;
using tests::wide_value;

namespace {

bool fits_256_bits(const json& value) {
    return wide_value(value) < Wide(1) << 256;
}

}  // namespace

TEST_CASE("difficulty and average attempts of targets") {
    for (const json& entry : tests::load_vectors("targets.json").at("target_to_difficulty")) {
        CAPTURE(entry.dump());
        const Uint256 target = uint256_value(entry.at("target"));
        CHECK(dash::difficulty_from_target(target) == entry.at("difficulty").get<double>());
        CHECK(dash::average_attempts(target) == wide_value(entry.at("attempts")));
    }
}

TEST_CASE("targets of difficulties") {
    const json& file = tests::load_vectors("targets.json");
    for (const json& entry : file.at("difficulty_to_target")) {
        CAPTURE(entry.dump());
        const auto difficulty = entry.at("difficulty").get<double>();
        if (entry.at("target").contains("ok")) {
            CHECK(dash::target_from_difficulty(difficulty) == uint256_value(entry.at("target").at("ok")));
        } else {
            CHECK_THROWS_AS((void)dash::target_from_difficulty(difficulty), DecodeError);
        }
    }
    for (const json& entry : file.at("diff_errors")) {
        CAPTURE(entry.dump());
        CHECK_THROWS_AS((void)dash::target_from_difficulty(entry.at("arg").get<double>()), DecodeError);
    }
}

TEST_CASE("targets of average attempts, given as double or as integer") {
    for (const json& entry : tests::load_vectors("targets.json").at("average_attempts_to_target")) {
        CAPTURE(entry.dump());
        const auto target = [&entry] {
            const json& attempts = entry.at("attempts");
            if (entry.at("is_float").get<bool>()) return dash::target_from_average_attempts(attempts.get<double>());
            return dash::target_from_average_attempts(wide_value(attempts));
        };
        if (entry.at("target").contains("ok")) {
            CHECK(target() == uint256_value(entry.at("target").at("ok")));
        } else {
            CHECK_THROWS_AS((void)target(), DecodeError);
        }
    }
}

TEST_CASE("compact bits to targets") {
    for (const json& entry : tests::load_vectors("pack.json").at("floating")) {
        CAPTURE(entry.dump());
        const auto bits = entry.at("bits").get<std::uint32_t>();
        CHECK(dash::average_attempts_from_bits(bits) == wide_value(entry.at("attempts").at("ok")));
        // The longest targets, up to 2 kbit, do not even fit a Wide.
        const auto digits = entry.at("target").is_string() ? entry.at("target").get<std::string>().size() - 2 : 1;
        if (digits <= 64) {
            CHECK(dash::target_from_bits(bits) == uint256_value(entry.at("target")));
        } else {
            CHECK_THROWS_AS((void)dash::target_from_bits(bits), DecodeError);
        }
    }
}

TEST_CASE("targets to compact bits") {
    for (const json& entry : tests::load_vectors("pack.json").at("from_target_upper_bound")) {
        if (!fits_256_bits(entry.at("target"))) continue;
        CAPTURE(entry.dump());
        const auto bits = entry.at("bits").get<std::uint32_t>();
        CHECK(dash::bits_from_target(uint256_value(entry.at("target"))) == bits);
        CHECK(dash::target_from_bits(bits) == uint256_value(entry.at("roundtrip")));
    }
}
