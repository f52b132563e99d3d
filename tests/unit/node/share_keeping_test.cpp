#include "p2pool/node/share_keeping.h"

#include <doctest/doctest.h>

#include <fstream>

#include "dash/rpc/block_template.h"
#include "dash/submission/journal.h"
#include "dash/util/error.h"
#include "dash/util/sqlite.h"
#include "p2pool/node/node.h"
#include "p2pool/work/job_builder.h"
#include "share_chain/store/share_files.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
#include "tests/support/regtest.h"
#include "tests/support/vectors.h"
#include "tests/unit/store/made_chain.h"

namespace {

namespace fs = std::filesystem;
using namespace p2pool::node;
using share_chain::SharePtr;

dash::rpc::BlockTemplate recorded_template() {
    return dash::rpc::parse_block_template(tests::load_recording("gbt/20_mempool_txs_dependents_h670.json"));
}

/// A data folder, and nodes that run on it one after another.
struct Place {
    tests::TemporaryFolder folder{"p2pool-keeping"};
    tests::ManualClock clock;
    tests::Random random;
    p2pool::options::Settings settings;

    Place() {
        clock.set_unix_seconds(recorded_template().time);
        settings.network = &tests::regtest();
        settings.net_datadir = folder.path() / "dash_regtest";
        fs::create_directories(settings.net_datadir);
    }

    [[nodiscard]] fs::path in_datadir(const std::string& name) const { return settings.net_datadir / name; }
    [[nodiscard]] std::vector<SharePtr> make_chain(std::uint32_t count) {
        return tests::made_chain(tests::regtest(), count, static_cast<std::uint32_t>(clock.unix_seconds()) - 60,
                                 random);
    }
    void write_share_files(const std::vector<SharePtr>& shares) const {
        share_chain::store::ShareFileWriter writer(settings.net_datadir);
        for (const SharePtr& share : shares)
            writer.add(*share, true);
        writer.finish();
    }
};

/// A node with its store, from start to orderly end.
struct Run {
    std::unique_ptr<share_chain::store::ShareStore> store;
    Node node;

    explicit Run(const Place& place)
        : store(open_share_store(place.settings)),
          node({.network = &tests::regtest(), .payout_hashes = {dash::Hash160{}}, .random_seed = 1}, place.clock) {
        load_shares(*store, node);
        node.take_template(recorded_template());
    }
    ~Run() { store->stop(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// Finds one share and settles.
    void mine() {
        const auto job = node.job({});
        p2pool::work::Solution solution{
            .extranonce = next_extranonce++, .time = job->time, .nonce = 0, .version = job->version};
        auto evaluation = node.evaluate(job, solution, {});
        while (!evaluation.is_share) {
            ++solution.nonce;
            evaluation = node.evaluate(job, solution, {});
        }
        node.accept(job, solution, evaluation, {}, job->share_target, false);
        node.settle();
    }
    [[nodiscard]] dash::Uint256 best() { return node.status().best_share; }
    std::uint64_t next_extranonce = 1;
};

/// Without the write-ahead logs that went with them.
std::vector<fs::path> files_put_aside(const Place& place) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(place.settings.net_datadir)) {
        const std::string name = entry.path().filename().string();
        const bool is_main_file =
            name.rfind("p2pool.sqlite3.damaged-", 0) == 0 && name.back() >= '0' && name.back() <= '9';
        if (is_main_file) files.push_back(entry.path());
    }
    return files;
}

}  // namespace

TEST_CASE("a restart goes on where the last run ended") {
    Place place;
    dash::Uint256 best;
    std::uint64_t height = 0;
    for (int run = 0; run < 4; ++run) {
        Run node(place);
        CHECK(node.best() == best);
        CHECK(node.node.chain_height() == height);
        for (int i = 0; i < 5; ++i)
            node.mine();
        best = node.best();
        height = node.node.chain_height();
        CHECK(node.node.status().shares_verified == node.node.status().shares_known);
    }
    CHECK(height == 20);
}

TEST_CASE("a chain of hundreds of shares is loaded, verified as it was, and shortened") {
    Place place;
    const auto chain = place.make_chain(400);
    place.write_share_files(chain);
    {
        Run node(place);
        CHECK(node.best() == chain.back()->hash);
        CHECK(node.node.status().shares_verified == 400);
        node.node.maintain();
        CHECK(node.node.status().shares_known < 400);
        CHECK(node.best() == chain.back()->hash);
    }
    CHECK(fs::exists(place.in_datadir("share_archive")));
    Run again(place);
    CHECK(again.best() == chain.back()->hash);
    CHECK(again.node.status().shares_known < 400);
}

TEST_CASE("without verified marks the stored shares are checked again") {
    Place place;
    const auto chain = place.make_chain(150);
    {
        share_chain::store::ShareFileWriter writer(place.settings.net_datadir);
        for (const SharePtr& share : chain)
            writer.add(*share, false);
        writer.finish();
    }
    {
        Run node(place);
        CHECK(node.best() == chain.back()->hash);
        CHECK(node.node.status().shares_verified > 0);
    }
    auto select =
        dash::sqlite::Database(database_file(place.settings)).prepare("SELECT count(*) FROM shares WHERE verified");
    REQUIRE(select.step());
    CHECK(select.integer(0) > 0);
}

