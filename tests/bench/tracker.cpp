#include <memory>
#include <vector>

#include "share_chain/tracker.h"
#include "share_chain/weights.h"
#include "tests/bench/bench.h"
#include "tests/unit/tracker/fake_shares.h"

// What the tracker costs a mainnet node: 2 × CHAIN_LENGTH shares of 200 miners, a twentieth of them orphans. Checks of
// shares against their ancestors are left out.

namespace bench {
namespace {

using dash::Uint256;
using share_chain::SharePtr;
using share_chain::Tracker;

constexpr double kNow = 1e9;

class Mainnet {
  public:
    Mainnet() : tracker(*share_chain::find_network("dash"), tests::trusting_environment()) {
        for (std::uint32_t i = 0; i < 2 * tracker.network().chain_length; ++i) {
            shares.push_back(next(i));
            if (random_.below(20) == 0) shares.push_back(next(i));
            tip_ = shares.back()->hash;
        }
    }

    void fill() {
        for (const SharePtr& share : shares)
            tracker.add(share, 0);
        for (const SharePtr& share : shares)
            tracker.trust(share->hash);
        tracker.prune(kNow, tracker.think(kNow));
        tip_ = tracker.think(kNow).best;
    }

    [[nodiscard]] const Uint256& tip() const { return tip_; }

    /// A share on the tip.
    [[nodiscard]] SharePtr next(std::uint32_t i) {
        return tests::fake_share({.hash = random_.uint256(),
                                  .previous = tip_,
                                  .work = 1000000000,
                                  .timestamp = 1000 + 20 * i,
                                  .finder = static_cast<std::uint8_t>(random_.below(200)),
                                  .donation = 655,
                                  .previous_block = Uint256(i / 8)});
    }
    void grow_to(const Uint256& tip) { tip_ = tip; }

    Tracker tracker;
    std::vector<SharePtr> shares;

  private:
    tests::Random random_;
    Uint256 tip_;
};

dash::Wide far_limit() {
    return dash::Wide(share_chain::kWeightPerAttempt) << 80;
}

void add_all(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        auto mainnet = std::make_unique<Mainnet>();
        state.ResumeTiming();
        for (const SharePtr& share : mainnet->shares)
            mainnet->tracker.add(share, 0);
        state.PauseTiming();
        mainnet.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(Mainnet().shares.size()));
}

void think_again(benchmark::State& state) {
    Mainnet mainnet;
    mainnet.fill();
    for (auto _ : state)
        benchmark::DoNotOptimize(mainnet.tracker.think(kNow));
}

/// All that a new share asks for: add, choose, weights of the window below it, prune.
void new_share(benchmark::State& state) {
    Mainnet mainnet;
    mainnet.fill();
    std::uint32_t i = 1000000;
    for (auto _ : state) {
        state.PauseTiming();
        const SharePtr share = mainnet.next(++i);
        state.ResumeTiming();
        mainnet.tracker.add(share, kNow);
        const share_chain::Decision decision = mainnet.tracker.think(kNow);
        benchmark::DoNotOptimize(
            payout_weights(mainnet.tracker, mainnet.tip(), mainnet.tracker.network().chain_length - 1, far_limit()));
        mainnet.tracker.prune(kNow, decision);
        mainnet.grow_to(decision.best);
    }
}

void weights_of_next(benchmark::State& state) {
    Mainnet mainnet;
    mainnet.fill();
    const std::vector<SharePtr> line = mainnet.tracker.chain(mainnet.tip(), 100);
    std::size_t back = 0;
    for (auto _ : state) {
        back = (back + 1) % line.size();
        benchmark::DoNotOptimize(payout_weights(mainnet.tracker, line[back]->hash, 4000, far_limit()));
    }
}

void weights_from_nothing(benchmark::State& state) {
    Mainnet mainnet;
    mainnet.fill();
    for (auto _ : state) {
        state.PauseTiming();
        benchmark::DoNotOptimize(payout_weights(mainnet.tracker, Uint256(), 4319, far_limit()));
        state.ResumeTiming();
        benchmark::DoNotOptimize(payout_weights(mainnet.tracker, mainnet.tip(), 4319, far_limit()));
    }
}

void ancestor(benchmark::State& state) {
    Mainnet mainnet;
    mainnet.fill();
    tests::Random random;
    for (auto _ : state)
        benchmark::DoNotOptimize(mainnet.tracker.ancestor(mainnet.tip(), random.below(4320)));
}

}  // namespace

void register_tracker() {
    benchmark::RegisterBenchmark("tracker/add_all", add_all)->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("tracker/think_again", think_again)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("tracker/new_share", new_share)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("tracker/weights_of_next", weights_of_next)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("tracker/weights_from_nothing", weights_from_nothing)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("tracker/ancestor", ancestor);
}

}  // namespace bench
