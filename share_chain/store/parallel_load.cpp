#include "share_chain/store/parallel_load.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace share_chain::store {
namespace {

/// Shares of one thread that are worth starting it: some milliseconds.
constexpr std::size_t kWorthAThread = 200;

/// Shares that a thread takes at a time: several times as many as are hashed side by side.
constexpr std::size_t kSharesAtOnce = 64;

}  // namespace

std::vector<LoadedShare> load_in_parallel(std::span<const TypedContents> batch, const Network& network) {
    std::vector<LoadedShare> loaded(batch.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next.fetch_add(kSharesAtOnce); i < batch.size(); i = next.fetch_add(kSharesAtOnce)) {
            std::vector<LoadedShare> some =
                load_shares(batch.subspan(i, std::min(kSharesAtOnce, batch.size() - i)), network);
            std::move(some.begin(), some.end(), loaded.begin() + static_cast<std::ptrdiff_t>(i));
        }
    };
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::thread> helpers(std::min(cores - 1, batch.size() / kWorthAThread));
    for (std::thread& helper : helpers)
        helper = std::thread(work);
    work();
    for (std::thread& helper : helpers)
        helper.join();
    return loaded;
}

}  // namespace share_chain::store