TEST_CASE("the files of the python node are imported once and stay as they are; live ones are copied") {
    Place place;
    const auto chain = place.make_chain(30);
    place.write_share_files(chain);
    std::ofstream(place.in_datadir("shares.0"), std::ios::app) << "5 12zz\n";
    std::ofstream(place.in_datadir("addrs")) << "[]";
    std::ofstream(place.in_datadir("security_config.json"));
    const std::string before = tests::read_text(place.in_datadir("shares.0"));
    { Run node(place); }
    CHECK(tests::read_text(place.in_datadir("shares.0")) == before);
    CHECK(tests::read_text(place.in_datadir("addrs.before-import")) == "[]");
    CHECK(fs::exists(place.in_datadir("security_config.json.before-import")));
    CHECK(!fs::exists(place.in_datadir("telegram_config.json.before-import")));

    fs::remove(place.in_datadir("shares.0"));
    std::ofstream(place.in_datadir("addrs")) << "ours";
    std::ofstream(place.in_datadir("telegram_config.json")) << "ours";
    Run node(place);
    CHECK(node.best() == chain.back()->hash);
    CHECK(tests::read_text(place.in_datadir("addrs.before-import")) == "[]");
    CHECK(!fs::exists(place.in_datadir("telegram_config.json.before-import")));
}

TEST_CASE("a copy is never replaced, and a failing one is told") {
    const Place place;
    const fs::path file = place.in_datadir("addrs");
    backup_before_import(file);
    CHECK(!fs::exists(file.string() + ".before-import"));
    std::ofstream(file) << "first";
    backup_before_import(file);
    std::ofstream(file) << "second";
    backup_before_import(file);
    CHECK(tests::read_text(file.string() + ".before-import") == "first");
    const fs::path folder = place.in_datadir("broadcast_peers.json");
    fs::create_directories(folder);
    CHECK_THROWS_AS(backup_before_import(folder), dash::ConfigError);
}

TEST_CASE("known nodes that cannot be copied do not stop the start, settings do") {
    Place place;
    const auto chain = place.make_chain(30);
    place.write_share_files(chain);
    fs::create_directories(place.in_datadir("addrs"));
    fs::create_directories(place.in_datadir("broadcast_peers.json"));
    SUBCASE("known nodes") {
        const Run node(place);
        CHECK(node.store != nullptr);
        CHECK(node.node.chain_height() == 30);
    }
    SUBCASE("a setting") {
        fs::create_directories(place.in_datadir("security_config.json"));
        CHECK_THROWS_WITH_AS((void)open_share_store(place.settings), doctest::Contains("security_config.json"),
                             dash::ConfigError);
    }
}

TEST_CASE("exported shares are those that were imported") {
    Place place;
    place.write_share_files(place.make_chain(30));
    { Run node(place); }
    p2pool::options::Settings settings = place.settings;
    settings.options.export_shares = place.folder.path() / "out";
    export_shares(settings);
    CHECK(tests::read_text(place.folder.path() / "out" / "shares.0") == tests::read_text(place.in_datadir("shares.0")));
    CHECK_THROWS_WITH_AS(export_shares(settings), doctest::Contains("already"), dash::ConfigError);

    settings.net_datadir = place.folder.path() / "missing";
    CHECK_THROWS_WITH_AS(export_shares(settings), doctest::Contains("--datadir"), dash::ConfigError);
    CHECK(!fs::exists(settings.net_datadir));
}

TEST_CASE("an export without shares is told") {
    Place place;
    { Run node(place); }
    p2pool::options::Settings settings = place.settings;
    settings.options.export_shares = place.folder.path() / "out";
    CHECK_THROWS_WITH_AS(export_shares(settings), doctest::Contains("no shares"), dash::ConfigError);
}

TEST_CASE("with a damaged database the node goes on with what can be read, won blocks above all") {
    Place place;
    const auto chain = place.make_chain(150);
    place.write_share_files(chain);
    dash::submission::WonBlock won;
    won.hash = dash::Uint256(77);
    won.bytes = std::make_shared<const dash::Bytes>(dash::Bytes(300, 7));
    const fs::path file = database_file(place.settings);
    {
        Run node(place);
        dash::submission::Journal(file).add(won);
    }
    bool journal_is_hit = false;
    SUBCASE("pages among the shares are wrong") {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(fs::file_size(file) / 2 / 4096 * 4096));
        stream << std::string(3 * 4096, 'x');
    }
    SUBCASE("its end is missing, where the journal was made last") {
        fs::resize_file(file, fs::file_size(file) - 20'000);
        journal_is_hit = true;
    }
    {
        Run node(place);
        CHECK(node.node.status().shares_known > 10);
        CHECK(node.node.status().shares_known <= 150);
        if (!journal_is_hit) {
            const auto unfinished = dash::submission::Journal(file).unfinished();
            REQUIRE(unfinished.size() == 1);
            CHECK(*unfinished[0].block.bytes == *won.bytes);
        }
    }
    {
        Run node(place);
        node.mine();
    }
    CHECK(files_put_aside(place).size() == 1);
}

TEST_CASE("a file that is no database is put aside, not lost") {
    Place place;
    const fs::path file = database_file(place.settings);
    std::ofstream(file) << std::string(10'000, 'x');
    Run node(place);
    node.mine();
    CHECK(node.node.chain_height() == 1);
    const auto kept = files_put_aside(place);
    REQUIRE(kept.size() == 1);
    CHECK(fs::file_size(kept[0]) == 10'000);
}

TEST_CASE("the database of a newer release is left alone, with what to do") {
    Place place;
    { Run node(place); }
    dash::sqlite::Database(database_file(place.settings))
        .execute("UPDATE component_versions SET version = 99 WHERE component = 'shares'");
    CHECK_THROWS_WITH_AS((void)open_share_store(place.settings), doctest::Contains("newer release"), dash::ConfigError);
}
