#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <vector>

#include "p2pool/stratum/messages.h"
#include "tests/unit/stratum/miner_fixture.h"
#include "tests/unit/stratum/port_fixture.h"

// These measure, and fail only when something is wrong by orders of magnitude: a loaded machine or a sanitizer is no
// error.
namespace {

using tests::Client;
using tests::MinerFixture;
using tests::Port;
using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

}  // namespace

TEST_CASE("a submit costs the node little beside its hash") {
    constexpr std::uint32_t kSubmits = 20'000;
    MinerFixture node;
    node.work.keeps_record = false;
    node.work.set_quality(100);
    const auto job = node.start(std::string(MinerFixture::kUser) + ".rig+1")[0].get<std::string>();
    std::vector<std::string> lines;
    for (std::uint32_t i = 0; i < kSubmits; ++i) {
        lines.push_back(
            R"({"id": 4, "method": "mining.submit", "params": ["yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEu.rig+1", ")" + job +
            R"(", "00000001", ")" + p2pool::stratum::hex32(node.time()) + R"(", ")" + p2pool::stratum::hex32(i) +
            "\"]}");
    }
    std::string out;
    double spent = 0;
    for (const std::string& line : lines) {
        node.clock.advance(0.01);
        const auto start = Clock::now();
        CHECK(node.miner->handle_line(line, out));
        spent += microseconds_since(start);
    }
    MESSAGE("submit: ", spent / kSubmits, " us, of which the fake hash takes a part");
    CHECK(std::count(out.begin(), out.end(), '\n') == kSubmits);
    CHECK(out.find("20,") == std::string::npos);
    CHECK(spent / kSubmits < 1000);
}

TEST_CASE("new work reaches a thousand connections quickly") {
    constexpr int kConnections = 1000;
    Port port;
    port.work.merkle_branch.assign(12, dash::Uint256(7));
    std::list<Client> miners;
    for (int i = 0; i < kConnections; ++i)
        miners.emplace_back(port).start("rig/" + std::to_string(i % 50 + 1));
    const auto start = Clock::now();
    port.new_event();
    port.drain();
    const double spent = microseconds_since(start);
    MESSAGE(kConnections, " connections with 50 payouts: the last one's new work is written after ", spent / 1000,
            " ms");
    for (Client& miner : miners)
        CHECK(miner.read("mining.notify")["params"][8] == true);
    CHECK(spent < 20e6);
}
