#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <unordered_map>
#include <vector>

#include "tests/peer_network/raw_peer.h"
#include "tests/peer_network/world.h"
#include "tests/support/random.h"

// A node that comes with nothing gets the whole chain from those who have it.

namespace {

using p2pool::peers::ShareRequest;
using share_chain::SharePtr;
using tests::RawPeer;
using tests::SimulatedNode;
using tests::World;

constexpr std::uint32_t kJoinedChain = 500;
constexpr std::size_t kFullChain = 2 * kJoinedChain + 10;
/// A peer that is silent costs three seconds, and gets no second request soon.
constexpr double kJoinSeconds = 60;

struct Joining {
    Joining() : random(), world(random.u64(), kJoinedChain), store(world.history(kFullChain)) {
        tests::WireQuality slow;
        slow.bytes_per_second = 20'000;
        world.wires.set_quality(slow);
    }

    std::vector<std::string> serve(std::size_t nodes) {
        world.add_nodes(nodes, store, 0);
        std::vector<std::string> hosts;
        for (const auto& node : world.nodes())
            hosts.push_back(node->host());
        return hosts;
    }
    SimulatedNode& join(std::vector<std::string> permanent) {
        tests::NodeSetup setup;
        setup.permanent = std::move(permanent);
        SimulatedNode& joiner = world.add_node(std::move(setup));
        joiner.start();
        return joiner;
    }
    [[nodiscard]] bool has_all(const SimulatedNode& joiner) const {
        return joiner.best_share() == store.back()->hash && joiner.tracker().size() >= kFullChain - 10;
    }
    /// How long it took; throws when it took too long.
    double sync(const SimulatedNode& joiner, double patience = kJoinSeconds) {
        const double begin = world.simulation.now();
        if (!world.simulation.run_until([&] { return has_all(joiner); }, patience))
            throw std::runtime_error("not synced in time:\n" + world.bests());
        return world.simulation.now() - begin;
    }
    /// The shares that an honest node would answer with.
    [[nodiscard]] std::vector<SharePtr> answer(const ShareRequest& request) const {
        std::vector<SharePtr> line;
        dash::Uint256 next = request.hashes.at(0);
        while (line.size() <= request.parents) {
            const auto found = by_hash.find(next);
            if (found == by_hash.end()) break;
            line.push_back(found->second);
            next = found->second->previous_hash();
        }
        return line;
    }
    /// A raw peer that knows the chain, and does as `respond` says when it is asked for shares.
    std::unique_ptr<RawPeer> liar(std::function<void(RawPeer&, RawPeer::Link&, const ShareRequest&)> respond) {
        for (const SharePtr& share : store)
            by_hash.emplace(share->hash, share);
        auto peer = std::make_unique<RawPeer>(world, "30." + std::to_string(++last_liar) + ".0.1");
        peer->announce(store.back()->hash);
        peer->on_request([respond = std::move(respond), raw = peer.get()](
                             RawPeer::Link& link, const ShareRequest& request) { respond(*raw, link, request); });
        return peer;
    }

