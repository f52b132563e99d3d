#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>

namespace p2pool::service {

/// The file that tells which process uses a data folder. What counts is the lock on it (flock), which ends with the
/// process however that ends: a number left behind by a crash means nothing, and no process is ever known by its name.
class PidFile {
  public:
    /// Takes the lock and writes this process's number. Throws ConfigError when another process has it, or the file
    /// cannot be written.
    explicit PidFile(const std::filesystem::path& file);
    /// Empties the file and gives the lock back.
    ~PidFile();
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

  private:
    int descriptor_ = -1;
};

/// The process that holds the lock; nullopt when nobody does.
[[nodiscard]] std::optional<pid_t> running_process(const std::filesystem::path& file);

enum class StopResult { kStopped, kNotRunning, kStillRunning };

/// Asks the process that holds the lock to end (SIGTERM) and waits until it has.
[[nodiscard]] StopResult stop_process(const std::filesystem::path& file, std::chrono::milliseconds patience);

}  // namespace p2pool::service
