#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "p2pool/options/option_table.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/blocking_socket.h"
#include "tests/support/vectors.h"

// What operators of the python node bring along: its data folder and its command line, as they are.

using namespace end_to_end;
namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::seconds;

namespace {

std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    return std::move(bytes).str();
}

/// What the files of a folder hold, by name.
std::map<std::string, std::string> content_of(const fs::path& folder) {
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::directory_iterator(folder))
        content[entry.path().filename()] = bytes_of(entry.path());
    return content;
}

/// Unpacks a data folder that the python node left behind a graceful stop; its net's folder.
fs::path unpack_datadir(const fs::path& folder) {
    const std::string archive = tests::recording_dir() / "python_datadir.tar.gz";
    REQUIRE(std::system(("tar -C '" + folder.string() + "' -xzf '" + archive + "'").c_str()) == 0);
    return folder / "dash_regtest";
}

json web_answer(const NodeProcess& node, const std::string& path) {
    tests::BlockingSocket socket(node.worker_port());
    socket.send("GET " + path + " HTTP/1.0\r\nHost: node\r\n\r\n");
    const std::string answer = socket.read_all();
    return json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
}

struct Ended {
    int exit_code = 0;
    std::string output;
};

Ended run_program(std::vector<std::string> words, const fs::path& output) {
    words.insert(words.begin(), (tests::program_dir() / "p2pool-dash").string());
    fs::remove(output);
    tests::ChildProcess process(words, output);
    const int exit_code = process.wait(seconds(60));
    return {exit_code, process.output()};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A long command line of the python node, with everything that changes nothing about this test's ports.
const std::vector<std::string>& python_command_line() {
    static const std::vector<std::string> words = {"--debug",
                                                   "--bench",
                                                   "--give-author",
                                                   "0.5",
                                                   "-f",
                                                   "1.5",
                                                   "-s=5",
                                                   "--iocp",
                                                   "--irc-announce",
                                                   "--no-bugreport",
                                                   "--disable-advert",
                                                   "--disable-upnp",
                                                   "--compact-on",
                                                   "--max-conns",
                                                   "20",
                                                   "--outgoing-conns=4",
                                                   "--external-ip",
                                                   "203.0.113.7",
                                                   "-n",
                                                   "127.0.0.1:1",
                                                   "-n127.0.0.1:2",
                                                   "--dashd-add",
                                                   "127.0.0.1",
                                                   "--broadcaster-max-peers",
                                                   "10",
                                                   "--broadcaster-min-peers",
                                                   "2",
                                                   "--disable-broadcaster"};
    return words;
}

}  // namespace

TEST_CASE("a data folder and a command line of the python node start unchanged") {
    const tests::TemporaryFolder folder("takeover");
    fs::create_directories(folder.path() / "data");
    const fs::path data = unpack_datadir(folder.path() / "data");
    const std::map<std::string, std::string> before = content_of(data);
    REQUIRE(before.count("shares.0") == 1);
    const std::size_t blocks = json::parse(before.at("block_history.json")).size();

    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path(), python_command_line());
    node.wait_until_ready();
    const std::string output = node.process().output();
    CHECK(contains(output, "importing the shares of the python node from " + (data / "shares.0").string()));
    CHECK(contains(output, "...imported 129 shares"));
    CHECK(contains(output, " 0 damaged lines passed over"));
    CHECK(contains(output, "Imported " + std::to_string(blocks) + " found blocks"));
    CHECK(contains(output, "--iocp is accepted, but has no effect"));
    CHECK(contains(output, "--irc-announce is accepted, but has no effect"));

    CHECK(web_answer(node, "/block_history").size() >= blocks);
    CHECK(web_answer(node, "/fee") == 1.5);
    CHECK(web_answer(node, "/node_info")["external_ip"] == "203.0.113.7");
    // Pages know the chain a moment later.
    CHECK(tests::wait_until([&] { return web_answer(node, "/local_stats").is_object(); }, seconds(30)));
    CHECK(web_answer(node, "/local_stats")["donation_proportion"] == 0.005);
    Miner miner(node.worker_port(), miner_address(7) + ".rig+0/0");
    CHECK(miner.mine_one());
    CHECK(node.process().stop(seconds(30)) == 0);

    // What both programs write is kept as it was; what only the other one reads is as it was.
    for (const auto& file : before) {
        const std::string& name = file.first;
        CAPTURE(name);
        const bool is_live = fs::exists(data / (name + ".before-import"));
        if (name != "ready_flag") CHECK(bytes_of(data / (is_live ? name + ".before-import" : name)) == file.second);
    }
    // A second start imports nothing twice.
    fs::remove(folder.path() / "node.log");
    NodeProcess again(*daemon, folder.path(), python_command_line());
    again.wait_until_ready();
    CHECK_FALSE(contains(again.process().output(), "importing the shares of the python node"));
    CHECK(web_answer(again, "/block_history").size() >= blocks);
    CHECK(again.process().stop(seconds(30)) == 0);
}

TEST_CASE("the way back: the python node's form of the shares, and its files") {
    const tests::TemporaryFolder folder("takeover");
    fs::create_directories(folder.path() / "data");
    const fs::path data = unpack_datadir(folder.path() / "data");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    CHECK(node.process().stop() == 0);
    const fs::path exported = folder.path() / "exported";
    const Ended ended = run_program(
        {"--net", "dash_regtest", "--datadir", (folder.path() / "data").string(), "--export-shares", exported.string()},
        folder.path() / "output");
    CHECK_MESSAGE(ended.exit_code == 0, ended.output);
    std::istringstream old_lines(bytes_of(data / "shares.0"));
    const std::string text = bytes_of(exported / "shares.0");
    std::size_t shares = 0;
    for (std::string line; std::getline(old_lines, line);) {
        if (line.rfind("5 ", 0) != 0) continue;
        CHECK(contains(text, line + "\n"));
        ++shares;
    }
    CHECK(shares == 129);
}

TEST_CASE("a command line that cannot be run ends the program with 2, and says why, for every option") {
    const tests::TemporaryFolder folder("takeover");
    const fs::path output = folder.path() / "output";
    for (const auto& option : p2pool::options::option_table()) {
        const std::string name = std::string("--") + option.name;
        CAPTURE(name);
        const bool is_switch = option.metavar == nullptr;
        const Ended ended = run_program({is_switch ? name + "=1" : name}, output);
        CHECK(ended.exit_code == 2);
        CHECK(ended.output.rfind("usage: p2pool-dash [options]", 0) == 0);
        CHECK(contains(ended.output, "\np2pool-dash: error: argument "));
        CHECK(contains(ended.output, name + (is_switch ? ": it takes no value\n" : ": expected one argument, ")));
    }
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"--no-such-option"}, {"--d"}, {"@no-such-file"}, {"a", "b", "c"}, {"--net", "litecoin", "p"}}) {
        CAPTURE(words.front());
        const Ended ended = run_program(words, output);
        CHECK(ended.exit_code == 2);
        CHECK(contains(ended.output, "p2pool-dash: error: "));
    }
    for (const char* question : {"--help", "--version", "-h"})
        CHECK(run_program({question}, output).exit_code == 0);
}
