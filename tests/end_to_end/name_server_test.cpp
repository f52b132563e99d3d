#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "tests/end_to_end/scenarios.h"
#include "tests/support/http_page.h"
#include "tests/support/mounts.h"
#include "tests/support/needs.h"
#include "tests/support/own_network.h"

// Name servers that do not answer. docs/RELIABILITY.md lists all that may fail.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

const tests::Needs needs_name_server(tests::can_mount() && tests::enter_own_network(),
                                     "run it as root, and not in a chroot: it puts a name server of its own into a "
                                     "network of its own");

std::string user() {
    return miner_address(1) + "+0";
}

/// A name server that takes questions and never answers, for this process and its children.
class SilentNameServer {
  public:
    explicit SilentNameServer(const fs::path& folder) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        constexpr std::uint16_t kDnsPort = 53;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(kDnsPort);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        std::ofstream(folder / "resolv.conf") << "nameserver 127.0.0.1\n";
        works_ = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                 tests::mount_file_over(folder / "resolv.conf", "/etc/resolv.conf");
    }
    ~SilentNameServer() {
        if (works_) tests::unmount("/etc/resolv.conf");
        ::close(socket_);
    }
    SilentNameServer(const SilentNameServer&) = delete;
    SilentNameServer& operator=(const SilentNameServer&) = delete;

    [[nodiscard]] bool works() const { return works_; }
    [[nodiscard]] bool was_asked() const {
        char question = 0;
        return ::recv(socket_, &question, 1, MSG_DONTWAIT | MSG_PEEK) > 0;
    }

  private:
    int socket_;
    bool works_ = false;
};

}  // namespace

TEST_CASE("name servers that do not answer hold up neither start nor miners nor stop") {
    const tests::TemporaryFolder folder("p2pool-dns");
    const SilentNameServer names(folder.path());
    REQUIRE(names.works());
    const auto daemon = make_simnet(folder.path());
    {
        // A node that is told of others begins no share chain of its own: here it has one before.
        NodeProcess before(*daemon, folder.path());
        before.wait_until_ready();
        Miner miner(before.worker_port(), user());
        mine_block(*daemon, miner);
        CHECK(before.process().stop() == 0);
    }
    CHECK_FALSE(names.was_asked());
    fs::rename(folder.path() / "node.log", folder.path() / "before.log");
    NodeProcess node(*daemon, folder.path(), {"-n", "pool.example.org:8999"});
    node.wait_until_ready();
    CHECK(tests::wait_until([&] { return names.was_asked(); }, seconds(20)));
    Miner miner(node.worker_port(), user());
    for (int i = 0; i < 3; ++i)
        mine_block(*daemon, miner);
    CHECK(tests::http_page(node.worker_port(), "/web/version").find('"') != std::string::npos);
    CHECK(node.process().stop(seconds(8)) == 0);
}
