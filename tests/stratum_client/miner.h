#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "tests/stratum_client/session.h"

namespace stratum_client {

/// Threads that search for solutions of the sessions' jobs, turn by turn.
class Miner {
  public:
    /// Called on a mining thread; `is_block` when the hash also meets the block's target.
    using Found = std::function<void(Session& session, const Solution& solution, bool is_block)>;

    /// The sessions must live as long as the miner.
    Miner(const std::vector<std::unique_ptr<Session>>& sessions, std::size_t threads, bool roll_versions, Found found);
    ~Miner();
    Miner(const Miner&) = delete;
    Miner& operator=(const Miner&) = delete;

    [[nodiscard]] std::uint64_t hashes() const { return hashes_; }

  private:
    void run(std::size_t thread_index);
    void search(Session& session, std::uint64_t extranonce2);

    const std::vector<std::unique_ptr<Session>>& sessions_;
    std::size_t thread_count_;
    bool roll_versions_;
    Found found_;
    std::atomic<bool> stop_ = false;
    std::atomic<std::uint64_t> hashes_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace stratum_client
