#include <doctest/doctest.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <string>

#include "p2pool/node/node.h"
#include "p2pool/node/share_keeping.h"
#include "share_chain/store/share_files.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/sanitizer.h"
#include "tests/unit/store/made_chain.h"

// Far more shares on the disk than a chain needs.

namespace {

namespace fs = std::filesystem;
using namespace p2pool::node;
using Steady = std::chrono::steady_clock;

constexpr std::uint32_t kShares = 100'000;
/// Of what is in memory for a share.
constexpr std::size_t kMostBytesOfShare = 4'000;
constexpr std::size_t kMostLeftBytes = 30U << 20;

/// Without what the allocator holds for later.
std::size_t resident_bytes() {
    ::malloc_trim(0);
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t grown_since(std::size_t before) {
    const std::size_t now = resident_bytes();
    return now - std::min(before, now);
}

double seconds_since(Steady::time_point begin) {
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// The hashes that the archive's files list.
std::set<std::string> archived(const fs::path& folder) {
    std::set<std::string> hashes;
    if (!fs::exists(folder)) return hashes;
    for (const auto& file : fs::directory_iterator(folder)) {
        std::ifstream stream(file.path());
        for (std::string line; std::getline(stream, line);) {
            if (!line.empty() && line.front() != '#') hashes.insert(line.substr(0, line.find(' ')));
        }
    }
    return hashes;
}

/// A node on the stored shares, as at a start.
struct Started {
    Started(const p2pool::options::Settings& settings, const dash::Clock& clock)
        : store(open_share_store(settings)),
          node({.network = settings.network, .payout_hashes = {dash::Hash160{}}, .random_seed = 1}, clock) {
        load_shares(*store, node);
        node.settle();
    }

    std::unique_ptr<share_chain::store::ShareStore> store;
    Node node;
};

}  // namespace

TEST_CASE("a hundred thousand stored shares: a start of seconds, and only what is needed is kept") {
    const tests::TemporaryFolder folder("p2pool-stored");
    const share_chain::Network& network = *share_chain::find_network("dash_regtest");
    const std::size_t needed = 2 * network.chain_length + 10;
    tests::ManualClock clock;
    tests::Random random;
    INFO(random.how_to_repeat());
    p2pool::options::Settings settings;
    settings.network = &network;
    settings.net_datadir = folder.path() / "dash_regtest";
    fs::create_directories(settings.net_datadir);
    dash::Uint256 best;
    {
        const auto chain =
            tests::made_chain(network, kShares, static_cast<std::uint32_t>(clock.unix_seconds()) - 60, random);
        share_chain::store::ShareFileWriter writer(settings.net_datadir);
        for (const share_chain::SharePtr& share : chain)
            writer.add(*share, true);
        writer.finish();
        best = chain.back()->hash;
    }
    const auto importing = Steady::now();
    open_share_store(settings)->stop();
    const double import_took = seconds_since(importing);

    const std::size_t before = resident_bytes();
    std::size_t kept = 0;
    {
        const auto begin = Steady::now();
        Started start(settings, clock);
        const double took = seconds_since(begin);
        const std::size_t grown = grown_since(before);
        CHECK(start.node.tracker().size() == kShares);
        CHECK(start.node.best_share() == best);
        const auto pruning = Steady::now();
        start.node.maintain();
        const double pruned_in = seconds_since(pruning);
        kept = start.node.tracker().size();
        start.store->stop();  // writes the archive
        const std::size_t left = grown_since(before);
        MESSAGE("import ", import_took, " s, start ", took, " s, ", grown >> 20, " MiB; pruned in ", pruned_in,
                " s to ", kept, " shares, ", left >> 20, " MiB");
        CHECK(import_took < 120);
        CHECK(took < 120);
        CHECK(pruned_in < 30);
        CHECK(kept <= needed);
        CHECK(kept > network.chain_length);
        CHECK(start.node.best_share() == best);
        if (!tests::kSanitizer) {
            CHECK(grown < kShares * kMostBytesOfShare);
            CHECK(left < kMostLeftBytes);
        }
    }
    const std::set<std::string> gone = archived(settings.net_datadir / "share_archive");
    CHECK(gone.size() == kShares - kept);
    CHECK(gone.count(best.to_hex()) == 0);

    Started again(settings, clock);
    CHECK(again.node.tracker().size() == kept);
    CHECK(again.node.best_share() == best);
    again.store->stop();
}
