#include "p2pool/work/own_shares.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "tests/unit/tracker/fake_shares.h"

namespace {

using p2pool::work::OwnShares;
using share_chain::Share;
using share_chain::StaleInfo;

/// A share that only has a place in the chain.
share_chain::SharePtr share(std::uint64_t name, std::uint64_t parent, std::uint32_t height,
                            StaleInfo stale_info = StaleInfo::kNone) {
    auto made = std::make_shared<Share>();
    made->hash = dash::Uint256(name);
    made->target = made->max_target = dash::Uint256::max();
    made->contents.share_info.share_data.previous_share_hash = dash::Uint256(parent);
    made->contents.share_info.share_data.stale_info = static_cast<std::uint8_t>(stale_info);
    made->contents.share_info.absheight = height;
    return made;
}

class Chain {
  public:
    Chain() : tracker_(*share_chain::find_network("dash_regtest"), {}) {}

    void add(const share_chain::SharePtr& made) { tracker_.add(made, 0); }
    void add_own(const share_chain::SharePtr& made, bool late = false) {
        tracker_.add(made, 0);
        own.add(*made, late);
    }
    void best(std::uint64_t name) { own.best_changed(tracker_, dash::Uint256(name)); }

    OwnShares own;

  private:
    share_chain::Tracker tracker_;
};

/// All shares of ours, each with what became of it.
class SlowOwnShares {
  public:
    void add(const share_chain::SharePtr& made, bool late) { shares_.push_back({made, late, false}); }

    /// `line`: of the best share. What is gone from the tracker stays as it was.
    void look_at(const std::vector<share_chain::SharePtr>& line, const std::set<dash::Uint256>& gone) {
        for (Own& own : shares_) {
            if (gone.count(own.share->hash) == 0) own.in_chain = std::count(line.begin(), line.end(), own.share) != 0;
        }
    }

    [[nodiscard]] OwnShares::Counts counts() const {
        OwnShares::Counts counts;
        counts.total = shares_.size();
        for (const Own& own : shares_) {
            const std::uint8_t told = own.share->data().stale_info;
            if (!own.in_chain) ++(own.late ? counts.late : counts.orphans);
            if (own.in_chain && told == 253) ++counts.orphans_announced;
            if (own.in_chain && told == 254) ++counts.late_announced;
        }
        return counts;
    }

  private:
    struct Own {
        share_chain::SharePtr share;
        bool late = false;
        bool in_chain = false;
    };
    std::vector<Own> shares_;
};

void check_equal(const OwnShares& ours, const OwnShares::Counts& expected) {
    const OwnShares::Counts counts = ours.counts();
    CHECK(counts.total == expected.total);
    CHECK(counts.orphans == expected.orphans);
    CHECK(counts.late == expected.late);
    CHECK(counts.orphans_announced == expected.orphans_announced);
    CHECK(counts.late_announced == expected.late_announced);
    CHECK(ours.next_stale_info() == (expected.orphans > expected.orphans_announced ? StaleInfo::kOrphan
                                     : expected.late > expected.late_announced     ? StaleInfo::kDoa
                                                                                   : StaleInfo::kNone));
}

}  // namespace

TEST_CASE("shares in the best chain are not lost") {
    Chain chain;
    chain.add_own(share(1, 0, 1));
    chain.best(1);
    chain.add_own(share(2, 1, 2));
    chain.best(2);
    CHECK(chain.own.counts().total == 2);
    CHECK(chain.own.counts().orphans == 0);
    CHECK(chain.own.next_stale_info() == StaleInfo::kNone);
}

TEST_CASE("a lost share is announced once") {
    Chain chain;
    chain.add(share(1, 0, 1));
    chain.add_own(share(2, 1, 2));
    chain.add(share(3, 1, 2));
    chain.best(2);
    chain.best(3);
    CHECK(chain.own.counts().orphans == 1);
    CHECK(chain.own.next_stale_info() == StaleInfo::kOrphan);
    chain.add_own(share(4, 3, 3, StaleInfo::kOrphan));
    CHECK(chain.own.next_stale_info() == StaleInfo::kOrphan);  // not in the chain yet
    chain.best(4);
    CHECK(chain.own.next_stale_info() == StaleInfo::kNone);
    CHECK(chain.own.counts().orphans_announced == 1);
}

