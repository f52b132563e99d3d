#include "p2pool/service/watchdog.h"

#include <cxxabi.h>
#include <execinfo.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "dash/util/log.h"

namespace p2pool::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMostFrames = 64;
/// The thread may be in the kernel, deaf to signals.
constexpr milliseconds kStackPatience{2000};

/// Filled by the signal's handler, on the watched thread.
std::array<void*, kMostFrames> frames;
std::atomic<int> frame_count{-1};

void take_stack(int) {
    const int saved_errno = errno;
    frame_count = ::backtrace(frames.data(), kMostFrames);
    errno = saved_errno;
}

/// "program(_ZN…+0x12) [0x…]" with the name in words.
std::string readable(const std::string& symbol) {
    const std::size_t begin = symbol.find('(');
    const std::size_t end = symbol.find('+', begin);
    if (begin == std::string::npos || end == std::string::npos) return symbol;
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(symbol.substr(begin + 1, end - begin - 1).c_str(), nullptr, nullptr, &status), &std::free);
    return status == 0 ? symbol.substr(0, begin + 1) + name.get() + symbol.substr(end) : symbol;
}

std::vector<std::string> stack_of(pthread_t thread) {
    frame_count = -1;
    if (::pthread_kill(thread, SIGALRM) != 0) return {"(the thread has ended)"};
    const auto deadline = steady_clock::now() + kStackPatience;
    while (frame_count < 0 && steady_clock::now() < deadline)
        std::this_thread::sleep_for(milliseconds(1));
    if (frame_count < 0) return {"(the system does not let the thread answer: it may wait for a disk)"};
    const std::unique_ptr<char*, decltype(&std::free)> symbols(::backtrace_symbols(frames.data(), frame_count),
                                                               &std::free);
    std::vector<std::string> lines;
    for (int i = 0; symbols != nullptr && i < frame_count; ++i)
        lines.push_back(readable(symbols.get()[i]));
    return lines;
}

}  // namespace

class Watchdog::Impl {
  public:
    explicit Impl(milliseconds patience) : patience_(patience), watched_(::pthread_self()) {
        static_cast<void>(::backtrace(frames.data(), kMostFrames));  // loads what it needs now, not in the handler
        struct sigaction action {};
        action.sa_handler = take_stack;
        action.sa_flags = SA_RESTART;
        ::sigaction(SIGALRM, &action, nullptr);
        thread_ = std::thread([this] { watch(); });
    }
    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void alive() { last_alive_ = steady_clock::now(); }
    void set_end(std::optional<steady_clock::time_point> end, std::optional<int> exit_code = std::nullopt) {
        {
            const std::lock_guard lock(mutex_);
            ends_ = true;
            end_ = end;
            exit_code_ = exit_code;
        }
        wake_.notify_one();
    }

  private:
    void watch() {
        std::unique_lock lock(mutex_);
        while (!done_) {
            const auto step = std::max(milliseconds(1), std::min(milliseconds(1000), patience_ / 10));
            wake_.wait_for(lock, step);
            if (done_) return;
            if (end_ && steady_clock::now() > *end_) end_now();
            if (!ends_) look();
        }
    }

    void look() {
        const auto silent = steady_clock::now() - last_alive_.load();
        if (silent <= patience_) {
            if (std::exchange(told_, false)) dash::log::warning("The node goes on after its stall.");
            return;
        }
        if (std::exchange(told_, true)) return;
        dash::log::error("The node has stood still for ", std::chrono::duration<double>(silent).count(),
                         " seconds; miners wait. If it stays so, restart it, and report these lines:");
        tell_stack();
    }

    void tell_stack() const {
        dash::log::error("Watchdog timer went off at:");
        for (const std::string& line : stack_of(watched_))
            dash::log::error("    ", line);
        dash::log::flush();
    }

    [[noreturn]] void end_now() const {
        if (exit_code_) {
            dash::log::flush();
            std::_Exit(*exit_code_);
        }
        dash::log::error("The node does not come to an end; it is ended as it is. Please report these lines:");
        tell_stack();
        std::_Exit(EXIT_FAILURE);
    }

    milliseconds patience_;
    pthread_t watched_;
    std::atomic<steady_clock::time_point> last_alive_{steady_clock::now()};
    bool told_ = false;  ///< of the present stall
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;
    bool ends_ = false;
    std::optional<steady_clock::time_point> end_;
    std::optional<int> exit_code_;  ///< of an end after which nothing is lost
    std::thread thread_;
};

Watchdog::Watchdog(milliseconds patience) : impl_(std::make_unique<Impl>(patience)) {}

Watchdog::~Watchdog() = default;

void Watchdog::alive() {
    impl_->alive();
}

void Watchdog::end_within(milliseconds time) {
    impl_->set_end(steady_clock::now() + time);
}

void Watchdog::end_any_time() {
    impl_->set_end(std::nullopt);
}

void Watchdog::finish_within(milliseconds time, int exit_code) {
    impl_->set_end(steady_clock::now() + time, exit_code);
}

}  // namespace p2pool::service
