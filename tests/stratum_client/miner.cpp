#include "tests/stratum_client/miner.h"

#include <chrono>

#include "dash/primitives/target.h"

namespace stratum_client {
namespace {

// One turn for a session: long enough that building the header does not count, short enough that all get a turn.
constexpr std::uint32_t kHashesPerTurn = 20'000;
constexpr std::uint32_t kHashesBetweenLooks = 64;
constexpr auto kIdle = std::chrono::milliseconds(5);

}  // namespace

Miner::Miner(const std::vector<std::unique_ptr<Session>>& sessions, std::size_t threads, bool roll_versions,
             Found found)
    : sessions_(sessions), thread_count_(threads), roll_versions_(roll_versions), found_(std::move(found)) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this, i] { run(i); });
}

Miner::~Miner() {
    stop_ = true;
    for (std::thread& thread : threads_)
        thread.join();
}

void Miner::run(std::size_t thread_index) {
    // No two turns share a value: threads count in steps of their number.
    std::uint64_t extranonce2 = thread_index;
    while (!stop_) {
        bool worked = false;
        for (std::size_t i = 0; i < sessions_.size() && !stop_; ++i) {
            Session& session = *sessions_[(i + thread_index) % sessions_.size()];
            if (!session.has_work()) continue;
            worked = true;
            search(session, extranonce2);
            extranonce2 += thread_count_;
        }
        if (!worked) std::this_thread::sleep_for(kIdle);
    }
}

void Miner::search(Session& session, std::uint64_t extranonce2) {
    const std::uint64_t version = session.work_version();
    const std::shared_ptr<const Work> work = session.work();
    if (!work) {
        std::this_thread::sleep_for(kIdle);
        return;
    }
    const dash::Uint256 block_target = dash::target_from_bits(work->job.bits);
    Candidate candidate(*work, extranonce2, roll_versions_ ? version_bits_for(extranonce2) : 0);
    std::uint32_t nonce = 0;
    for (; nonce < kHashesPerTurn; ++nonce) {
        if (nonce % kHashesBetweenLooks == 0 && (stop_ || session.work_version() != version)) break;
        const dash::Uint256 hash = candidate.hash(nonce);
        if (hash <= work->target || hash <= block_target)
            found_(session, candidate.solution(nonce), hash <= block_target);
    }
    hashes_ += nonce;
}

}  // namespace stratum_client
