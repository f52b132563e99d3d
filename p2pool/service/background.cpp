#include "p2pool/service/background.h"

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "dash/util/error.h"

namespace p2pool::service {
namespace {

/// The answer of the new process, or its end.
[[noreturn]] void wait_for_start(int listened) {
    char answer = 0;
    ssize_t size = 0;
    do {
        size = ::read(listened, &answer, 1);
    } while (size < 0 && errno == EINTR);
    std::_Exit(size == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

Background Background::enter() {
    std::array<int, 2> pipe{};
    std::fflush(nullptr);
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        throw dash::ConfigError("cannot start in the background: " + std::generic_category().message(errno));
    }
    const pid_t child = ::fork();
    if (child < 0) {
        throw dash::ConfigError("cannot start in the background: " + std::generic_category().message(errno));
    }
    if (child > 0) {
        ::close(pipe[1]);
        wait_for_start(pipe[0]);
    }
    ::close(pipe[0]);
    ::setsid();
    return Background(pipe[1]);
}

Background::Background(Background&& other) noexcept : told_(std::exchange(other.told_, -1)) {}

Background::~Background() {
    if (told_ >= 0) ::close(told_);
}

void Background::started() {
    if (told_ < 0) return;
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(nothing, stream);
    ::close(nothing);
    static_cast<void>(::write(told_, "+", 1));  // nobody may wait any more
    ::close(std::exchange(told_, -1));
}

}  // namespace p2pool::service
