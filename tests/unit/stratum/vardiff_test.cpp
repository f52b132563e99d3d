#include <doctest/doctest.h>

#include "p2pool/stratum/vardiff.h"

using namespace p2pool::stratum;

namespace {

const DifficultyRange kWide{Difficulty::of(1e-9), Difficulty::of(1e9)};

/// Of a test network: three submits, a quarter to four times.
constexpr share_chain::VardiffSettings kSettings{.shares_trigger = 3,
                                                 .timeout_multiple = 3,
                                                 .quickup_shares = 2,
                                                 .quickup_divisor = 4,
                                                 .min_adjust = 0.25,
                                                 .max_adjust = 4.0};

}  // namespace

TEST_CASE("the settings of the network are used") {
    Vardiff vardiff(kSettings, 10, Difficulty::of(100), 0);
    CHECK_FALSE(vardiff.submitted(0, kWide));
    CHECK_FALSE(vardiff.submitted(10, kWide));
    CHECK(vardiff.submitted(15, kWide));
    CHECK(vardiff.difficulty().value == doctest::Approx(200));

    SUBCASE("quick submits raise it at once, at most four times") {
        CHECK(vardiff.submitted(15.1, kWide));
        CHECK(vardiff.difficulty().value == doctest::Approx(800));
    }
    SUBCASE("slow ones lower it, at most to a quarter") {
        CHECK(vardiff.submitted(1000, kWide));
        CHECK(vardiff.difficulty().value == doctest::Approx(50));
    }
}

TEST_CASE("the range is kept to") {
    Vardiff vardiff(kSettings, 10, Difficulty::of(100), 0);
    const DifficultyRange narrow{Difficulty::of(90), Difficulty::of(110)};
    vardiff.submitted(0, narrow);
    REQUIRE(vardiff.submitted(0.1, narrow));
    CHECK(vardiff.difficulty() == narrow.hardest);
    REQUIRE(vardiff.submitted(1000, narrow));
    CHECK(vardiff.difficulty() == narrow.easiest);
}

TEST_CASE("silence halves the difficulty, but not that of a miner that never submitted") {
    Vardiff vardiff(kSettings, 10, Difficulty::of(100), 0);
    CHECK_FALSE(vardiff.relax_if_silent(10000, kWide));
    vardiff.submitted(10000, kWide);
    CHECK_FALSE(vardiff.relax_if_silent(10030, kWide));
    CHECK(vardiff.relax_if_silent(10030.5, kWide));
    CHECK(vardiff.difficulty().value == 50);
    CHECK_FALSE(vardiff.relax_if_silent(10060.5, kWide));
    CHECK(vardiff.relax_if_silent(10061, kWide));
    CHECK(vardiff.difficulty().value == 25);

    const DifficultyRange floor{Difficulty::of(24), Difficulty::of(1e6)};
    CHECK(vardiff.relax_if_silent(20000, floor));
    CHECK(vardiff.difficulty().value == 24);
    CHECK_FALSE(vardiff.relax_if_silent(30000, floor));
}

TEST_CASE("a steady miner arrives at one submit in the wanted time") {
    constexpr double kSharesADifficultyOneSecond = 1.0;  // difficulty 1 each second
    Vardiff vardiff({}, 10, Difficulty::of(100), 0);
    double now = 0;
    for (int i = 0; i < 400; ++i) {
        now += vardiff.difficulty().value / kSharesADifficultyOneSecond;
        vardiff.submitted(now, kWide);
    }
    CHECK(vardiff.difficulty().value > 8);
    CHECK(vardiff.difficulty().value < 13);
}
