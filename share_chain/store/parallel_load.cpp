#include "share_chain/store/parallel_load.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "dash/util/error.h"

namespace share_chain::store {
namespace {

/// Shares of one thread that are worth starting it: some milliseconds.
constexpr std::size_t kWorthAThread = 200;

LoadedShare load_one(const TypedContents& typed, const Network& network) {
    try {
        return {load_share(typed, network), ""};
    } catch (const dash::Error& error) {
        return {nullptr, error.what()};
    }
}

}  // namespace

std::vector<LoadedShare> load_in_parallel(std::span<const TypedContents> batch, const Network& network) {
    std::vector<LoadedShare> loaded(batch.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < batch.size(); i = next++)
            loaded[i] = load_one(batch[i], network);
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
