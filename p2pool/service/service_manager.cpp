#include "p2pool/service/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "dash/util/environment.h"

namespace p2pool::service {
namespace {

std::optional<long long> number_of(const char* variable) {
    const auto text = dash::environment(variable);
    if (!text) return std::nullopt;
    return std::strtoll(text->c_str(), nullptr, 10);
}

}  // namespace

void tell_service_manager(const std::string& state) {
    const std::string name = dash::environment("NOTIFY_SOCKET").value_or("");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() < 2 || name.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return;
    // Whoever does not listen misses it.
    static_cast<void>(
        ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size));
    ::close(socket);
}

std::optional<std::chrono::microseconds> service_watchdog_time() {
    const auto time = number_of("WATCHDOG_USEC");
    if (!time || *time <= 0 || number_of("WATCHDOG_PID").value_or(::getpid()) != ::getpid()) return std::nullopt;
    return std::chrono::microseconds(*time);
}

}  // namespace p2pool::service
