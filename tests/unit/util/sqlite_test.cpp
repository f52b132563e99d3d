#include "dash/util/sqlite.h"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <string>

#include "dash/util/sqlite_salvage.h"
#include "dash/util/sqlite_schema.h"
#include "tests/support/process.h"

namespace {

namespace fs = std::filesystem;
using dash::sqlite::Database;
using dash::sqlite::migrate;
using dash::sqlite::replace_if_damaged;
using dash::sqlite::Transaction;

constexpr std::array kFirst = {"CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"};
constexpr std::array kSecond = {kFirst[0], "ALTER TABLE a ADD COLUMN more INTEGER NOT NULL DEFAULT 5;"};

struct Place {
    tests::TemporaryFolder folder{"p2pool-sqlite"};
    fs::path file = folder.path() / "test.sqlite3";
};

std::int64_t count(const fs::path& file, const std::string& table = "a") {
    auto select = Database(file).prepare("SELECT count(*) FROM " + table);
    return select.step() ? select.integer(0) : -1;
}

/// Two tables of `rows` rows of some 500 bytes each.
void fill(const fs::path& file, int rows) {
    Database database(file);
    migrate(database, "a", kFirst);
    database.execute("CREATE TABLE b (text TEXT NOT NULL); CREATE INDEX b_text ON b (text)");
    Transaction transaction(database);
    for (int i = 0; i < rows; ++i) {
        const std::string text = std::to_string(i) + std::string(500, 'x');
        database.prepare("INSERT INTO a (text) VALUES (?)").bind(text).run();
        database.prepare("INSERT INTO b VALUES (?)").bind(text).run();
    }
    transaction.commit();
}

void overwrite(const fs::path& file, std::uintmax_t offset, const std::string& bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream << bytes;
}

}  // namespace

TEST_CASE("a transaction that is not committed leaves nothing") {
    const Place place;
    Database database(place.file);
    migrate(database, "a", kFirst);
    {
        Transaction transaction(database);
        database.execute("INSERT INTO a (text) VALUES ('x')");
    }
    CHECK(count(place.file) == 0);
    Transaction transaction(database);
    database.execute("INSERT INTO a (text) VALUES ('x')");
    transaction.commit();
    CHECK(count(place.file) == 1);
}

TEST_CASE("each part of the file has its version and takes the steps it lacks, once") {
    const Place place;
    Database database(place.file);
    migrate(database, "a", kFirst);
    database.execute("INSERT INTO a (text) VALUES ('x')");
    migrate(database, "a", kFirst);
    migrate(database, "a", kSecond);
    migrate(database, "a", kSecond);
    migrate(database, "b", std::array{"CREATE TABLE b (text TEXT);"});
    auto select = database.prepare("SELECT more FROM a");
    REQUIRE(select.step());
    CHECK(select.integer(0) == 5);
    CHECK(count(place.file, "component_versions") == 2);
    CHECK_THROWS_WITH_AS(migrate(database, "a", kFirst), doctest::Contains("newer release"), dash::ConfigError);
}

TEST_CASE("what a salvage lost of the description of a part's tables is made good") {
    const Place place;
    Database database(place.file);
    constexpr std::array kThird = {kSecond[0], kSecond[1],
                                   "CREATE TABLE c (text TEXT); CREATE INDEX c_text ON c (text);"};
    migrate(database, "a", kSecond);
    migrate(database, "b", std::array{"CREATE TABLE b (text TEXT);"});
    database.execute("INSERT INTO a (text) VALUES ('x'); INSERT INTO b VALUES ('y')");
    SUBCASE("its version") {
        database.execute("DELETE FROM component_versions WHERE component = 'a'");
        migrate(database, "a", kSecond);
        CHECK(count(place.file) == 1);
    }
    SUBCASE("an older version, of which tables are there") {
        database.execute("DELETE FROM component_versions");
        migrate(database, "a", kThird);
        CHECK(count(place.file) == 1);
        CHECK(count(place.file, "c") == 0);
        CHECK_THROWS_WITH_AS(migrate(database, "a", kSecond), doctest::Contains("newer release"), dash::ConfigError);
    }
    SUBCASE("a table and an index") {
        migrate(database, "a", kThird);
        database.execute("DROP TABLE a; DROP INDEX c_text");
        migrate(database, "a", kThird);
        database.execute("INSERT INTO a (text, more) VALUES ('new', 7)");
        auto index = database.prepare("SELECT name FROM sqlite_master WHERE name = 'c_text'");
        CHECK(index.step());
    }
    SUBCASE("all of it") {
        database.execute("DROP TABLE component_versions; DROP TABLE a");
        migrate(database, "a", kSecond);
        CHECK(count(place.file) == 0);
    }
    CHECK(count(place.file, "b") == 1);
}

TEST_CASE("a step that fails leaves the tables as they were") {
    const Place place;
    Database database(place.file);
    migrate(database, "a", kFirst);
    CHECK_THROWS_AS(migrate(database, "a", std::array{kFirst[0], kSecond[1], "nonsense"}), dash::Error);
    migrate(database, "a", kSecond);
    CHECK(database.prepare("SELECT more FROM a").step() == false);
}

TEST_CASE("a sound file, and none, are left alone") {
    const Place place;
    CHECK(!replace_if_damaged(place.file, 7).has_value());
    CHECK(!fs::exists(place.file));
    fill(place.file, 10);
    CHECK(!replace_if_damaged(place.file, 7).has_value());
    CHECK(count(place.file) == 10);
}

