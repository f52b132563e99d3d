// Shares in any tree and order, in the tracker: its choice, its pruning and the payout weights are those of the slow
// definitions. A share is five bytes; a byte in between says that time passes, and the choice is made.

#include <algorithm>
#include <set>

#include "dash/primitives/target.h"
#include "share_chain/share_request.h"
#include "share_chain/weights.h"
#include "tests/fuzz/target.h"
#include "tests/unit/tracker/fake_shares.h"
#include "tests/unit/tracker/slow_tracker.h"

namespace {

using dash::Uint256;
using share_chain::Decision;
using share_chain::SharePtr;
using share_chain::Tracker;

constexpr double kStart = 1'000'000;
/// The definitions are slow.
constexpr std::size_t kMostShares = 96;
constexpr int kMostChoices = 8;

std::int64_t block_relative_height(const Uint256& block) {
    return -static_cast<std::int64_t>(block.low64() * 7 % 11);
}

class World {
  public:
    explicit World(std::uint32_t chain_length)
        : network_(tests::short_network(chain_length)),
          tracker_(network_, {.block_relative_height = block_relative_height,
                              .check = [this](const Tracker&, const share_chain::Share& share) {
                                  if (bad_.count(share.hash) != 0) throw dash::DecodeError("made to fail");
                              }}) {}

    /// False: there is no room for more.
    bool add_share(fuzz::Input& input) {
        if (hashes_.size() >= kMostShares) return false;
        const std::uint8_t parent = input.byte();
        const std::uint8_t kind = input.byte();
        const std::uint8_t order = input.byte();
        const std::uint8_t number = input.byte();
        tests::FakeShare fake;
        // Which of two hashes is the greater decides between equals.
        fake.hash = Uint256((std::uint64_t{order} << 32U) + hashes_.size() + 1);
        fake.previous = parent_of(parent);
        fake.work = (kind & 1U) != 0 ? 1 + number : 1 + number * 4'001ULL;
        fake.timestamp = static_cast<std::uint32_t>(kStart) + static_cast<std::uint32_t>(20 * hashes_.size());
        fake.finder = static_cast<std::uint8_t>(number % 6);
        fake.donation = (kind & 2U) != 0 ? std::uint16_t{65'535} : static_cast<std::uint16_t>(number * 257U);
        fake.stale_info = (kind & 4U) != 0 ? order : std::uint8_t{0};
        fake.previous_block = Uint256(hashes_.size() / 10);
        fake.claims_block = (kind & 8U) != 0;
        if ((kind & 0xf0U) == 0xf0U) bad_.insert(fake.hash);
        now_ += order % 8;
        tracker_.add(fake_share(fake), (kind & 16U) != 0 ? 0 : now_, {"host:1"});
        hashes_.push_back(fake.hash);
        return true;
    }

    void choose(double seconds) {
        now_ += seconds;
        const Decision decision = tracker_.think(now_);
        std::vector<Uint256> ranked;
        for (const share_chain::RankedHead& head : decision.ranked_heads)
            ranked.push_back(head.hash);
        tests::SlowTracker slow(tracker_, hashes_, block_relative_height);
        fuzz::require(ranked == slow.ranked_heads(), "the heads are ranked otherwise than defined");
        fuzz::require(decision.best == (ranked.empty() ? Uint256() : ranked.front()), "the best head is another");
        slow.prune(now_, ranked);
        const std::size_t before = tracker_.size();
        fuzz::require(tracker_.prune(now_, decision).size() == before - tracker_.size(), "pruning is told wrongly");
        compare(slow);
    }

    void check_weights(std::uint64_t most_shares, std::uint64_t desired) {
        for (const Uint256& head : tracker_.heads()) {
            const dash::Wide wanted = dash::Wide(65'535) * desired;
            const auto weights = payout_weights(tracker_, head, most_shares, wanted);
            dash::Wide shared = weights.donation;
            for (const auto& [script, weight] : weights.by_script)
                shared += weight;
            fuzz::require(weights.total <= wanted && shared <= weights.total, "more weight than there is");
            dash::Wide there = 0;
            for (const SharePtr& share : tracker_.chain(head, most_shares))
                there += dash::average_attempts(share->target) * 65'535;
            fuzz::require(weights.total == std::min(wanted, there), "a weight is lost");
        }
    }

    void check_request(fuzz::Input& input) {
        if (hashes_.empty()) return;
        const std::vector<Uint256> wanted{parent_of(input.byte()), parent_of(input.byte())};
        const std::vector<Uint256> stops{parent_of(input.byte())};
        const std::uint64_t parents = input.byte();
        for (const SharePtr& share : answer_share_request(tracker_, wanted, parents, stops))
            fuzz::require(tracker_.contains(share->hash), "a share is sent that is not there");
    }

  private:
    /// A share so many before, with a few numbers for no share and for one that never comes.
    [[nodiscard]] Uint256 parent_of(std::uint8_t number) const {
        if (number == 255 || hashes_.empty()) return Uint256();
        if (number >= 250) return Uint256(number);
        return hashes_[hashes_.size() - 1 - std::min<std::size_t>(number % 32, hashes_.size() - 1)];
    }

    void compare(const tests::SlowTracker& slow) const {
        fuzz::require(tracker_.size() == slow.shares().size(), "other shares are pruned than defined");
        for (const auto& [hash, share] : slow.shares())
            fuzz::require(tracker_.contains(hash), "a share is pruned that is to stay");
        fuzz::require(tracker_.verified_size() == slow.verified().size(), "other shares are verified");
        for (const Uint256& hash : slow.verified())
            fuzz::require(tracker_.is_verified(hash), "a share is verified no more");
        for (const Uint256& bad : bad_)
            fuzz::require(!tracker_.is_verified(bad), "a bad share is verified");
    }

    share_chain::Network network_;
    std::set<Uint256> bad_;
    std::vector<Uint256> hashes_;
    Tracker tracker_;
    double now_ = kStart;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    World world(16 + input.byte() % 10U);
    int choices = 0;
    while (!input.empty()) {
        const std::uint8_t what = input.byte();
        if (what < 224) {
            if (!world.add_share(input)) break;
        } else if (what < 240) {
            world.check_weights(input.byte(), input.byte() * 1'000ULL);
        } else if (what < 244) {
            world.check_request(input);
        } else if (++choices <= kMostChoices) {
            world.choose(what < 252 ? 5 : 400);
        }
    }
    world.choose(0);
    return 0;
}
