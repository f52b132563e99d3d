#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string>

#include "dash/primitives/target.h"
#include "share_chain/statistics.h"
#include "share_chain/weights.h"
#include "tests/unit/tracker/fake_shares.h"

// The figures that pages and graphs show of the pool and of its users, against sums over the line share by share, on
// random trees that grow and are pruned.

namespace {

using dash::Uint256;
using dash::Wide;
using share_chain::SharePtr;
using share_chain::Tracker;
using Shares = std::span<const SharePtr>;

constexpr int kRounds = 30;
constexpr int kSteps = 80;
constexpr std::size_t kShares = 200;
constexpr double kNow = 1e9;  ///< long after all shares: what may be pruned is

/// A random tree whose shares have maximal targets of all sizes and times that go back now and then.
std::vector<SharePtr> uneven_tree(tests::Random& random) {
    std::vector<SharePtr> tree;
    for (const SharePtr& plain : tests::fake_tree(random, kShares)) {
        auto share = std::make_shared<share_chain::Share>(*plain);
        share_chain::ShareInfo& info = share->contents.share_info;
        info.max_bits = dash::bits_from_target(random.uint256_of_any_size());
        share->max_target = dash::target_from_bits(info.max_bits);
        if (random.below(5) == 0) info.timestamp -= static_cast<std::uint32_t>(random.below(3000));
        tree.push_back(std::move(share));
    }
    return tree;
}

template <typename Condition>
std::size_t number_of(Shares shares, Condition condition) {
    return static_cast<std::size_t>(std::count_if(shares.begin(), shares.end(), condition));
}

template <typename Condition>
Wide work_of(Shares shares, Condition condition) {
    Wide work = 0;
    for (const SharePtr& share : shares) {
        if (condition(share)) work += dash::average_attempts(share->target);
    }
    return work;
}

bool is_any(const SharePtr& /*share*/) {
    return true;
}
bool tells_a_loss(const SharePtr& share) {
    return share->data().stale_info != 0;
}

double part_lost(std::size_t found, std::size_t lost) {
    return static_cast<double>(lost) / static_cast<double>(found + lost);
}

Wide seconds_of(Shares shares) {
    const std::int64_t newest = shares.front()->info().timestamp;
    const std::int64_t oldest = shares.back()->info().timestamp;
    return std::max<std::int64_t>(newest - oldest, 1);
}

std::map<dash::Hash160, double> slow_user_stales(Shares shares) {
    std::map<dash::Hash160, double> stales;
    for (const SharePtr& one : shares) {
        const auto is_his = [&](const SharePtr& share) { return share->data().pubkey_hash == one->data().pubkey_hash; };
        const auto is_his_loss = [&](const SharePtr& share) { return is_his(share) && tells_a_loss(share); };
        stales[one->data().pubkey_hash] = part_lost(number_of(shares, is_his), number_of(shares, is_his_loss));
    }
    return stales;
}

std::map<std::string, Wide> slow_stale_counts(Shares shares) {
    std::map<std::string, Wide> counts;
    if (!shares.empty()) counts["good"] = work_of(shares, is_any);
    for (int info = 1; info < 256; ++info) {
        const auto tells_this = [&](const SharePtr& share) { return share->data().stale_info == info; };
        if (number_of(shares, tells_this) == 0) continue;
        counts[info == 253   ? "orphan"
               : info == 254 ? "doa"
                             : "unk" + std::to_string(info)] = work_of(shares, tells_this);
    }
    return counts;
}

void check_pool(const Tracker& tracker, Shares shares) {
    const Uint256& best = shares.front()->hash;
    const std::uint64_t count = shares.size();
    CHECK(average_stale_proportion(tracker, best, count) == part_lost(count, number_of(shares, tells_a_loss)));
    std::map<std::uint64_t, Wide> votes;
    for (const SharePtr& share : shares)
        votes[share->data().desired_version] += dash::average_attempts(share->target);
    CHECK(desired_version_counts(tracker, best, count) == votes);
    // The oldest share's work was done before its time.
    const Shares timed = shares.first(count - 1);
    CHECK(pool_attempts_per_second(tracker, best, count) ==
          dash::true_division(work_of(timed, is_any), seconds_of(shares)));
    Wide least = 0;
    for (const SharePtr& share : timed)
        least += dash::average_attempts(share->max_target);
    CHECK(pool_attempts_per_second(tracker, best, count, true) == dash::true_division(least, seconds_of(shares)));
}

void check_stales(const Tracker& tracker, Shares shares) {
    const Uint256& best = shares.front()->hash;
    const std::uint64_t count = shares.size();
    const Shares timed = shares.first(count - 1);
    CHECK(user_stale_proportions(tracker, best, count) == slow_user_stales(timed));
    const std::map<std::string, Wide> counts = slow_stale_counts(timed);
    CHECK(stale_counts(tracker, best, count) == counts);
    std::map<std::string, double> rates;
    for (const auto& [name, work] : counts)
        rates[name] = dash::true_division(work, seconds_of(shares));
    CHECK(stale_rates(tracker, best, count) == rates);
}

/// What each user is paid of, when all of the shares count whole.
void check_users(const Tracker& tracker, Shares shares) {
    std::map<dash::Bytes, Wide> by_script;
    Wide donation = 0;
    for (const SharePtr& share : shares) {
        const Wide attempts = dash::average_attempts(share->target);
        donation += attempts * share->data().donation;
        if (share->data().donation != 65535)
            by_script[share->payout_script()] += attempts * (65535 - share->data().donation);
    }
    const share_chain::PayoutWeights weights =
        payout_weights(tracker, shares.front()->hash, shares.size(), Wide(share_chain::kWeightPerAttempt) << 256);
    CHECK(weights.by_script == by_script);
    CHECK(weights.donation == donation);
    CHECK(weights.total == 65535 * work_of(shares, is_any));
}

void check_too_long(const Tracker& tracker, Shares line) {
    const Uint256& best = line.front()->hash;
    const std::uint64_t more = line.size() + 1;
    CHECK_THROWS_AS((void)pool_attempts_per_second(tracker, best, more), std::out_of_range);
    CHECK_THROWS_AS((void)average_stale_proportion(tracker, best, more), std::out_of_range);
    CHECK_THROWS_AS((void)stale_rates(tracker, best, more), std::out_of_range);
    CHECK_THROWS_AS((void)user_stale_proportions(tracker, best, more + 1), std::out_of_range);
}

TEST_CASE("what is shown of the pool and its users are sums over the line, share by share") {
    tests::Random random;
    INFO(random.how_to_repeat());
    std::size_t pruned = 0;
    for (int round = 0; round < kRounds; ++round) {
        const share_chain::Network network = tests::short_network(static_cast<std::uint32_t>(16 + random.below(40)));
        const std::vector<SharePtr> tree = uneven_tree(random);
        Tracker tracker(network, tests::trusting_environment());
        std::set<Uint256> gone;
        std::size_t added = 0;
        for (int step = 0; step < kSteps; ++step) {
            for (std::uint64_t left = 1 + random.below(5); left > 0 && added < tree.size(); --left)
                tracker.add(tree[added++], 0);
            if (random.below(20) == 0) {
                for (const Uint256& hash : tracker.prune(kNow, tracker.think(kNow)))
                    gone.insert(hash);
            }
            const SharePtr& best = tree[added - 1 - random.below(std::min<std::size_t>(added, 30))];
            const std::vector<SharePtr> line = tests::line_of(tree, best->hash, gone);
            if (line.empty()) continue;
            const Shares shares = Shares(line).first(1 + random.below(line.size()));
            check_pool(tracker, shares);
            check_stales(tracker, shares);
            check_users(tracker, shares);
            check_too_long(tracker, line);
        }
        pruned += gone.size();
    }
    CHECK(pruned > 0);
}

}  // namespace
