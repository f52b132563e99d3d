#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace dash::submission {

/// A thread that does writes one after the other. One that fails (Error) is told, and done again until the disk takes
/// it; the later ones wait meanwhile, so that the order stays.
class DiskThread {
  public:
    explicit DiskThread(std::chrono::milliseconds pause = std::chrono::seconds(3));
    /// join()s.
    ~DiskThread();
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;

    /// From any thread, never waits for the disk.
    void post(std::function<void()> write);
    /// Does what is left, each write once at most, and ends the thread.
    void join();

  private:
    /// A few for each block under way, of which there is a bound: never reached but by a fault of ours. Then the oldest
    /// is given up.
    static constexpr std::size_t kMostWrites = 20'000;

    void run();
    bool done(const std::function<void()>& write);

    std::chrono::milliseconds pause_;
    std::mutex mutex_;
    std::condition_variable wakeup_;
    std::deque<std::function<void()>> writes_;  ///< bounded by kMostWrites
    bool ending_ = false;
    bool failing_ = false;  ///< of the thread
    std::thread thread_;
};

}  // namespace dash::submission
