#include "p2pool/service/watchdog.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "dash/util/log.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

using p2pool::service::Watchdog;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace stall_test {

std::atomic<bool> go_on{false};

/// Its name must be in the stack.
__attribute__((noinline)) void wait_for_nobody() {
    const auto end = std::chrono::steady_clock::now() + seconds(30);
    while (!go_on && std::chrono::steady_clock::now() < end) {
    }
}

}  // namespace stall_test

namespace {

bool contains(const std::filesystem::path& file, const std::string& text) {
    return tests::read_text(file).find(text) != std::string::npos;
}

/// The log goes to a file while this lives. It must outlive the threads that write: configure() is not for their time.
class LogFile {
  public:
    explicit LogFile(const std::filesystem::path& path) { dash::log::configure({.console = false, .file = path}); }
    ~LogFile() { dash::log::configure({}); }
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;
};

/// Exit code of a child whose watchdog ends it; `set` says how.
template <typename Set>
int code_of_child(const std::filesystem::path& log, Set set) {
    const pid_t child = ::fork();
    if (child == 0) {
        dash::log::configure({.console = false, .file = log});
        Watchdog watchdog{seconds(30)};
        set(watchdog);
        for (;;)
            ::pause();
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("a stalled thread is told with its stack, and that it goes on") {
    const tests::TemporaryFolder folder("watchdog");
    const auto log = folder.path() / "log";
    const LogFile log_file(log);
    Watchdog watchdog{milliseconds(100)};
    std::thread helper([&log] {
        const bool told = tests::wait_until([&log] { return contains(log, "wait_for_nobody"); }, seconds(20));
        stall_test::go_on = true;
        CHECK(told);
    });
    stall_test::wait_for_nobody();
    helper.join();
    CHECK(contains(log, "> Watchdog timer went off at:"));
    CHECK(contains(log, "stall_test::wait_for_nobody()"));
    CHECK(tests::wait_until(
        [&] {
            watchdog.alive();
            return contains(log, "The node goes on after its stall.");
        },
        seconds(20)));
}

TEST_CASE("an end that does not come is made") {
    const tests::TemporaryFolder folder("watchdog");
    const auto log = folder.path() / "log";
    CHECK(code_of_child(log, [](Watchdog& watchdog) { watchdog.end_within(milliseconds(50)); }) == EXIT_FAILURE);
    CHECK(contains(log, "ended as it is"));
}

TEST_CASE("when all is done the program ends with its exit code, whoever still waits for something") {
    const tests::TemporaryFolder folder("watchdog");
    const auto log = folder.path() / "log";
    const auto finish = [](Watchdog& watchdog) {
        watchdog.end_within(seconds(30));
        dash::log::info("Stopped.");
        watchdog.finish_within(milliseconds(50), 7);
    };
    CHECK(code_of_child(log, finish) == 7);
    CHECK(contains(log, "Stopped."));
    CHECK_FALSE(contains(log, "ended as it is"));
}

TEST_CASE("an end in time is left alone") {
    Watchdog watchdog{seconds(30)};
    watchdog.end_within(seconds(30));
    watchdog.end_any_time();
}
