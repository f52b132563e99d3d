// What the python node recorded for its pages, taken in, read at a start, and shown.

#include <array>
#include <boost/asio/io_context.hpp>
#include <fstream>

#include "share_chain/network.h"
#include "tests/fuzz/target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"
#include "web/site/site.h"
#include "web/store/python_import.h"

namespace {

constexpr std::array<const char*, 5> kFiles = {"graph_db", "stats", "block_history.json", "hashrate_samples.json",
                                               "net_diff_samples.json"};
constexpr std::array<const char*, 9> kPages = {
    "/block_history",    "/recent_blocks",      "/luck_stats", "/hashrate_samples",
    "/net_diff_samples", "/network_difficulty", "/web/log",    "/web/graph_data/peers/last_day",
    "/api/v1/blocks"};

/// All that outlives an input.
struct Place {
    tests::TemporaryFolder folder{"fuzz"};
    tests::ManualClock clock;
    web::NodeFacts facts;
    p2pool::options::SecurityConfigFile security{folder.path() / "security_config.json", clock};
    web::Gate gate{security, clock};
    web::Store store{folder.path() / "p2pool.sqlite3"};

    Place() {
        facts.network = share_chain::find_network("dash_regtest");
        facts.net_datadir = folder.path();
        store.database().execute("PRAGMA synchronous = OFF");
    }
    void clear() {
        for (const char* file : kFiles)
            std::filesystem::remove(folder.path() / file);
        store.database().execute(
            "DELETE FROM graph_bins; DELETE FROM found_blocks; DELETE FROM hashrate_samples;"
            "DELETE FROM difficulty_samples; DELETE FROM statistics_log; DELETE FROM web_state;");
    }
};

void show(web::Model& model, Place& place) {
    boost::asio::io_context io;
    web::EventHub events(io.get_executor());
    web::MinerLogin logins(*place.facts.network->parent, place.clock);
    web::Site site(model, place.gate, logins, events, {.folder = place.folder.path() / "static", .vendor = {}});
    for (const char* const target : kPages) {
        web::Request request;
        request.method = "GET";
        request.target = target;
        request.ip = "127.0.0.1";
        fuzz::require(parse_target(target, request), "a page's name cannot be read");
        fuzz::require(site.serve(request)->response().status == 200, "a page is not shown");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Place place;
    fuzz::Input input(data, size);
    const char* const name = kFiles[input.byte() % kFiles.size()];
    place.clear();
    std::ofstream(place.folder.path() / name, std::ios::binary) << input.text();
    static_cast<void>(import_python_records(place.store, place.folder.path()));
    web::Model model(place.facts, place.store, place.clock, [] { return web::Json::object(); });
    show(model, place);
    return 0;
}
