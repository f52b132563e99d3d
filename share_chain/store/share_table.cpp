#include "share_chain/store/share_table.h"

#include <array>

#include "dash/util/sqlite_schema.h"

namespace share_chain::store {
namespace {

constexpr std::array kSchema = {
    "CREATE TABLE shares ("
    "  id INTEGER PRIMARY KEY,"
    "  hash TEXT NOT NULL UNIQUE,"  // display order
    "  type INTEGER NOT NULL,"
    "  contents BLOB NOT NULL,"
    "  timestamp INTEGER NOT NULL,"
    "  verified INTEGER NOT NULL);"
    "CREATE TABLE imports (name TEXT PRIMARY KEY, imported_at REAL NOT NULL);",
};

dash::sqlite::Database open(const std::filesystem::path& file) {
    dash::sqlite::Database database(file);
    dash::sqlite::migrate(database, "shares", kSchema);
    return database;
}

}  // namespace

ShareTable::ShareTable(const std::filesystem::path& file)
    : database_(open(file)),
      put_(database_.prepare("INSERT INTO shares (hash, type, contents, timestamp, verified) VALUES (?, ?, ?, ?, ?)"
                             " ON CONFLICT (hash) DO UPDATE SET type = excluded.type, contents = excluded.contents,"
                             " timestamp = excluded.timestamp, verified = excluded.verified")),
      mark_verified_(database_.prepare("UPDATE shares SET verified = 1 WHERE hash = ?")),
      remove_(database_.prepare("DELETE FROM shares WHERE hash = ?")),
      facts_(database_.prepare("SELECT timestamp, verified FROM shares WHERE hash = ?")) {}

std::vector<ShareTable::Row> ShareTable::rows(std::int64_t after, std::int64_t most) {
    auto select =
        database_.prepare("SELECT id, hash, type, contents, verified FROM shares WHERE id > ? ORDER BY id LIMIT ?");
    select.bind(after, most);
    std::vector<Row> rows;
    while (select.step()) {
        Row& row = rows.emplace_back();
        row.id = select.integer(0);
        row.hash = select.text(1);
        row.share.type = static_cast<std::uint64_t>(select.integer(2));
        row.share.contents = select.blob(3);
        row.verified = select.integer(4) != 0;
    }
    return rows;
}

void ShareTable::remove_row(std::int64_t id) {
    database_.prepare("DELETE FROM shares WHERE id = ?").bind(id).run();
}

void ShareTable::put(const Share& share, bool verified) {
    put_.bind(share.hash.to_hex(), static_cast<std::int64_t>(kShareType), dash::ByteSpan(share.packed),
              std::int64_t{share.info().timestamp}, std::int64_t{verified})
        .run();
}

void ShareTable::mark_verified(const dash::Uint256& hash) {
    mark_verified_.bind(hash.to_hex()).run();
}

void ShareTable::remove(const dash::Uint256& hash) {
    remove_.bind(hash.to_hex()).run();
}

std::optional<ShareTable::Facts> ShareTable::facts(const dash::Uint256& hash) {
    std::optional<Facts> facts;
    if (facts_.bind(hash.to_hex()).step()) facts = Facts{facts_.integer(0), facts_.integer(1) != 0};
    facts_.run();  // to its end: an open one would keep the connection at an old state of the file
    return facts;
}

bool ShareTable::is_imported() {
    return database_.prepare("SELECT 1 FROM imports WHERE name = 'shares'").step();
}

void ShareTable::set_imported(double unix_seconds) {
    database_.prepare("INSERT OR REPLACE INTO imports VALUES ('shares', ?)").bind(unix_seconds).run();
}

void ShareTable::compact() {
    database_.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace share_chain::store
