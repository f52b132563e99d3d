#include "dash/util/log_queue.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace dash::log {
namespace {

constexpr std::chrono::milliseconds kLastPatience{2000};

Queue::Entry loss(std::size_t lines) {
    return {Level::kWarning, std::chrono::system_clock::now(),
            std::to_string(lines) + " lines are missing here: console or disk took none for too long.", false};
}

}  // namespace

/// Outlives the queue while its thread hangs in a write.
struct Queue::State {
    explicit State(Write given) : write(std::move(given)) {}

    Write write;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Entry> waiting;
    std::size_t bytes = 0;  ///< of the waiting ones
    std::size_t lost = 0;   ///< since the last that was taken
    std::uint64_t posted = 0;
    std::uint64_t written = 0;
    bool ending = false;
};

Queue::Queue(Write write)
    : state_(std::make_shared<State>(std::move(write))), thread_([state = state_] { run(state); }) {}

Queue::~Queue() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->changed.notify_all();
    if (wait(kLastPatience)) {
        thread_.join();
    } else {
        thread_.detach();
    }
}

void Queue::run(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    for (;;) {
        state->changed.wait(lock, [&state] { return state->ending || !state->waiting.empty(); });
        if (state->waiting.empty()) return;
        std::deque<Entry> entries = std::exchange(state->waiting, {});
        const std::uint64_t posted = state->posted;
        if (const std::size_t lost = std::exchange(state->lost, 0); lost > 0) entries.push_back(loss(lost));
        state->bytes = 0;
        lock.unlock();
        state->write(entries);
        lock.lock();
        state->written = posted;
        state->changed.notify_all();
    }
}

void Queue::post(std::vector<Entry> entries) {
    std::size_t bytes = 0;
    for (const Entry& entry : entries)
        bytes += sizeof(Entry) + entry.text.size();
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->bytes + bytes > kMostBytes) {
            state_->lost += entries.size();
            return;
        }
        state_->bytes += bytes;
        state_->posted += entries.size();
        for (Entry& entry : entries)
            state_->waiting.push_back(std::move(entry));
    }
    state_->changed.notify_all();
}

bool Queue::wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(state_->mutex);
    const std::uint64_t posted = state_->posted;
    return state_->changed.wait_for(lock, patience, [this, posted] { return state_->written >= posted; });
}

}  // namespace dash::log