TEST_CASE("a reorganisation brings shares back and takes others away") {
    Chain chain;
    chain.add(share(1, 0, 1));
    for (std::uint64_t i = 0; i < 5; ++i)
        chain.add_own(share(10 + i, i == 0 ? 1 : 9 + i, static_cast<std::uint32_t>(2 + i)));
    for (std::uint64_t i = 0; i < 7; ++i)
        chain.add_own(share(20 + i, i == 0 ? 1 : 19 + i, static_cast<std::uint32_t>(2 + i)));
    chain.best(14);
    CHECK(chain.own.counts().orphans == 7);
    chain.best(26);
    CHECK(chain.own.counts().orphans == 5);
    chain.best(12);  // to an ancestor of the first branch's end
    CHECK(chain.own.counts().orphans == 2 + 7);
    chain.best(26);
    CHECK(chain.own.counts().orphans == 5);
}

TEST_CASE("a late share that is lost counts as late, one in the chain does not") {
    Chain chain;
    chain.add(share(1, 0, 1));
    chain.add_own(share(2, 1, 2), true);
    chain.best(1);
    CHECK(chain.own.counts().late == 1);
    CHECK(chain.own.counts().orphans == 0);
    CHECK(chain.own.next_stale_info() == StaleInfo::kDoa);
    chain.best(2);
    CHECK(chain.own.counts().late == 0);
    CHECK(chain.own.next_stale_info() == StaleInfo::kNone);
}

TEST_CASE("what the tracker forgets keeps its fate") {
    Chain chain;
    chain.add(share(1, 0, 1));
    chain.add_own(share(2, 1, 2));
    chain.add_own(share(3, 1, 2));
    chain.best(2);
    chain.own.forget(dash::Uint256(2));
    chain.own.forget(dash::Uint256(3));
    CHECK(chain.own.counts().total == 2);
    CHECK(chain.own.counts().orphans == 1);
}

TEST_CASE("what became of our shares is what the line of the best share says, however it moves") {
    tests::Random random;
    INFO(random.how_to_repeat());
    constexpr double kNow = 1e9;  // long after all shares: what may be pruned is
    std::size_t pruned = 0;
    for (int round = 0; round < 30; ++round) {
        const share_chain::Network network = tests::short_network(static_cast<std::uint32_t>(16 + random.below(30)));
        const std::vector<share_chain::SharePtr> tree = tests::fake_tree(random, 250);
        share_chain::Tracker tracker(network, tests::trusting_environment());
        OwnShares ours;
        SlowOwnShares slow;
        std::set<dash::Uint256> gone;
        const auto best_is = [&](const dash::Uint256& best) {
            ours.best_changed(tracker, best);
            slow.look_at(tests::line_of(tree, best, gone), gone);
            check_equal(ours, slow.counts());
        };
        for (std::size_t i = 0; i < tree.size(); ++i) {
            tracker.add(tree[i], 0);
            if (random.below(3) == 0) {
                const bool late = random.below(4) == 0;
                ours.add(*tree[i], late);
                slow.add(tree[i], late);
            }
            const share_chain::SharePtr& any = tree[i - random.below(std::min<std::size_t>(i + 1, 60))];
            if (random.below(2) == 0 && gone.count(any->hash) == 0) best_is(any->hash);
            if (random.below(25) != 0) continue;
            // As the node does it: the best share of those that stay, then what is told of those that go.
            const share_chain::Decision decision = tracker.think(kNow);
            if (decision.best.is_zero()) continue;
            best_is(decision.best);
            for (const dash::Uint256& hash : tracker.prune(kNow, decision)) {
                ours.forget(hash);
                gone.insert(hash);
            }
            check_equal(ours, slow.counts());
        }
        pruned += gone.size();
    }
    CHECK(pruned > 0);
}
