#include <doctest/doctest.h>

#include <thread>

#include "dash/primitives/target.h"
#include "dash/util/environment.h"
#include "tests/broadcast/neighbours.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/needs.h"

using namespace broadcast;
using end_to_end::Daemon;
using end_to_end::Found;
using end_to_end::Miner;
using end_to_end::miner_address;
using end_to_end::NodeProcess;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::string program() {
    return dash::environment("P2POOL_DASHD").value_or("");
}

const tests::Needs needs_dashd(!program().empty(),
                               "set P2POOL_DASHD=/path/to/dashd (Dash Core v23) to broadcast to real daemons");

constexpr std::size_t kNeighbours = 8;

/// The local dashd and neighbours that only the node connects to.
struct Network {
    Network() : daemon(end_to_end::make_dashd(folder.path())) {
        daemon->stop();
        neighbours = start_neighbours(program(), folder.path() / "dashd", folder.path(), kNeighbours);
        daemon->start();
        write_peer_file(folder.path() / "data" / "dash_regtest" / "broadcast_peers.json", neighbours,
                        "127.0.0.1:" + std::to_string(daemon->p2p_port()));
        start_node();
    }
    ~Network() {
        for (const auto& neighbour : neighbours)
            neighbour->thaw();
    }
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    void start_node() {
        node = std::make_unique<NodeProcess>(
            *daemon, folder.path(),
            std::vector<std::string>{"--broadcaster-max-peers", std::to_string(kNeighbours + 1),
                                     "--broadcaster-min-peers", std::to_string(kNeighbours), "--debug"});
        node->wait_until_ready();
    }
    void wait_for_connections() const {
        for (const auto& neighbour : neighbours) {
            node->process().wait_for_output("Broadcaster: CONNECTED to " + neighbour->address() + ":19899",
                                            seconds(30));
        }
    }
    /// Milliseconds until these have the block as their tip; nullopt: not all in time.
    [[nodiscard]] std::optional<double> time_to_tips(std::size_t first, std::size_t count, const Found& found,
                                                     std::chrono::steady_clock::time_point begin,
                                                     milliseconds patience = seconds(20)) const {
        const bool all = tests::wait_until(
            [&] {
                for (std::size_t i = first; i < first + count; ++i) {
                    if (neighbours[i]->tip() != found.hash.to_hex()) return false;
                }
                return true;
            },
            patience);
        if (!all) return std::nullopt;
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    }
    [[nodiscard]] bool daemon_has(const Found& found) const {
        return tests::wait_until(
            [&] { return daemon->rpc()("getbestblockhash").get<std::string>() == found.hash.to_hex(); }, seconds(30));
    }

    tests::TemporaryFolder folder{"p2pool-broadcast"};
    std::unique_ptr<Daemon> daemon;
    std::vector<std::unique_ptr<Neighbour>> neighbours;
    std::unique_ptr<NodeProcess> node;
};

Found find_block(Miner& miner) {
    return miner.search(dash::target_from_bits(0x2000ffff));
}

}  // namespace

TEST_CASE("a won block reaches eight real daemons, whatever happens to others") {
    Network network;
    network.wait_for_connections();
    for (const auto& neighbour : network.neighbours)
        CHECK(neighbour->rpc()("getpeerinfo").size() == 1);  // nobody but the node

    auto miner = std::make_unique<Miner>(network.node->worker_port(), miner_address(1) + "+0");
    const Found first = find_block(*miner);
    auto begin = std::chrono::steady_clock::now();
    static_cast<void>(miner->submit(first));
    const auto all = network.time_to_tips(0, kNeighbours, first, begin);
    INFO(network.node->process().output());
    REQUIRE(all);
    MESSAGE("all " << kNeighbours << " daemons after " << *all << " ms");
    CHECK(network.daemon_has(first));
    network.node->process().wait_for_output("Broadcaster: BROADCAST COMPLETE", seconds(15));
    network.node->process().wait_for_output("Success: 8/8 peers (100.0%)", seconds(5));
    network.node->process().wait_for_output("BLOCK SUBMISSION PIPELINE COMPLETE", seconds(5));

    // Half of them dead or frozen.
    network.neighbours[0]->kill();
    network.neighbours[1]->kill();
    network.neighbours[2]->freeze();
    network.neighbours[3]->freeze();
    miner->wait_for_block_after(first.header.previous_block);
    const Found second = find_block(*miner);
    CHECK(second.header.previous_block == first.hash);
    begin = std::chrono::steady_clock::now();
    static_cast<void>(miner->submit(second));
    const auto half = network.time_to_tips(4, 4, second, begin);
    REQUIRE(half);
    MESSAGE("the four that are left after " << *half << " ms");
    CHECK(*half < *all + 500);
    CHECK(network.daemon_has(second));

    // Nobody left, and dashd away: the block waits for dashd.
    miner->wait_for_block_after(second.header.previous_block);
    const Found third = find_block(*miner);
    for (std::size_t i = 4; i < kNeighbours; ++i)
        network.neighbours[i]->kill();
    network.daemon->stop();
    static_cast<void>(miner->submit(third));
    network.daemon->start();
    CHECK(network.daemon_has(third));

    // The node dies right after the win.
    miner->wait_for_block_after(third.header.previous_block, seconds(60));
    const Found fourth = find_block(*miner);
    network.daemon->stop();
    static_cast<void>(miner->submit(fourth));
    std::this_thread::sleep_for(milliseconds(200));
    network.node->process().kill();
    for (std::size_t i = 4; i < kNeighbours; ++i)
        network.neighbours[i]->start();
    for (std::size_t i = 4; i < kNeighbours; ++i)
        network.neighbours[i]->wait_until_up();
    network.daemon->start();
    miner.reset();
    network.start_node();
    CHECK(network.daemon_has(fourth));
    CHECK(network.node->process().stop() == 0);
    network.daemon->stop();
}
