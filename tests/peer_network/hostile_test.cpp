#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "tests/peer_network/raw_peer.h"
#include "tests/peer_network/world.h"
#include "tests/support/random.h"

// What one peer does wrong costs that peer; the others do not notice.

namespace {

using namespace p2pool::peers;
using share_chain::SharePtr;
using tests::RawPeer;
using tests::SimulatedNode;
using tests::World;

constexpr std::uint32_t kAttackedChain = 100;
constexpr std::size_t kAttackedNodes = 6;
constexpr std::size_t kMostLooseBytes = 1U << 20;
/// Three hops of at most 0.3 s, and the time to hash and verify.
constexpr double kSpreadSeconds = 3;

struct Attacked {
    Attacked() : random(), world(random.u64(), kAttackedChain), store(world.history(2 * kAttackedChain + 5)) {
        for (std::size_t i = 0; i < kAttackedNodes; ++i) {
            tests::NodeSetup setup;
            setup.permanent = {World::host((i + 1) % kAttackedNodes), World::host((i + 3) % kAttackedNodes)};
            setup.most_loose_bytes = kMostLooseBytes;
            world.add_node(std::move(setup)).load_store(store);
        }
        for (const auto& node : world.nodes())
            node->start();
        world.simulation.run_for(10);
        attacker.connect(victim().host());
        world.simulation.run_for(3);
        REQUIRE(attacker.open_links() == 1);
    }

    [[nodiscard]] SimulatedNode& victim() { return world.node(0); }
    [[nodiscard]] RawPeer::Link& link() { return *attacker.link(); }

    /// A share of the victim, and how long it takes to all others.
    [[nodiscard]] double spread_seconds() {
        const double begin = world.simulation.now();
        const SharePtr share = victim().find_share();
        const bool spread = world.simulation.run_until(
            [&] {
                return std::all_of(world.nodes().begin(), world.nodes().end(),
                                   [&](const auto& node) { return node->best_share() == share->hash; });
            },
            60);
        return spread ? world.simulation.now() - begin : 1e9;
    }
    /// Honest nodes keep all connections among themselves.
    [[nodiscard]] bool honest_nodes_are_connected() {
        return std::all_of(world.nodes().begin(), world.nodes().end(),
                           [](const auto& node) { return node->peers().peer_count() >= 3; });
    }
    [[nodiscard]] bool is_banned() {
        const std::size_t links = attacker.links().size();
        attacker.connect(victim().host());
        world.simulation.run_for(10);
        return attacker.links().size() > links && attacker.link()->closed.has_value() && !link().established;
    }
    /// A share that stands every check but those that need its ancestors.
    [[nodiscard]] SharePtr with(const SharePtr& share, std::function<void(share_chain::ShareContents&)> change) const {
        share_chain::ShareContents contents = share->contents;
        change(contents);
        return share_chain::make_share(std::move(contents), world.network);
    }
    void send_raw(std::string_view command, dash::ByteSpan payload) {
        attacker.send_frame(link(), dash::p2p::encode_frame(world.network.p2p_prefix, command, payload));
    }

