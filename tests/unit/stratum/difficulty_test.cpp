#include <doctest/doctest.h>

#include <limits>

#include "dash/primitives/target.h"
#include "p2pool/stratum/difficulty.h"

using namespace p2pool::stratum;

namespace {

const share_chain::Network& network(const char* name) {
    return *share_chain::find_network(name);
}
constexpr double kInfinite = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a difficulty and its target belong together") {
    CHECK(Difficulty::of(1).target == dash::difficulty_one_target());
    CHECK(Difficulty::of(1000).value == 1000);
    CHECK(Difficulty::of_target(dash::difficulty_one_target()).value == 1);
    // Nothing is easier than any hash at all, and a miner is never told 0.
    CHECK(Difficulty::of(0).target == dash::Uint256::max());
    CHECK(Difficulty::of(0).value > 0);
}

TEST_CASE("mainnet has a floor of 64, or of the share where that is easier, and a ceiling") {
    const DifficultyPolicy policy(network("dash"));
    const Difficulty share = Difficulty::of(5000);
    CHECK(policy.requested(0, 0, share) == 64);
    CHECK(policy.requested(1024, 0, share) == 1024);
    CHECK(policy.requested(kInfinite, 0, share) == 1'000'000);
    CHECK(policy.requested(10, 0, Difficulty::of(20)) == 20);
    CHECK(policy.requested(30, 0, Difficulty::of(20)) == 30);
    CHECK(policy.requested(10, 0, Difficulty::of(2)) == 10);
    CHECK(policy.start(share) == 100);
}

TEST_CASE("regtest has no floor and its own start") {
    const DifficultyPolicy policy(network("dash_regtest"));
    const Difficulty share = Difficulty::of(0);
    CHECK(policy.requested(1e-9, 0, share) == 1e-9);
    CHECK(policy.requested(2e6, 0, share) == 1'000'000);
    CHECK(policy.start(share) == 0.001);
    // Shares may be single hashes there: vardiff may leave them far behind.
    CHECK(policy.vardiff_range(0, share).hardest.value == 1'000'000);
    CHECK(policy.for_job(Difficulty::of(0.5), 0, share).value == 0.5);
}

TEST_CASE("where shares are worth something no miner is led to drop one") {
    const DifficultyPolicy policy(network("dash"));
    const Difficulty share = Difficulty::of(500);
    CHECK(policy.vardiff_range(0, share).hardest.value == 500);
    CHECK(policy.for_job(Difficulty::of(900), 0, share) == share);
    CHECK(policy.for_job(Difficulty::of(400), 0, share).value == 400);
    CHECK(policy.start(Difficulty::of(70)) == 70);
}

TEST_CASE("a minimum that a miner negotiated raises the floor") {
    const DifficultyPolicy policy(network("dash"));
    const Difficulty share = Difficulty::of(5000);
    CHECK(policy.requested(100, 2048, share) == 2048);
    CHECK(policy.for_job(Difficulty::of(100), 2048, share).value == 2048);
    CHECK(policy.for_job(Difficulty::of(100), 9000, share).value == 9000);
    CHECK(policy.vardiff_range(9000, share).hardest.value == 9000);
    CHECK(policy.requested(100, 1e9, share) == 1'000'000);
}
