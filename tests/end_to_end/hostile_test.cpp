#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <vector>

#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"

using namespace end_to_end;
using std::chrono::seconds;

namespace {

std::string honest_user() {
    return miner_address(1) + "+0";
}

}  // namespace

TEST_CASE("bad clients get a clear answer or a clean drop, and the node mines on") {
    const tests::TemporaryFolder folder("p2pool-hostile");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    Miner honest(node.worker_port(), honest_user());
    CHECK(honest.mine_one());

    SUBCASE("a malformed line is answered") {
        tests::BlockingSocket client(node.worker_port());
        client.send("{this is not JSON\n");
        const auto line = client.read_line();
        REQUIRE(line.has_value());
        const nlohmann::json answer = nlohmann::json::parse(*line);
        CHECK(answer.at("result").is_null());
        CHECK(answer.at("error").is_array());
    }
    SUBCASE("a line of a megabyte ends the connection") {
        tests::BlockingSocket client(node.worker_port());
        try {
            client.send("{" + std::string(1 << 20, 'x'));
            client.send("\n");
        } catch (const std::runtime_error&) {
            // closed while we sent: as it should be
        }
        bool closed = false;
        for (int lines = 0; lines < 3 && !closed; ++lines)
            closed = !client.read_line().has_value();
        CHECK(closed);
    }
    SUBCASE("many connections that say nothing") {
        std::vector<std::unique_ptr<tests::BlockingSocket>> silent;
        for (int i = 0; i < 500; ++i)
            silent.push_back(std::make_unique<tests::BlockingSocket>(node.worker_port()));
        Miner late(node.worker_port(), honest_user());
        CHECK(late.mine_one());
    }
    CHECK(honest.mine_one());
    CHECK(node.process().stop() == 0);
}

TEST_CASE("a wrong RPC password is told, and tried again until it is right") {
    const tests::TemporaryFolder folder("p2pool-password");
    const auto daemon = make_simnet(folder.path());
    const std::vector<std::string> arguments = {(tests::program_dir() / "p2pool-dash").string(),
                                                "--net",
                                                "dash_regtest",
                                                "--datadir",
                                                (folder.path() / "data").string(),
                                                "--dashd-rpc-port",
                                                std::to_string(daemon->rpc().port()),
                                                "tester",
                                                "wrong"};
    tests::ChildProcess node(arguments, folder.path() / "node.log");
    node.wait_for_output("password", seconds(10));
    CHECK(node.running());
    CHECK(node.stop() == 0);
}

TEST_CASE("without dash.conf and password the node says what to write where") {
    const tests::TemporaryFolder folder("p2pool-noconf");
    const std::vector<std::string> arguments = {(tests::program_dir() / "p2pool-dash").string(), "--dashd-config-path",
                                                (folder.path() / "dash.conf").string()};
    tests::ChildProcess node(arguments, folder.path() / "node.log");
    CHECK(node.wait(seconds(10)) == 2);
    CHECK(node.output().find("dash configuration file not found") != std::string::npos);
    CHECK(node.output().find("rpcpassword=") != std::string::npos);
}

TEST_CASE("a port that is taken is told and ends the start") {
    const tests::TemporaryFolder folder("p2pool-port");
    const auto daemon = make_simnet(folder.path());
    const auto other_folder = folder.path() / "other";
    std::filesystem::create_directories(other_folder);
    NodeProcess first(*daemon, folder.path());
    first.wait_until_ready();
    NodeProcess second(*daemon, other_folder, {"-w", "127.0.0.1:" + std::to_string(first.worker_port())});
    CHECK(second.process().wait(seconds(20)) == 1);
    CHECK(second.process().output().find(std::to_string(first.worker_port())) != std::string::npos);
}
