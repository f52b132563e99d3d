#include "p2pool/service/service_manager.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "tests/support/process.h"

namespace {

using p2pool::service::service_watchdog_time;
using p2pool::service::tell_service_manager;

/// Plays systemd, at a path or at an abstract name ("@…").
class Manager {
  public:
    explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~Manager() {
        ::close(socket_);
        ::unsetenv("NOTIFY_SOCKET");
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    [[nodiscard]] std::string received() const {
        std::array<char, 256> text{};
        const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
        return size < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(size));
    }

  private:
    int socket_;
};

}  // namespace

TEST_CASE("the service manager hears, by path and by abstract name") {
    const tests::TemporaryFolder folder("service-manager");
    for (const std::string& name :
         {(folder.path() / "notify").string(), "@p2pool-test-" + std::to_string(::getpid())}) {
        CAPTURE(name);
        const Manager manager(name);
        tell_service_manager("READY=1\nSTATUS=Waiting for dashd");
        CHECK(manager.received() == "READY=1\nSTATUS=Waiting for dashd");
        CHECK(manager.received() == "nothing");
    }
}

TEST_CASE("where nobody listens nothing happens") {
    tell_service_manager("READY=1");
    for (const std::string& name :
         {std::string("/no/such/socket"), std::string(300, 'x'), std::string("@"), std::string()}) {
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
        tell_service_manager("READY=1");
    }
    ::unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("the watchdog's time is that of this process only") {
    CHECK_FALSE(service_watchdog_time());
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    CHECK(service_watchdog_time() == std::chrono::seconds(60));
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(service_watchdog_time() == std::chrono::seconds(60));
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(service_watchdog_time());
    ::unsetenv("WATCHDOG_PID");
    ::setenv("WATCHDOG_USEC", "soon", 1);
    CHECK_FALSE(service_watchdog_time());
    ::unsetenv("WATCHDOG_USEC");
}
