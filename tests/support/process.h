#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

/// Programs under test as child processes.
namespace tests {

/// A folder that is removed with everything in it at the end.
class TemporaryFolder {
  public:
    explicit TemporaryFolder(const std::string& name);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// A running program; killed at the end if it still runs. Its output goes to a file.
class ChildProcess {
  public:
    /// `arguments[0]` is the program. Throws std::runtime_error when it cannot be started.
    ChildProcess(const std::vector<std::string>& arguments, std::filesystem::path output);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// SIGTERM; returns the exit code, or 128 + the signal that ended it. Kills it after `patience`.
    int stop(std::chrono::milliseconds patience = std::chrono::seconds(10));
    /// SIGKILL, as a power failure would.
    void kill();
    void send_signal(int signal) const;
    [[nodiscard]] bool running();
    /// Waits for the program to end by itself; throws std::runtime_error when it does not.
    int wait(std::chrono::milliseconds patience);

    [[nodiscard]] std::string output() const;
    /// Waits until the output holds the text; throws std::runtime_error that shows the output's end when it does not
    /// come.
    void wait_for_output(const std::string& text, std::chrono::milliseconds patience) const;
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    bool reap(bool block);

    pid_t pid_ = -1;
    int exit_code_ = -1;
    std::filesystem::path output_;
};

/// Ports of 127.0.0.1 that nobody listened on a moment ago, all different, and given to no other test while this
/// program runs.
[[nodiscard]] std::vector<std::uint16_t> free_ports(std::size_t count);

/// The folder that holds the programs of this build.
[[nodiscard]] std::filesystem::path program_dir();

/// Calls `condition` every 20 ms until it is true; false when `patience` ends first.
template <typename Condition>
bool wait_until(Condition condition, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

}  // namespace tests
