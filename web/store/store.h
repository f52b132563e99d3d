#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "dash/util/sqlite.h"

namespace web {

/// The web side's tables in the node's SQLite file: graph_bins, found_blocks, hashrate_samples, difficulty_samples,
/// statistics_log, miner_settings, web_state. Reading is for the start; all writing is done by a thread of its own.
class Store {
  public:
    using Job = std::function<void(dash::sqlite::Database&)>;

    /// Throws ConfigError when the file cannot be used, or was written by a newer release.
    explicit Store(const std::filesystem::path& file);
    /// stop()s.
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// For reading, before start() only.
    [[nodiscard]] dash::sqlite::Database& database() { return database_; }
    void start();
    /// Hands over writes; they are done in order, several in one transaction, and again when the disk fails. From any
    /// thread, never waits for the disk.
    void post(Job job);
    /// Writes what was handed over, and ends the thread.
    void stop();

  private:
    /// While the disk fails, so much is kept; what is older is given up, and told.
    static constexpr std::size_t kMaxJobs = 5'000;

    void run();
    bool write(const std::deque<Job>& jobs);

    dash::sqlite::Database database_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable wakeup_;
    std::deque<Job> jobs_;  ///< bounded by kMaxJobs
    bool stopping_ = false;
    std::string problem_;  ///< told last; empty while all is well
};

}  // namespace web
