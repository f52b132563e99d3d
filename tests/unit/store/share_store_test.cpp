#include "share_chain/store/share_store.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "dash/submission/journal.h"
#include "dash/util/error.h"
#include "dash/util/sqlite.h"
#include "share_chain/store/share_files.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
#include "tests/support/regtest.h"
#include "tests/support/vectors.h"
#include "tests/unit/store/made_chain.h"

namespace {

namespace fs = std::filesystem;
using namespace share_chain::store;
using dash::Uint256;
using dash::sqlite::Database;
using share_chain::SharePtr;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Stored {
    std::vector<SharePtr> shares;
    std::vector<bool> verified;
    Counts counts;
};

std::vector<Uint256> hashes_of(const std::vector<SharePtr>& shares) {
    std::vector<Uint256> hashes;
    for (const SharePtr& share : shares)
        hashes.push_back(share->hash);
    return hashes;
}

/// A folder, a chain, and stores that open one after another.
struct Place {
    tests::TemporaryFolder folder{"p2pool-store"};
    fs::path file = folder.path() / "p2pool.sqlite3";
    tests::ManualClock clock;
    tests::Random random;
    std::vector<SharePtr> chain = tests::made_chain(tests::regtest(), 60, 1'700'000'000, random);

    [[nodiscard]] StoreSettings settings() const {
        StoreSettings settings;
        settings.file = file;
        settings.archive = folder.path() / "share_archive";
        settings.network = &tests::regtest();
        settings.schedule = {.gather = milliseconds(5), .retry = milliseconds(20), .cleanup = seconds(60)};
        return settings;
    }
    [[nodiscard]] Stored load() const {
        Stored stored;
        ShareStore store(settings(), clock);
        stored.counts = store.load([&](SharePtr share, bool verified) {
            stored.shares.push_back(std::move(share));
            stored.verified.push_back(verified);
            return true;
        });
        return stored;
    }
    void fill() const {
        ShareStore store(settings(), clock);
        store.start();
        for (const SharePtr& share : chain)
            store.add(share);
        store.mark_verified(hashes_of(chain));
    }
    [[nodiscard]] std::int64_t count(const std::string& where = "1") const {
        auto select = Database(file).prepare("SELECT count(*) FROM shares WHERE " + where);
        return select.step() ? select.integer(0) : -1;
    }
    [[nodiscard]] std::vector<fs::path> archives() const {
        std::vector<fs::path> files;
        if (!fs::exists(settings().archive)) return files;
        for (const auto& entry : fs::directory_iterator(settings().archive))
            files.push_back(entry.path());
        return files;
    }
};

/// While it lives, no file of this process can grow beyond so many bytes: a disk that is full.
class SmallDisk {
  public:
    explicit SmallDisk(std::uintmax_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

  private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("shares come back as they were, in their order, with their marks") {
    const Place place;
    {
        ShareStore store(place.settings(), place.clock);
        store.start();
        for (const SharePtr& share : place.chain)
            store.add(share);
        store.mark_verified({place.chain[0]->hash, place.chain[5]->hash, Uint256(12345)});
    }
    const Stored stored = place.load();
    REQUIRE(hashes_of(stored.shares) == hashes_of(place.chain));
    CHECK(stored.counts.shares == place.chain.size());
    CHECK(stored.counts.verified == 2);
    for (std::size_t i = 0; i < stored.shares.size(); ++i) {
        CHECK(stored.shares[i]->packed == place.chain[i]->packed);
        CHECK(stored.verified[i] == (i == 0 || i == 5));
    }
}

TEST_CASE("what a running store was given is on the disk within a second") {
    const Place place;
    StoreSettings settings = place.settings();
    settings.schedule = {};
    // The rest of the second is for the disk; a busy machine may need more.
    CHECK(settings.schedule.gather <= milliseconds(500));
    ShareStore store(settings, place.clock);
    store.start();
    store.add(place.chain[0]);
    CHECK(tests::wait_until([&] { return place.count() == 1; }, seconds(3)));
    store.mark_verified({place.chain[0]->hash});
    CHECK(tests::wait_until([&] { return place.count("verified = 1") == 1; }, seconds(3)));
}

TEST_CASE("what was written survives the death of the process") {
    const Place place;
    const pid_t child = fork();
    if (child == 0) {
        ShareStore store(place.settings(), place.clock);
        store.start();
        for (const SharePtr& share : place.chain)
            store.add(share);
        while (place.count() < static_cast<std::int64_t>(place.chain.size())) {
        }
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(hashes_of(place.load().shares) == hashes_of(place.chain));
}

TEST_CASE("removed shares leave the file and are listed in the archive, unless there is none") {
    const Place place;
    place.fill();
    const std::vector<Uint256> old = {place.chain[0]->hash, place.chain[1]->hash, Uint256(5)};
    for (const bool archive : {true, false}) {
        CAPTURE(archive);
        StoreSettings settings = place.settings();
        if (!archive) settings.archive.clear();
        {
            ShareStore store(settings, place.clock);
            (void)store.load([&](const SharePtr& share, bool) { return archive || share != place.chain[2]; });
            store.start();
            store.remove(archive ? old : std::vector<Uint256>{place.chain[2]->hash}, 2345);
        }
        REQUIRE(place.archives().size() == 1);
        CHECK(place.count() == static_cast<std::int64_t>(place.chain.size()) - (archive ? 2 : 3));
    }
    const std::string text = tests::read_text(place.archives()[0]);
    CHECK(text.find("# Chain height: 2345, Shares in active chain: 200\n") != std::string::npos);
    for (int i = 0; i < 2; ++i) {
        const std::string line = place.chain[static_cast<std::size_t>(i)]->hash.to_hex() + " " +
                                 std::to_string(place.chain[static_cast<std::size_t>(i)]->info().timestamp) +
                                 " verified";
        CHECK(text.find(line) != std::string::npos);
    }
    CHECK(text.find(Uint256(5).to_hex()) == std::string::npos);
}

TEST_CASE("a share that nobody takes at the start leaves the store") {
    const Place place;
    place.fill();
    {
        ShareStore store(place.settings(), place.clock);
        (void)store.load([&](const SharePtr& share, bool) { return share->hash != place.chain[7]->hash; });
        store.start();
    }
    CHECK(place.count() == static_cast<std::int64_t>(place.chain.size()) - 1);
}

TEST_CASE("a flipped bit, wherever it is, costs that share only") {
    const Place place;
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 20; ++round) {
        fs::remove(place.file);
        place.fill();
        const SharePtr& hit = place.chain[random.below(place.chain.size())];
        {
            Database database(place.file);
            dash::Bytes contents = hit->packed;
            contents[random.below(contents.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
            database.prepare("UPDATE shares SET contents = ? WHERE hash = ?")
                .bind(dash::ByteSpan(contents), hit->hash.to_hex())
                .run();
        }
        const Stored stored = place.load();
        // A last length that is too long reads the same share: the format takes what there is.
        const bool is_harmless = std::any_of(stored.shares.begin(), stored.shares.end(), [&](const SharePtr& share) {
            return share->hash == hit->hash && share->packed == hit->packed;
        });
        CHECK(stored.counts.damaged == (is_harmless ? 0 : 1));
        CHECK(stored.shares.size() == place.chain.size() - (is_harmless ? 0 : 1));
        CHECK(place.load().counts.damaged == 0);
    }
}

TEST_CASE("marks above a gap do not count, unless enough of the line is left") {
    Place place;
    const std::uint64_t length = tests::regtest().chain_length;
    place.chain =
        tests::made_chain(tests::regtest(), static_cast<std::uint32_t>(3 * length), 1'700'000'000, place.random);
    place.fill();
    for (const std::uint64_t gap : {2 * length - 2, 2 * length - 1}) {
        CAPTURE(gap);
        fs::remove(place.file);
        place.fill();
        Database(place.file).prepare("DELETE FROM shares WHERE hash = ?").bind(place.chain[gap]->hash.to_hex()).run();
        const Stored stored = place.load();
        REQUIRE(stored.shares.size() == 3 * length - 1);
        // What is below reaches genesis. What is above has 3 × length − 1 − gap shares.
        const bool enough = 3 * length - 1 - gap > length;
        for (std::uint64_t i = 0; i < stored.shares.size(); ++i)
            CHECK(stored.verified[i] == (i < gap || enough));
        CHECK(stored.counts.verified == (enough ? 3 * length - 1 : gap));
    }
}

TEST_CASE("a row under a wrong hash is no share") {
    const Place place;
    place.fill();
    Database(place.file).execute("UPDATE shares SET hash = 'x' WHERE id = 3");
    CHECK(place.load().counts.damaged == 1);
    CHECK(place.count() == static_cast<std::int64_t>(place.chain.size()) - 1);
}

TEST_CASE("while the disk is full the node goes on, and afterwards nothing is missing") {
    const Place place;
    ShareStore store(place.settings(), place.clock);
    store.start();
    store.add(place.chain[0]);
    REQUIRE(tests::wait_until([&] { return place.count() == 1; }, seconds(10)));
    {
        const SmallDisk full(fs::file_size(place.file.string() + "-wal"));
        for (const SharePtr& share : place.chain)
            store.add(share);
        store.mark_verified(hashes_of(place.chain));
        store.remove({place.chain[3]->hash}, 0);
        std::this_thread::sleep_for(milliseconds(200));
        CHECK(place.count() == 1);
    }
    CHECK(tests::wait_until([&] { return place.count("verified") == 59; }, seconds(10)));
    store.stop();
    CHECK(place.load().shares.size() == place.chain.size() - 1);
}

TEST_CASE("a store of a newer release is left alone, with what to do") {
    const Place place;
    place.fill();
    Database(place.file).execute("UPDATE component_versions SET version = version + 1 WHERE component = 'shares'");
    CHECK_THROWS_WITH_AS((void)place.load(), doctest::Contains("newer release"), dash::ConfigError);
}

TEST_CASE("the journal of won blocks lives in the same file") {
    const Place place;
    ShareStore store(place.settings(), place.clock);
    dash::submission::Journal journal(place.file);
    store.start();
    for (std::uint64_t i = 0; i < place.chain.size(); ++i) {
        store.add(place.chain[i]);
        dash::submission::WonBlock block;
        block.hash = place.chain[i]->hash;
        block.bytes = std::make_shared<const dash::Bytes>(dash::Bytes(200));
        journal.add(block);
    }
    store.stop();
    CHECK(place.load().shares.size() == place.chain.size());
    CHECK(journal.unfinished().size() == place.chain.size());
}

TEST_CASE("compaction gives room back") {
    const Place place;
    place.fill();
    ShareStore store(place.settings(), place.clock);
    (void)store.load([](const SharePtr&, bool) { return false; });
    store.start();
    store.stop();
    const std::uintmax_t before = fs::file_size(place.file);
    store.compact();
    CHECK(fs::file_size(place.file) < before / 2);
    CHECK(place.load().shares.empty());
}

TEST_CASE("share files of the python node are taken in once, all or none") {
    const Place place;
    const fs::path data = place.folder.path() / "data";
    {
        ShareFileWriter writer(data);
        for (std::size_t i = 0; i < place.chain.size(); ++i)
            writer.add(*place.chain[i], i % 2 == 0);
        writer.finish();
    }
    std::ofstream(data / "shares.0", std::ios::app) << "junk\n2 abcdef\n";
    const std::string before = tests::read_text(data / "shares.0");
    {
        ShareStore store(place.settings(), place.clock);
        CHECK(store.is_new());
        CHECK_THROWS_AS((void)store.import_files({data / "shares.0", data / "shares.1"}), dash::ConfigError);
        CHECK(store.is_new());
        CHECK(place.count() == 0);
        const Counts counts = store.import_files(find_share_files(data));
        CHECK(counts.shares == 60);
        CHECK(counts.verified == 30);
        CHECK(counts.damaged == 1);
        CHECK(!store.is_new());
    }
    CHECK(tests::read_text(data / "shares.0") == before);
    const Stored stored = place.load();
    CHECK(hashes_of(stored.shares) == hashes_of(place.chain));
    CHECK(stored.counts.verified == 30);

    ShareTable table(place.file);
    const Exported exported = export_share_files(table, place.folder.path() / "out", tests::regtest());
    CHECK(exported.counts.shares == 60);
    CHECK(exported.counts.verified == 30);
    CHECK(exported.files == 1);
    // The same, but for the two lines that meant nothing.
    CHECK(tests::read_text(place.folder.path() / "out" / "shares.0") + "\njunk\n2 abcdef" == before);
}