    tests::Random random;
    World world;
    std::vector<SharePtr> store;
    std::unordered_map<dash::Uint256, SharePtr> by_hash;
    int last_liar = 0;
};

TEST_CASE("several peers serve a joiner side by side, and faster than one") {
    Joining from_one;
    INFO(from_one.random.how_to_repeat());
    const double seconds_from_one = from_one.sync(from_one.join(from_one.serve(1)));
    Joining from_four;
    const std::vector<std::string> hosts = from_four.serve(4);
    const SimulatedNode& joiner = from_four.join(hosts);
    const double seconds_from_four = from_four.sync(joiner);
    INFO("from one peer ", seconds_from_one, " s, from four ", seconds_from_four, " s");
    CHECK(seconds_from_four < 0.6 * seconds_from_one);
    std::uint64_t total = 0;
    for (const std::string& host : hosts)
        total += from_four.world.wires.bytes_carried(host, joiner.host());
    for (const std::string& host : hosts)
        CHECK(from_four.world.wires.bytes_carried(host, joiner.host()) > total / 12);
    // What several send is hashed once, and little is sent twice.
    CHECK(joiner.shares_loaded() < kFullChain * 5 / 4);
}

TEST_CASE_FIXTURE(Joining, "the joiner's chain is verified and as good as theirs") {
    INFO(random.how_to_repeat());
    SimulatedNode& joiner = join(serve(3));
    sync(joiner);
    world.simulation.run_for(20);
    CHECK(joiner.height() >= kJoinedChain);
    const SharePtr share = joiner.find_share();
    CHECK(world.simulation.run_until([&] { return world.agrees(); }, 10));
    CHECK(world.node(0).best_share() == share->hash);
}

TEST_CASE_FIXTURE(Joining, "shares found meanwhile, and connections that break, do not keep it from it") {
    INFO(random.how_to_repeat());
    const std::vector<std::string> hosts = serve(4);
    for (const auto& node : world.nodes())
        node->mine(20);
    SimulatedNode& joiner = join(hosts);
    for (int i = 0; i < 6; ++i) {
        world.simulation.run_for(2);
        world.wires.break_connections(0.3);
    }
    world.simulation.run_for(kJoinSeconds);
    world.stop_mining();
    world.simulation.run_for(30);
    CHECK(joiner.tracker().contains(store.back()->hash));
    CHECK(joiner.height() >= kJoinedChain);
    CHECK(joiner.tracker().line(joiner.best_share()).height >= kFullChain - 10);
}

TEST_CASE_FIXTURE(Joining, "peers that withhold, shuffle, repeat or invent do not keep it from it") {
    INFO(random.how_to_repeat());
    std::vector<std::unique_ptr<RawPeer>> liars;
    bool loses_connection = false;
    SUBCASE("no answer at all") {
        liars.push_back(liar([](RawPeer&, RawPeer::Link&, const ShareRequest&) {}));
        loses_connection = true;
    }
    SUBCASE("empty answers") {
        liars.push_back(liar(
            [](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) { peer.reply(link, request, {}); }));
    }
    SUBCASE("only the share itself, whatever was asked") {
        liars.push_back(liar([this](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
            std::vector<SharePtr> line = answer(request);
            line.resize(std::min<std::size_t>(line.size(), 1));
            peer.reply(link, request, line);
        }));
    }
    SUBCASE("oldest first") {
        liars.push_back(liar([this](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
            std::vector<SharePtr> line = answer(request);
            std::reverse(line.begin(), line.end());
            peer.reply(link, request, line);
        }));
    }
    SUBCASE("in any order, some twice, some not") {
        liars.push_back(liar([this](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
            std::vector<SharePtr> line = answer(request);
            for (SharePtr& share : line) {
                if (world.simulation.happens(0.3)) share = line[world.simulation.random_below(line.size())];
            }
            std::shuffle(line.begin(), line.end(), world.simulation.random());
            peer.reply(link, request, line);
        }));
    }
    SUBCASE("another part of the chain") {
        liars.push_back(liar([this](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
            const std::size_t begin = world.simulation.random_below(store.size() - 50);
            peer.reply(link, request,
                       {store.begin() + static_cast<std::ptrdiff_t>(begin),
                        store.begin() + static_cast<std::ptrdiff_t>(begin + 50)});
        }));
    }
    SUBCASE("all of it, again and again") {
        liars.push_back(liar([this](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
            peer.reply(link, request, {store.rbegin(), store.rend()});
        }));
    }
    SUBCASE("very late") {
        liars.push_back(liar([this](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
            world.simulation.after(
                14, [&peer, &link, request, line = answer(request)] { peer.reply(link, request, line); });
        }));
    }
    SUBCASE("three of them together") {
        for (int i = 0; i < 3; ++i)
            liars.push_back(liar([](RawPeer& peer, RawPeer::Link& link, const ShareRequest& request) {
                peer.reply(link, request, {});
            }));
    }
    std::vector<std::string> hosts = serve(2);
    for (int i = 1; i <= last_liar; ++i)
        hosts.push_back("30." + std::to_string(i) + ".0.1");
    const SimulatedNode& joiner = join(hosts);
    sync(joiner);
    REQUIRE(liars.front()->link() != nullptr);
    if (loses_connection) {
        world.simulation.run_for(20);
        CHECK(liars.front()->links().front()->closed.has_value());
    }
}

TEST_CASE_FIXTURE(Joining, "orphans by the thousand do not keep it from it") {
    INFO(random.how_to_repeat());
    std::vector<std::string> hosts = serve(2);
    RawPeer flooder(world, "40.0.0.1");
    hosts.push_back("40.0.0.1");
    tests::SimulatedTimers timers(world.simulation);
    const auto timer = timers.make_timer();
    const std::function<void()> flood = [&] {
        std::vector<SharePtr> orphans;
        for (int i = 0; i < 50; ++i)
            orphans.push_back(tests::mine_orphan(world.network, *store.back(), world.simulation.random()));
        flooder.tell(orphans);
        timer->start(0.1, flood);
    };
    flood();
    const SimulatedNode& joiner = join(hosts);
    CHECK(world.simulation.run_until(
        [&] { return joiner.best_share() == store.back()->hash && joiner.height() >= kJoinedChain; }, kJoinSeconds));
    CHECK(joiner.tracker().size() > kJoinedChain + 500);  // they came
}

TEST_CASE_FIXTURE(Joining, "orphans that fill its memory before do not keep it from it") {
    INFO(random.how_to_repeat());
    world.wires.set_quality({});
    // Stands every check that needs no ancestor, and takes much room for little work.
    share_chain::Share model = *store.back();
    for (int i = 0; i < 50'000; ++i)
        model.contents.share_info.transaction_hash_refs.push_back({.share_count = 1, .tx_count = 0});
    RawPeer flooder(world, "40.0.0.1");
    tests::SimulatedTimers timers(world.simulation);
    const auto timer = timers.make_timer();
    const std::function<void()> flood = [&] {
        flooder.tell({tests::mine_orphan(world.network, model, world.simulation.random())});
        timer->start(0.2, flood);
    };
    flood();
    tests::NodeSetup setup;
    setup.permanent = {"40.0.0.1"};
    setup.most_loose_bytes = 8'000'000;
    SimulatedNode& joiner = world.add_node(std::move(setup));
    joiner.start();
    world.simulation.run_for(30);
    const std::size_t room_for_orphans = 8'000'000 / (2 * 100'000);
    REQUIRE(joiner.tracker().size() > room_for_orphans / 3);

    setup = {};
    setup.permanent = {joiner.host()};
    SimulatedNode& honest = world.add_node(std::move(setup));
    honest.load_store(store);
    honest.start();
    CHECK(world.simulation.run_until(
        [&] { return joiner.best_share() == store.back()->hash && joiner.height() >= kJoinedChain; }, kJoinSeconds));
    CHECK(joiner.most_shares_known() < kFullChain + room_for_orphans + 10);

    // And it follows: two shares at once, of which the newer comes first.
    for (int i = 0; i < 10; ++i) {
        (void)honest.find_share();
        const SharePtr last = honest.find_share();
        CHECK(world.simulation.run_until([&] { return joiner.best_share() == last->hash; }, 10));
    }
}

}  // namespace
