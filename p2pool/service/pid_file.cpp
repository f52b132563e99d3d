#include "p2pool/service/pid_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "dash/util/error.h"

namespace p2pool::service {
namespace {

constexpr mode_t kMode = 0644;
constexpr std::chrono::milliseconds kLookInterval{20};

/// Closes a descriptor at the end; a lock on it ends then.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

std::optional<pid_t> written_pid(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    pid_t pid = 0;
    if (size <= 0 || std::from_chars(text.data(), text.data() + size, pid).ec != std::errc() || pid <= 0) {
        return std::nullopt;
    }
    return pid;
}

bool lock(int descriptor) {
    return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

/// Who only looks whether somebody has the lock has it for a moment himself.
bool lock_patiently(int descriptor) {
    constexpr int kAttempts = 10;
    for (int i = 0; i < kAttempts; ++i) {
        if (lock(descriptor)) return true;
        std::this_thread::sleep_for(kLookInterval);
    }
    return false;
}

}  // namespace

PidFile::PidFile(const std::filesystem::path& file) {
    Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode));
    if (opened.get() < 0) {
        throw dash::ConfigError("cannot write " + file.string() + ": " + std::generic_category().message(errno) +
                                ". Check that the data folder is yours, or choose another with --datadir");
    }
    if (!lock_patiently(opened.get())) {
        const std::optional<pid_t> pid = written_pid(opened.get());
        throw dash::ConfigError("the data folder " + file.parent_path().string() + " is in use by " +
                                (pid ? "process " + std::to_string(*pid) : "another process") +
                                ": stop that one first (--stop), or choose another folder with --datadir");
    }
    const std::string text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(opened.get(), 0) != 0 ||
        ::pwrite(opened.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        throw dash::ConfigError("cannot write " + file.string() + ": " + std::generic_category().message(errno));
    }
    descriptor_ = opened.release();
}

PidFile::~PidFile() {
    static_cast<void>(::ftruncate(descriptor_, 0));  // the lock is what counts
    ::close(descriptor_);
}

std::optional<pid_t> running_process(const std::filesystem::path& file) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0 || lock(opened.get())) return std::nullopt;
    return written_pid(opened.get());
}

StopResult stop_process(const std::filesystem::path& file, std::chrono::milliseconds patience) {
    const std::optional<pid_t> pid = running_process(file);
    if (!pid) return StopResult::kNotRunning;
    ::kill(*pid, SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (running_process(file) == pid) {
        if (std::chrono::steady_clock::now() > deadline) return StopResult::kStillRunning;
        std::this_thread::sleep_for(kLookInterval);
    }
    return StopResult::kStopped;
}

}  // namespace p2pool::service
