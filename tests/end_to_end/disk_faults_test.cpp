#include <doctest/doctest.h>

#include <fstream>

#include "dash/util/sqlite.h"
#include "tests/end_to_end/scenarios.h"
#include "tests/support/http_page.h"
#include "tests/support/mounts.h"
#include "tests/support/needs.h"

// What disks do to the node, and what must hold then. docs/RELIABILITY.md lists all.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

const tests::Needs needs_mounts(tests::can_mount(),
                                "run it as root, and not in a chroot: it mounts file systems of its own");

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

}  // namespace

TEST_CASE("on a full disk the node mines on and says so, and with room again nothing is missing") {
    const tests::TemporaryFolder folder("p2pool-full");
    const fs::path data = folder.path() / "data";
    fs::create_directories(data);
    REQUIRE(tests::mount_small_disk(data, 16U << 20));
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
    REQUIRE(tests::mount_read_only(data));
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
