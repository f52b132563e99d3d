#include "p2pool/work/share_target.h"

#include <doctest/doctest.h>

#include "dash/primitives/target.h"

using p2pool::work::desired_share_target;
using p2pool::work::ShareTargetInputs;

namespace {

const share_chain::Network& mainnet() {
    return *share_chain::find_network("dash");
}

ShareTargetInputs inputs_with_rate(double hashes_per_second) {
    ShareTargetInputs inputs;
    inputs.local_hashes_per_second = hashes_per_second;
    inputs.subsidy_duffs = 200'000'000;
    inputs.block_target = dash::target_from_difficulty(50'000'000);
    return inputs;
}

}  // namespace

TEST_CASE("while the pool's rate is unknown, an unknown miner gets the easiest share the chain allows") {
    CHECK(desired_share_target(inputs_with_rate(0), mainnet()) == dash::Uint256::max());
}

TEST_CASE("an unknown miner counts as a small one") {
    ShareTargetInputs inputs = inputs_with_rate(0);
    inputs.pool_hashes_per_second = 1e12;
    const dash::Uint256 unknown = desired_share_target(inputs, mainnet());
    inputs.local_hashes_per_second = 1;
    CHECK(unknown == desired_share_target(inputs, mainnet()));
    CHECK(unknown < dash::Uint256::max());
}

TEST_CASE("a wish is taken as it is") {
    ShareTargetInputs inputs = inputs_with_rate(1e12);
    inputs.wished_difficulty = 1234.5;
    CHECK(desired_share_target(inputs, mainnet()) == dash::target_from_difficulty(1234.5));
}

TEST_CASE("one address makes at most about 1.67 % of the shares") {
    const dash::Uint256 target = desired_share_target(inputs_with_rate(1e9), mainnet());
    const double attempts = dash::to_double(dash::average_attempts(target));
    CHECK(attempts == doctest::Approx(1e9 * 20 / 0.0167));
}

TEST_CASE("shares of a small miner are large enough that his payout is not dust") {
    ShareTargetInputs inputs = inputs_with_rate(1e3);
    inputs.pool_hashes_per_second = 1e12;
    const double attempts = dash::to_double(dash::average_attempts(desired_share_target(inputs, mainnet())));
    const double block_attempts = dash::to_double(dash::average_attempts(inputs.block_target));
    CHECK(attempts == doctest::Approx(block_attempts * 10 * 100'000 / 200'000'000));

    inputs.local_hashes_per_second = 1e12;  // a large miner is above dust anyway
    CHECK(dash::to_double(dash::average_attempts(desired_share_target(inputs, mainnet()))) ==
          doctest::Approx(1e12 * 20 / 0.0167));
}
