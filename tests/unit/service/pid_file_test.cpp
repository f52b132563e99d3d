#include "p2pool/service/pid_file.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <optional>

#include "dash/util/error.h"
#include "tests/support/process.h"

namespace {

using p2pool::service::PidFile;
using p2pool::service::running_process;
using p2pool::service::stop_process;
using p2pool::service::StopResult;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Another process, that holds the file; killed at the end.
class Holder {
  public:
    explicit Holder(const std::filesystem::path& file, bool deaf = false) : pid_(::fork()) {
        if (pid_ == 0) {
            std::signal(SIGTERM, deaf ? SIG_IGN : SIG_DFL);
            const PidFile held(file);
            for (;;)
                ::pause();
        }
        REQUIRE(tests::wait_until([&] { return running_process(file) == pid_; }, seconds(20)));
        reaper_ = std::thread([pid = pid_] { ::waitpid(pid, nullptr, 0); });
    }
    ~Holder() {
        ::kill(pid_, SIGKILL);
        reaper_.join();
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_;
    std::thread reaper_;
};

}  // namespace

TEST_CASE("a data folder belongs to one process at a time") {
    const tests::TemporaryFolder folder("pid-file");
    const auto file = folder.path() / "p2pool.pid";
    CHECK_FALSE(running_process(file));
    {
        const PidFile mine(file);
        CHECK(running_process(file) == ::getpid());
        const std::string pid = std::to_string(::getpid());
        CHECK_THROWS_WITH_AS(PidFile{file}, doctest::Contains(("process " + pid).c_str()), dash::ConfigError);
    }
    CHECK_FALSE(running_process(file));
    const PidFile again(file);
}

TEST_CASE("the number of a process that is dead, or was another's, means nothing") {
    const tests::TemporaryFolder folder("pid-file");
    const auto file = folder.path() / "p2pool.pid";
    std::ofstream(file) << "1\n";
    CHECK_FALSE(running_process(file));
    CHECK(stop_process(file, seconds(1)) == StopResult::kNotRunning);
    std::optional<Holder> holder(file);
    ::kill(holder->pid(), SIGKILL);
    CHECK(tests::wait_until([&] { return !running_process(file); }, seconds(20)));
    const PidFile mine(file);
}

TEST_CASE("a process is stopped, and waited for") {
    const tests::TemporaryFolder folder("pid-file");
    const auto file = folder.path() / "p2pool.pid";
    const Holder holder(file);
    CHECK(stop_process(file, seconds(20)) == StopResult::kStopped);
    CHECK_FALSE(running_process(file));
}

TEST_CASE("one that does not end is told") {
    const tests::TemporaryFolder folder("pid-file");
    const auto file = folder.path() / "p2pool.pid";
    const Holder holder(file, true);
    CHECK(stop_process(file, milliseconds(100)) == StopResult::kStillRunning);
    CHECK(running_process(file) == holder.pid());
}

TEST_CASE("a folder that cannot be written to is told with what to do") {
    CHECK_THROWS_WITH_AS(PidFile("/no/such/folder/p2pool.pid"), doctest::Contains("--datadir"), dash::ConfigError);
}
