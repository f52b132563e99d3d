#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "dash/util/sqlite.h"
#include "tests/end_to_end/scenarios.h"
#include "tests/end_to_end/stepped_clock.h"
#include "tests/support/http_page.h"
#include "tests/support/mounts.h"
#include "tests/support/own_network.h"
#include "tests/support/sanitizer.h"
#include "tests/support/vectors.h"

// What the machine does to the node, and what must hold then. docs/RELIABILITY.md lists all.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t place = text.find(part); place != std::string::npos; place = text.find(part, place + 1))
        ++found;
    return found;
}

std::string user() {
    return miner_address(1) + "+0";
}

std::int64_t rows(const fs::path& datadir, const std::string& table) {
    dash::sqlite::Database database(datadir / "dash_regtest" / "p2pool.sqlite3");
    auto select = database.prepare("SELECT COUNT(*) FROM " + table);
    return select.step() ? select.integer(0) : -1;
}

/// Leaves not a byte of room.
void fill(const fs::path& file) {
    std::ofstream stream(file, std::ios::binary);
    const std::string block(4096, 'x');
    while (stream << block << std::flush) {
    }
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

/// What the newest bins of a graph count.
double newest(const NodeProcess& node, const std::string& stream) {
    const auto bins =
        nlohmann::json::parse(tests::http_page(node.worker_port(), "/web/graph_data/" + stream + "/last_hour"));
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i)
        sum += bins.at(i).at(1).is_number() ? bins.at(i).at(1).get<double>() : 0;
    return sum;
}

}  // namespace

TEST_CASE("on a full disk the node mines on and says so, and with room again nothing is missing") {
    const tests::TemporaryFolder folder("p2pool-full");
    const fs::path data = folder.path() / "data";
    fs::create_directories(data);
    if (!tests::mount_small_disk(data, 16U << 20)) {
        MESSAGE("mounting a small disk is not allowed here: not tested");
        return;
    }
    {
        const auto daemon = make_simnet(folder.path());
        NodeProcess node(*daemon, folder.path());
        node.wait_until_ready();
        Miner miner(node.worker_port(), user());
        mine_block(*daemon, miner);
        CHECK(tests::wait_until([&] { return rows(data, "shares") == 1; }, seconds(20)));

        fill(data / "ballast");
        std::vector<std::string> won;
        for (int i = 0; i < 5; ++i)
            won.push_back(mine_block(*daemon, miner).hash.to_hex());
        node.process().wait_for_output("Shares cannot be stored", seconds(20));
        node.process().wait_for_output("A won block cannot be written to the disk", seconds(20));
        CHECK(rows(data, "shares") == 1);
        Miner late(node.worker_port(), user());
        CHECK(late.mine_one());
        CHECK(contains(tests::http_page(node.worker_port(), "/web/version"), "\""));

        fs::remove(data / "ballast");
        const auto shares = [&] { return static_cast<std::int64_t>(count(node.process().output(), "GOT SHARE!")); };
        CHECK(shares() >= 6);
        CHECK(tests::wait_until([&] { return rows(data, "shares") == shares(); }, seconds(30)));
        CHECK(tests::wait_until([&] { return rows(data, "won_blocks") >= 6; }, seconds(30)));
        won.push_back(mine_block(*daemon, miner).hash.to_hex());
        CHECK(node.process().stop() == 0);
        dash::sqlite::Database database(data / "dash_regtest" / "p2pool.sqlite3");
        for (const std::string& hash : won) {
            CAPTURE(hash);
            CHECK(database.prepare("SELECT 1 FROM won_blocks WHERE hash = ?").bind(std::string_view(hash)).step());
        }
    }
    tests::unmount(data);
}

TEST_CASE("a data folder that cannot be written is told, with what to do, and ends the start") {
    const tests::TemporaryFolder folder("p2pool-readonly");
    const fs::path data = folder.path() / "data";
    fs::create_directories(data / "dash_regtest");
    if (!tests::mount_read_only(data)) {
        MESSAGE("mounting is not allowed here: not tested");
        return;
    }
    const auto daemon = make_simnet(folder.path());
    for (const fs::path& place : {data, data / "new"}) {
        CAPTURE(place);
        const fs::path output = folder.path() / "output";
        fs::remove(output);
        tests::ChildProcess node(node_command(*daemon, place, free_node_ports(), {}), output);
        CHECK(node.wait(seconds(20)) == 1);
        CHECK(contains(node.output(), place.string()));
        CHECK(contains(node.output(), "Read-only file system"));
        CHECK(contains(node.output(), "--datadir"));
    }
    tests::unmount(data);
}

TEST_CASE("name servers that do not answer hold up neither start nor miners nor stop") {
    const tests::TemporaryFolder folder("p2pool-dns");
    if (!tests::enter_own_network()) {
        MESSAGE("a network of one's own is not allowed here: not tested");
        return;
    }
    const SilentNameServer names(folder.path());
    if (!names.works()) {
        MESSAGE("a name server of one's own is not allowed here: not tested");
        return;
    }
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
    CHECK(contains(tests::http_page(node.worker_port(), "/web/version"), "\""));
    CHECK(node.process().stop(seconds(8)) == 0);
}

TEST_CASE("steps of the clock by an hour stop no jobs, ban no peer and break no graph") {
    if (SteppedClock::library().empty() || tests::kSanitizer) {
        MESSAGE("libfaketime is not there (package faketime), or does not go with the sanitizer: not tested");
        return;
    }
    const tests::TemporaryFolder folder("p2pool-clock");
    fs::create_directories(folder.path() / "other");
    const auto daemon = make_simnet(folder.path());
    NodeProcess other(*daemon, folder.path() / "other");
    other.wait_until_ready();
    const SteppedClock clock(folder.path());
    NodeProcess node(*daemon, folder.path(), {"-n", "127.0.0.1:" + std::to_string(other.p2p_port())});
    node.wait_until_ready();
    Miner miner(node.worker_port(), user());
    mine_block(*daemon, miner);
    const auto best = [](const NodeProcess& of) { return tests::http_page(of.worker_port(), "/web/best_share_hash"); };
    for (const int step : {3600, 0, -3600, 0}) {
        CAPTURE(step);
        clock.set(step);
        for (int i = 0; i < 3; ++i)
            mine_block(*daemon, miner);
        follow_a_foreign_block(*daemon, node);
        Miner late(node.worker_port(), user());
        mine_block(*daemon, late);
        CHECK(tests::wait_until([&] { return best(node) == best(other); }, seconds(30)));
        CHECK(tests::wait_until([&] { return newest(node, "local_hash_rate") > 0; }, seconds(20)));
        CHECK(nlohmann::json::parse(tests::http_page(node.worker_port(), "/peer_list")).size() == 1);
    }
    for (NodeProcess* process : {&node, &other}) {
        CHECK_FALSE(contains(process->process().output(), "anned"));
        CHECK_FALSE(contains(process->process().output(), "LOST CONTACT"));
        CHECK(process->process().stop() == 0);
    }
}
