#include "dash/submission/disk_thread.h"

#include <utility>

#include "dash/util/error.h"
#include "dash/util/log.h"

namespace dash::submission {

DiskThread::DiskThread(std::chrono::milliseconds pause) : pause_(pause), thread_([this] { run(); }) {}

DiskThread::~DiskThread() {
    join();
}

void DiskThread::post(std::function<void()> write) {
    {
        const std::lock_guard lock(mutex_);
        writes_.push_back(std::move(write));
        if (writes_.size() > kMostWrites) writes_.pop_front();
    }
    wakeup_.notify_all();
}

void DiskThread::join() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wakeup_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void DiskThread::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wakeup_.wait(lock, [this] { return ending_ || !writes_.empty(); });
        if (writes_.empty()) return;
        const std::function<void()> write = std::move(writes_.front());
        writes_.pop_front();
        for (bool written = false; !written;) {
            const bool last_try = ending_;
            lock.unlock();
            written = done(write) || last_try;
            lock.lock();
            if (!written) wakeup_.wait_for(lock, pause_, [this] { return ending_; });
        }
    }
}

bool DiskThread::done(const std::function<void()>& write) {
    try {
        write();
        if (std::exchange(failing_, false)) log::info("Won blocks can be written to the disk again.");
        return true;
    } catch (const Error& error) {
        if (!std::exchange(failing_, true)) {
            log::error("A won block cannot be written to the disk, it could be lost if the node stopped now: ",
                       error.what(), ". Make room, and see that the node may write there");
        }
        return false;
    }
}

}  // namespace dash::submission