    tests::Random random;
    World world;
    std::vector<SharePtr> store;
    RawPeer attacker{world, "40.0.0.1"};
};

TEST_CASE_FIXTURE(Attacked, "misbehaviour is a ban") {
    INFO(random.how_to_repeat());
    SUBCASE("a share without work") {
        share_chain::ShareContents contents = store.back()->contents;
        contents.share_info.bits = 0x03000001;
        attacker.send(link(),
                      Shares{.shares = {{.type = share_chain::kShareType, .contents = encode_contents(contents)}}});
    }
    SUBCASE("a share that is not what the rules dictate") {
        attacker.tell({with(store.back(), [](share_chain::ShareContents& contents) {
            contents.share_info.far_share_hash = dash::Uint256(5);
        })});
    }
    SUBCASE("a wrong checksum") {
        dash::Bytes frame = *make_frame(world.network.p2p_prefix, Ping{});
        frame[8 + 12 + 4] ^= 1;
        attacker.send_frame(link(), std::make_shared<const dash::Bytes>(std::move(frame)));
    }
    SUBCASE("a second handshake") {
        attacker.send(link(), Version{});
    }
    SUBCASE("a best block without work") {
        BestBlock block;
        block.header.bits = 0x1b00ffff;
        attacker.send(link(), block);
    }
    world.simulation.run_for(5);
    CHECK(link().closed.has_value());
    CHECK(is_banned());
    CHECK(spread_seconds() < kSpreadSeconds);
    CHECK(honest_nodes_are_connected());
    // An hour later it is forgiven.
    world.simulation.run_for(3600);
    CHECK(!is_banned());
}

TEST_CASE_FIXTURE(Attacked, "what cannot be read costs the connection and no ban") {
    INFO(random.how_to_repeat());
    SUBCASE("a share of random bytes") {
        attacker.send(link(), Shares{.shares = {{.type = share_chain::kShareType, .contents = random.bytes(500)}}});
    }
    SUBCASE("bytes behind a message") {
        send_raw("ping", random.bytes(1));
    }
    SUBCASE("a message that ends too early") {
        send_raw("addrme", random.bytes(1));
    }
    SUBCASE("a request without a hash") {
        attacker.send(link(), ShareRequest{});
    }
    SUBCASE("a transaction that was not remembered is to be forgotten") {
        attacker.send(link(), ForgetTx{.hashes = {dash::Uint256(7)}});
    }
    SUBCASE("a share that uses a transaction that nobody told") {
        attacker.tell({with(store.back(), [](share_chain::ShareContents& contents) {
            contents.share_info.new_transaction_hashes = {dash::Uint256(7)};
            contents.share_info.transaction_hash_refs = {{.share_count = 0, .tx_count = 0}};
        })});
    }
    world.simulation.run_for(5);
    CHECK(link().closed.has_value());
    CHECK(!is_banned());
    CHECK(spread_seconds() < kSpreadSeconds);
    CHECK(honest_nodes_are_connected());
}

TEST_CASE_FIXTURE(Attacked, "unknown commands and noise between messages are nothing") {
    INFO(random.how_to_repeat());
    for (int i = 0; i < 100; ++i) {
        send_raw("nonsense", random.bytes(random.below(1000)));
        attacker.send_frame(link(), std::make_shared<const dash::Bytes>(random.bytes(1 + random.below(100))));
        attacker.send(link(), Ping{});
    }
    world.simulation.run_for(10);
    CHECK(!link().closed.has_value());
    CHECK(spread_seconds() < kSpreadSeconds);
}

TEST_CASE_FIXTURE(Attacked, "shares whose parents nobody has take bounded memory, and go") {
    INFO(random.how_to_repeat());
    tests::SimulatedTimers timers(world.simulation);
    const auto timer = timers.make_timer();
    std::size_t sent = 0;
    const std::function<void()> flood = [&] {
        std::vector<SharePtr> orphans;
        for (int i = 0; i < 20; ++i)
            orphans.push_back(tests::mine_orphan(world.network, *store.back(), world.simulation.random()));
        sent += orphans.size();
        attacker.tell(orphans);
        timer->start(1, flood);
    };
    flood();
    for (int i = 0; i < 6; ++i) {
        world.simulation.run_for(30);
        CHECK(spread_seconds() < kSpreadSeconds);
        // It asks the attacker for the parents of every one, and is not kept from the honest ones' by that.
        CHECK(honest_nodes_are_connected());
    }
    const std::size_t smallest_share = 300;
    INFO(sent, " orphans sent, at most ", victim().most_shares_known(), " shares known");
    CHECK(sent > 3000);
    CHECK(victim().most_shares_known() < store.size() + 100 + kMostLooseBytes / smallest_share);
    CHECK(world.node(3).most_shares_known() < store.size() + 100);  // nobody passes them on

    timer->cancel();
    world.simulation.run_for(600);
    CHECK(victim().tracker().size() < store.size() + 100);
    CHECK(spread_seconds() < kSpreadSeconds);
}

TEST_CASE_FIXTURE(Attacked, "the same shares again and again are hashed once") {
    INFO(random.how_to_repeat());
    world.simulation.run_for(10);
    const std::size_t before = victim().shares_loaded();
    const std::vector<SharePtr> old(store.end() - 50, store.end());
    for (int i = 0; i < 200; ++i) {
        attacker.tell(old);
        world.simulation.run_for(0.2);
    }
    CHECK(victim().shares_loaded() - before <= old.size());
    CHECK(!link().closed.has_value());
    CHECK(spread_seconds() < kSpreadSeconds);
}

TEST_CASE_FIXTURE(Attacked, "who asks for more than he reads is dropped") {
    INFO(random.how_to_repeat());
    link().channel->set_reading(false);
    ShareRequest request;
    request.hashes = {store.back()->hash};
    request.parents = 1000;
    for (int i = 0; i < 1000; ++i)
        attacker.send(link(), request);
    world.simulation.run_for(10);
    CHECK(spread_seconds() < kSpreadSeconds);
    const auto status = victim().peers().status();
    CHECK(std::none_of(status.peers.begin(), status.peers.end(),
                       [](const PeerStatus& peer) { return peer.address.host() == "40.0.0.1"; }));
    CHECK(honest_nodes_are_connected());
}

TEST_CASE_FIXTURE(Attacked, "transactions that a peer wants remembered are bounded") {
    INFO(random.how_to_repeat());
    std::size_t sent = 0;
    while (sent < 4'000'000) {
        dash::Transaction transaction;
        transaction.outputs.push_back({.value_duffs = 1, .script = random.bytes(50'000)});
        const dash::Bytes bytes = transaction.serialize();
        sent += bytes.size();
        attacker.send(link(), RememberTx{.hashes = {},
                                         .transactions = {{.txid = transaction.txid(),
                                                           .bytes = std::make_shared<const dash::Bytes>(bytes)}}});
        world.simulation.run_for(0.1);
    }
    CHECK(link().closed.has_value());
    CHECK(is_banned());
    world.simulation.run_for(60);
    CHECK(victim().peers().status().transaction_bytes_known < 1'000'000);
    CHECK(spread_seconds() < kSpreadSeconds);
}

}  // namespace
