// A browser, or something else, at the web pages of a node that mines.

#include <fstream>

#include "share_chain/network.h"
#include "tests/fuzz/socket_pair.h"
#include "tests/fuzz/target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/web/mining_state.h"
#include "web/site/site.h"

namespace {

/// All that outlives a request.
struct Node {
    tests::TemporaryFolder folder{"fuzz"};
    std::filesystem::path pages = folder.path() / "static";
    tests::ManualClock clock;
    web::NodeFacts facts = [this] {
        web::NodeFacts some;
        some.network = share_chain::find_network("dash_regtest");
        some.version = "test-1";
        some.started_at = clock.unix_seconds() - 100;
        some.payout_address = web_tests::kOperatorAddress;
        some.net_datadir = folder.path();
        return some;
    }();
    p2pool::options::SecurityConfigFile security{folder.path() / "security_config.json", clock};
    web::Store store{folder.path() / "p2pool.sqlite3"};
    web::Model model{facts, store, clock, [] { return web::Json::object(); }};
    web::Gate gate{security, clock};
    web::MinerLogin logins{*facts.network->parent, clock};

    Node() {
        std::filesystem::create_directory(pages);
        std::ofstream(pages / "index.html") << "<!doctype html>";
        const web_tests::MiningState state = web_tests::mining_state(facts, clock.unix_seconds());
        model.take(state.snapshot, state.happenings);
        for (const auto& block : state.blocks)
            model.take(block);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Node node;
    fuzz::Input input(data, size);
    const std::string ip = input.byte() % 2 == 0 ? "203.0.113.7" : "127.0.0.1";
    node.clock.advance(100);  // past what the limits count
    boost::asio::io_context io;
    web::EventHub events(io.get_executor());
    web::Site site(node.model, node.gate, node.logins, events, {.folder = node.pages, .vendor = {}, .own = true});
    web::HttpServer server(io, {}, [&](const web::Request& request) { return site.serve(request); });
    site.set_server(server);
    fuzz::SocketPair sockets(input.rest());
    server.take({sockets.take(), {}, ip});
    static_cast<void>(sockets.run(io));
    events.end_all();
    static_cast<void>(sockets.run(io));
    fuzz::require(server.counters().responses.count(500) == 0, "a page could not be made");
    return 0;
}