TEST_CASE("a damaged file is kept aside, and what can be read of it goes on") {
    constexpr int kRows = 2000;
    const Place place;
    fill(place.file, kRows);
    const std::uintmax_t size = fs::file_size(place.file);
    std::int64_t at_least = kRows;
    SUBCASE("a page in the middle is lost") {
        overwrite(place.file, size / 2 / 4096 * 4096, std::string(4096, '\x5a'));
        at_least = kRows - 200;
    }
    SUBCASE("the second half is lost") {
        fs::resize_file(place.file, size / 2);
        at_least = kRows / 10;
    }
    SUBCASE("it ends in the middle of a page") {
        fs::resize_file(place.file, size - 1000);
        at_least = kRows - 200;
    }
    const auto salvage = replace_if_damaged(place.file, 7);
    REQUIRE(salvage.has_value());
    CHECK(salvage->damaged == place.file.string() + ".damaged-7");
    CHECK(fs::exists(salvage->damaged));
    CHECK(!salvage->reason.empty());
    CHECK(count(place.file, "component_versions") == 1);
    CHECK(count(place.file, "a") + count(place.file, "b") >= at_least);
    CHECK(salvage->rows ==
          static_cast<std::uint64_t>(count(place.file, "a") + count(place.file, "b") + /*component_versions*/ 1));
    CHECK(!replace_if_damaged(place.file, 8).has_value());
    Database database(place.file);
    migrate(database, "a", kFirst);
    database.execute("INSERT INTO a (text) VALUES ('new')");
}

TEST_CASE("tables without row numbers are read from both ends too") {
    constexpr int kRows = 2000;
    const Place place;
    {
        Database database(place.file);
        database.execute(
            "CREATE TABLE w (stream TEXT NOT NULL, bin INTEGER NOT NULL, text TEXT, PRIMARY KEY (stream, bin)) WITHOUT "
            "ROWID");
        Transaction transaction(database);
        for (int i = 0; i < kRows; ++i) {
            database.prepare("INSERT INTO w VALUES (?, ?, ?)")
                .bind(std::string_view(i % 2 == 0 ? "even" : "odd"), std::int64_t{i}, std::string(500, 'x'))
                .run();
        }
        transaction.commit();
    }
    std::int64_t at_least = kRows - 200;
    SUBCASE("a page in the middle is lost") {
        overwrite(place.file, fs::file_size(place.file) / 2 / 4096 * 4096, std::string(4096, '\x5a'));
    }
    SUBCASE("the second half is lost") {
        fs::resize_file(place.file, fs::file_size(place.file) / 2);
        at_least = kRows / 10;
    }
    const auto salvage = replace_if_damaged(place.file, 7);
    REQUIRE(salvage.has_value());
    CHECK(count(place.file, "w") >= at_least);
    CHECK(salvage->rows == static_cast<std::uint64_t>(count(place.file, "w")));
}

TEST_CASE("a lost page of the tables' descriptions costs the tables on it, and the node starts") {
    constexpr int kTables = 60;
    const Place place;
    const auto step = [](int number) {
        return "CREATE TABLE part" + std::to_string(number) + " (text TEXT, " + std::string(300, 'n') + " INTEGER);";
    };
    const auto migrate_all = [&] {
        Database database(place.file);
        for (int i = 0; i < kTables; ++i) {
            const std::string sql = step(i);
            migrate(database, std::to_string(i), std::array{sql.c_str()});
            database.prepare("INSERT INTO part" + std::to_string(i) + " (text) VALUES ('x')").run();
        }
    };
    migrate_all();
    std::ifstream stream(place.file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    const std::size_t page = content.find("CREATE TABLE part30 ") / 4096;
    REQUIRE(page > 0);
    overwrite(place.file, page * 4096, std::string(4096, '\x5a'));
    REQUIRE(replace_if_damaged(place.file, 7).has_value());
    migrate_all();
    CHECK(!replace_if_damaged(place.file, 8).has_value());
    int kept = 0;
    for (int i = 0; i < kTables; ++i)
        kept += count(place.file, "part" + std::to_string(i)) == 2;
    CHECK(kept >= 20);
}

TEST_CASE("a file that is no database is kept aside, and its write-ahead log with it") {
    const Place place;
    std::ofstream(place.file) << std::string(5000, 'x');
    std::ofstream(place.file.string() + "-wal") << "y";
    const auto salvage = replace_if_damaged(place.file, 7);
    REQUIRE(salvage.has_value());
    CHECK(salvage->rows == 0);
    CHECK(fs::file_size(salvage->damaged) == 5000);
    std::ofstream(place.file, std::ios::trunc) << std::string(6000, 'y');
    REQUIRE(replace_if_damaged(place.file, 7).has_value());
    CHECK(fs::file_size(salvage->damaged) == 5000);
    CHECK(!fs::exists(place.file.string() + "-wal"));
    Database(place.file).execute("CREATE TABLE a (id INTEGER)");
}

TEST_CASE("an exchange of files that was interrupted is finished") {
    const Place place;
    const fs::path fresh = place.file.string() + ".salvaged";
    fill(place.file, 10);
    fs::rename(place.file, fresh);
    std::ofstream(place.file.string() + "-wal") << "of the damaged file";
    CHECK(!replace_if_damaged(place.file, 7).has_value());
    CHECK(count(place.file) == 10);
    CHECK(!fs::exists(fresh));
}
