// A browser, or something else, at the web pages of a node that mines; a miner who signed in, too.

#include <fstream>

#include "share_chain/network.h"
#include "tests/fuzz/socket_pair.h"
#include "tests/fuzz/target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/web/message_key.h"
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
    web_tests::MessageKey miner{7};
    std::string token;

    Node() {
        store.database().execute("PRAGMA synchronous = OFF");
        std::filesystem::create_directory(pages);
        std::ofstream(pages / "index.html") << "<!doctype html>";
        const web_tests::MiningState state =
            web_tests::mining_state(facts, clock.unix_seconds(), miner.address() + ".rig9");
        model.take(state.snapshot, state.happenings);
        for (const auto& block : state.blocks)
            model.take(block);
    }
    /// The header that tells who the miner is.
    std::string session() {
        if (!logins.find(token)) {
            const std::string message = logins.challenge(miner.address(), "n").message;
            token = logins.sign_in(miner.address(), message, miner.sign(message)).token;
        }
        return "X-P2Pool-Session: " + token + "\r\n";
    }
};

/// What is sent: the input as it is, or its first line, headers that go with the rest, and the rest as the body.
std::string request_of(fuzz::Input input, bool is_whole, const std::string& header) {
    const std::string text(input.text());
    if (is_whole) {
        const std::size_t end = text.find('\n');
        return end == std::string::npos ? text : text.substr(0, end + 1) + header + text.substr(end + 1);
    }
    const std::string line(input.line());
    return line + " HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\n" + header +
           "Content-Length: " + std::to_string(input.text().size()) + "\r\n\r\n" + std::string(input.text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Node node;
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const std::string ip = choice % 2 == 0 ? "203.0.113.7" : "127.0.0.1";
    const bool signed_in = (choice & 2U) != 0;
    node.clock.advance(100);  // past what the limits count
    const std::string said = request_of(input, (choice & 4U) == 0, signed_in ? node.session() : std::string());
    boost::asio::io_context io;
    web::EventHub events(io.get_executor());
    web::Site site(node.model, node.gate, node.logins, events, {.folder = node.pages, .vendor = {}, .own = true});
    web::HttpServer server(io, {}, [&](const web::Request& request) { return site.serve(request); });
    site.set_server(server);
    fuzz::SocketPair sockets(dash::as_bytes(said));
    server.take({sockets.take(), {}, ip});
    static_cast<void>(sockets.run(io));
    events.end_all();
    static_cast<void>(sockets.run(io));
    fuzz::require(server.counters().responses.count(500) == 0, "a page could not be made");
    if (signed_in) fuzz::require(node.model.choose_settings(node.miner.hash(), {}), "no choice can be taken back");
    return 0;
}
