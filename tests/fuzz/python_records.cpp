// What the python node recorded for its pages, taken in, and then read at a start.

#include <array>
#include <fstream>

#include "share_chain/network.h"
#include "tests/fuzz/target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"
#include "web/model/model.h"
#include "web/store/python_import.h"

namespace {

constexpr std::array<const char*, 5> kFiles = {"graph_db", "stats", "block_history.json", "hashrate_samples.json",
                                               "net_diff_samples.json"};

struct Place {
    tests::TemporaryFolder folder{"fuzz"};
    web::Store store{folder.path() / "p2pool.sqlite3"};

    Place() { store.database().execute("PRAGMA synchronous = OFF"); }
    void clear() {
        for (const char* file : kFiles)
            std::filesystem::remove(folder.path() / file);
        store.database().execute(
            "DELETE FROM graph_bins; DELETE FROM found_blocks; DELETE FROM hashrate_samples;"
            "DELETE FROM difficulty_samples; DELETE FROM statistics_log; DELETE FROM web_state;");
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Place place;
    fuzz::Input input(data, size);
    const char* const name = kFiles[input.byte() % kFiles.size()];
    place.clear();
    std::ofstream(place.folder.path() / name, std::ios::binary) << input.text();
    static_cast<void>(import_python_records(place.store, place.folder.path()));
    tests::ManualClock clock;
    web::NodeFacts facts;
    facts.network = share_chain::find_network("dash_regtest");
    const web::Model model(facts, place.store, clock, [] { return web::Json(); });
    static_cast<void>(model.luck());
    return 0;
}
