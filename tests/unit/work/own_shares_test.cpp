#include "p2pool/work/own_shares.h"

#include <doctest/doctest.h>

#include <memory>

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
