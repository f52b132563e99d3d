#include <doctest/doctest.h>

#include <boost/asio/ip/tcp.hpp>
#include <ctime>
#include <fstream>
#include <list>
#include <nlohmann/json.hpp>

#include "dash/submission/journal.h"
#include "tests/end_to_end/world.h"
#include "tests/support/own_network.h"
#include "tests/unit/broadcaster/network_peers.h"
#include "tests/unit/broadcaster/test_block.h"

// Blocks that an earlier run won and could not deliver, and a dashd that is of no use.

using nlohmann::json;
using tests::NetworkPeers;

namespace {

constexpr std::uint16_t kRegtestPort = 19899;
constexpr int kPeers = 3;

std::string peer_address(int number) {
    return "127.0.8." + std::to_string(number);
}

/// Peers that an earlier run knew, and a block that it won.
void write_data_folder(const std::filesystem::path& folder, const dash::submission::WonBlock& block) {
    std::filesystem::create_directories(folder);
    const auto now = static_cast<double>(std::time(nullptr));
    json peers = json::object();
    for (int i = 1; i <= kPeers; ++i) {
        peers[peer_address(i) + ":" + std::to_string(kRegtestPort)] = {
            {"score", 100}, {"first_seen", now}, {"last_seen", now}, {"source", "p2p"}};
    }
    std::ofstream(folder / "broadcast_peers.json") << json{
        {"version", "1.0"}, {"last_updated", now}, {"bootstrapped", true}, {"local_dashd", ""}, {"peers", peers}};
    dash::submission::Journal(folder / "p2pool.sqlite3").add(block);
}

/// Takes connections for dashd, and says nothing.
class HangingDaemon final : public end_to_end::Daemon {
  public:
    explicit HangingDaemon(std::uint16_t rpc_port, std::uint16_t p2p_port) : Daemon(rpc_port, p2p_port) {}
    void start() override {
        for (const std::uint16_t port : {rpc().port(), p2p_port()})
            ports_.emplace_back(io_, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), port));
    }
    void stop() override { ports_.clear(); }
    void mine(int /*blocks*/) override {}

  private:
    boost::asio::io_context io_;
    std::list<boost::asio::ip::tcp::acceptor> ports_;
};

}  // namespace

TEST_CASE("blocks of an earlier run reach the peers before dashd has said a word") {
    tests::enter_own_network();
    const tests::TemporaryFolder folder("broadcast-restart");
    NetworkPeers peers(kRegtestPort);
    for (int i = 1; i <= kPeers; ++i)
        peers.add(peer_address(i), NetworkPeers::Manner::kHonest);
    const dash::submission::WonBlock block = tests::won(tests::block_of_size(9000));
    write_data_folder(folder.path() / "data" / "dash_regtest", block);
    HangingDaemon daemon(29'998, 29'999);
    SUBCASE("which is gone") {}
    SUBCASE("which hangs") {
        daemon.start();
    }
    end_to_end::NodeProcess node(daemon, folder.path(),
                                 {"--broadcaster-max-peers", "5", "--broadcaster-min-peers", "2"});
    CHECK(tests::wait_until([&] { return peers.with_block(block.hash) == kPeers; }, std::chrono::seconds(30)));
    CHECK(node.process().stop() == 0);
}
