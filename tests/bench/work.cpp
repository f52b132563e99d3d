#include <array>

#include "dash/rpc/block_template.h"
#include "dash/util/clock.h"
#include "p2pool/work/job_builder.h"
#include "tests/bench/bench.h"
#include "tests/bench/mainnet_chain.h"
#include "tests/support/vectors.h"

// What a new block template costs on a full share chain until every payout address has its job.

namespace bench {
namespace {

/// As hard as Dash: the whole chain is paid.
constexpr std::uint32_t kBlockBits = 0x1b00ffff;

dash::Hash160 address(std::uint64_t number) {
    dash::Hash160 hash{};
    for (std::size_t i = 0; i < 8; ++i)
        hash[i] = static_cast<std::uint8_t>(number >> 8 * i);
    return hash;
}

class FullChain {
  public:
    FullChain() : tracker_(mainnet_chain().network, trusting()) {
        for (const share_chain::SharePtr& share : mainnet_chain().load()) {
            tracker_.add(share, 0);
            tracker_.trust(share->hash);
            tip_ = share->hash;
        }
    }

    [[nodiscard]] const share_chain::Tracker& tracker() const { return tracker_; }
    [[nodiscard]] const dash::Uint256& tip() const { return tip_; }

  private:
    static share_chain::TrackerEnvironment trusting() {
        share_chain::TrackerEnvironment environment;
        environment.check = [](const share_chain::Tracker&, const share_chain::Share&) {};
        return environment;
    }

    share_chain::Tracker tracker_;
    dash::Uint256 tip_;
};

void new_template(benchmark::State& state) {
    static const FullChain kChain;
    auto block = dash::rpc::parse_block_template(tests::load_recording("gbt/20_mempool_txs_dependents_h670.json"));
    block.bits = kBlockBits;
    const double now = dash::system_clock().unix_seconds();
    p2pool::work::JobBuilder builder(kChain.tracker(), 1);
    for (auto _ : state) {
        p2pool::work::JobRequest request;
        request.work_template = p2pool::work::make_work_template(block, kChain.tracker().network(), 0);
        request.best_share = kChain.tip();
        request.now = now;
        for (std::int64_t i = 0; i < state.range(0); ++i) {
            request.pubkey_hash = address(static_cast<std::uint64_t>(i));
            benchmark::DoNotOptimize(builder.build(request));
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace

void register_work() {
    benchmark::RegisterBenchmark("work/new_template", new_template)
        ->ArgName("payout_addresses")
        ->Arg(1)
        ->Arg(50)
        ->Arg(1000)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace bench
