#include "dash/util/sqlite_salvage.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "dash/util/sqlite.h"

namespace dash::sqlite {
namespace {

namespace fs = std::filesystem;

using Handle = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Query = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

fs::path with_ending(const fs::path& file, const std::string& ending) {
    return file.string() + ending;
}

fs::path free_name(const fs::path& file, std::int64_t unix_seconds) {
    fs::path name;
    do {
        name = with_ending(file, ".damaged-" + std::to_string(unix_seconds++));
    } while (fs::exists(name));
    return name;
}

/// Why the file is not sound; nullopt when it is.
std::optional<std::string> damage_of(const fs::path& file) {
    try {
        Database database(file);
        auto check = database.prepare("PRAGMA quick_check(1)");
        std::string answer = check.step() ? check.text(0) : "no answer";
        if (answer == "ok") return std::nullopt;
        std::replace(answer.begin(), answer.end(), '\n', ' ');
        return answer;
    } catch (const DamagedFile& error) {
        return error.what();
    }
}

/// Opened so that SQLite reads as much as it can, and changes nothing.
Handle open_damaged(const fs::path& file) {
    sqlite3* database = nullptr;
    sqlite3_open(file.c_str(), &database);
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // Without this a file that is shorter than it says is not read at all.
    sqlite3_exec(database, "PRAGMA writable_schema = ON; PRAGMA cell_size_check = ON", nullptr, nullptr, nullptr);
    return {database, sqlite3_close_v2};
}

/// Null when SQLite refuses.
Query prepare(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
    return {statement, sqlite3_finalize};
}

std::string text_of(sqlite3_stmt* row, int column) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return text == nullptr ? "" : text;
}

std::string joined(const std::vector<std::string>& parts, const std::string& ending = "") {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : ", ") + part + ending;
    return text;
}

class TableCopy {
  public:
    TableCopy(sqlite3* from, sqlite3* to, const std::string& name)
        : from_(from), to_(to), table_('"' + name + '"'), keys_(find_keys(name)) {}

    /// From the first row up to what cannot be read, then from the last one down to it.
    std::uint64_t run() {
        if (!copy_rows("ORDER BY " + joined(keys_))) {
            std::string rest;
            if (!last_.empty()) {
                const std::vector<std::string> places(keys_.size(), "?");
                rest = "WHERE (" + joined(keys_) + ") > (" + joined(places) + ") ";
            }
            copy_rows(rest + "ORDER BY " + joined(keys_, " DESC"));
        }
        return copied_;
    }

  private:
    using Value = std::unique_ptr<sqlite3_value, void (*)(sqlite3_value*)>;

    /// What the table is stored by: the row's number, or the columns of the primary key, where there are no numbers.
    [[nodiscard]] std::vector<std::string> find_keys(const std::string& name) const {
        if (prepare(to_, "SELECT rowid FROM " + table_) != nullptr) return {"rowid"};
        const Query columns =
            prepare(to_, "SELECT name FROM pragma_table_info('" + name + "') WHERE pk > 0 ORDER BY pk");
        std::vector<std::string> keys;
        while (columns != nullptr && sqlite3_step(columns.get()) == SQLITE_ROW)
            keys.push_back('"' + text_of(columns.get(), 0) + '"');
        return keys;
    }

    void remember_keys(sqlite3_stmt* row) {
        last_.clear();
        for (int i = 0; i < static_cast<int>(keys_.size()); ++i)
            last_.emplace_back(sqlite3_value_dup(sqlite3_column_value(row, i)), sqlite3_value_free);
    }

    /// False when it did not come to the end.
    bool copy_rows(const std::string& which) {
        const Query select = prepare(from_, "SELECT " + joined(keys_) + ", * FROM " + table_ + " " + which);
        if (select == nullptr) return false;
        for (int i = 0; i < std::min(sqlite3_bind_parameter_count(select.get()), static_cast<int>(last_.size())); ++i)
            sqlite3_bind_value(select.get(), i + 1, last_[static_cast<std::size_t>(i)].get());
        const int first = static_cast<int>(keys_.size());
        const int columns = sqlite3_column_count(select.get()) - first;
        const std::vector<std::string> places(static_cast<std::size_t>(columns), "?");
        const Query insert = prepare(to_, "INSERT OR IGNORE INTO " + table_ + " VALUES (" + joined(places) + ")");
        if (insert == nullptr) return false;
        int result = SQLITE_ROW;
        while ((result = sqlite3_step(select.get())) == SQLITE_ROW) {
            remember_keys(select.get());
            for (int i = 0; i < columns; ++i)
                sqlite3_bind_value(insert.get(), i + 1, sqlite3_column_value(select.get(), first + i));
            const int inserted = sqlite3_step(insert.get());
            if (inserted == SQLITE_FULL || inserted == SQLITE_IOERR) {
                throw Error(std::string("cannot write: ") + sqlite3_errmsg(to_));
            }
            // A row that breaks a rule of its table, as wrong content does, is worth nothing.
            if (inserted == SQLITE_DONE) copied_ += static_cast<std::uint64_t>(sqlite3_changes(to_));
            sqlite3_reset(insert.get());
        }
        return result == SQLITE_DONE;
    }

    sqlite3* from_;
    sqlite3* to_;
    std::string table_;
    std::vector<std::string> keys_;
    std::vector<Value> last_;  ///< the keys of the last row that was read; empty: none was
    std::uint64_t copied_ = 0;
};

/// A table or an index.
struct Description {
    std::string type;
    std::string name;
    std::string sql;

    friend bool operator==(const Description&, const Description&) = default;
};

/// What the file says of its tables and indexes, as far as that can be read from either end. SQLite sorts nothing: one
/// bad page would be the end of all.
std::vector<Description> read_schema(sqlite3* from) {
    std::vector<Description> schema;
    const auto read = [&](const std::string& order) {
        const Query rows = prepare(from,
                                   "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
                                   " AND name NOT LIKE 'sqlite%' ORDER BY " +
                                       order);
        int result = rows == nullptr ? SQLITE_CORRUPT : SQLITE_ROW;
        while (result == SQLITE_ROW && (result = sqlite3_step(rows.get())) == SQLITE_ROW) {
            Description each{text_of(rows.get(), 0), text_of(rows.get(), 1), text_of(rows.get(), 2)};
            if (std::find(schema.begin(), schema.end(), each) == schema.end()) schema.push_back(std::move(each));
        }
        return result == SQLITE_DONE;
    };
    if (!read("rowid")) read("rowid DESC");
    return schema;
}

/// Tables and indexes as they were made; what cannot be made again is left out. The names of the tables.
std::vector<std::string> copy_schema(sqlite3* from, sqlite3* to) {
    std::vector<std::string> tables;
    std::vector<Description> schema = read_schema(from);
    std::stable_partition(schema.begin(), schema.end(), [](const Description& each) { return each.type == "table"; });
    for (const Description& each : schema) {
        const int made = sqlite3_exec(to, each.sql.c_str(), nullptr, nullptr, nullptr);
        if (made == SQLITE_OK && each.type == "table") tables.push_back(each.name);
    }
    return tables;
}

std::uint64_t copy_readable(const fs::path& from_file, const fs::path& to_file) {
    const Handle from = open_damaged(from_file);
    sqlite3* opened = nullptr;
    const int result = sqlite3_open(to_file.c_str(), &opened);
    const Handle to(opened, sqlite3_close_v2);
    const auto execute = [&](const char* sql) {
        if (result != SQLITE_OK || sqlite3_exec(to.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
            throw Error(std::string("cannot write: ") + sqlite3_errmsg(to.get()));
        }
    };
    // No journal: until it takes the damaged file's place, nobody needs it whole.
    execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL; BEGIN");
    std::uint64_t rows = 0;
    for (const std::string& table : copy_schema(from.get(), to.get()))
        rows += TableCopy(from.get(), to.get(), table).run();
    execute("COMMIT");
    return rows;
}

/// A write-ahead log goes with its file: SQLite would take it for the new one's.
void take_place(const fs::path& fresh, const fs::path& file, const fs::path& damaged) {
    for (const char* ending : {"", "-wal", "-shm"}) {
        const fs::path part = with_ending(file, ending);
        if (fs::exists(part)) fs::rename(part, with_ending(damaged, ending));
    }
    fs::rename(fresh, file);
}

}  // namespace

std::optional<Salvage> replace_if_damaged(const fs::path& file, std::int64_t unix_seconds) {
    const fs::path fresh = with_ending(file, ".salvaged");
    const fs::path damaged = free_name(file, unix_seconds);
    if (!fs::exists(file)) {
        if (fs::exists(fresh)) take_place(fresh, file, damaged);  // the last run ended in the middle of that
        return std::nullopt;
    }
    const std::optional<std::string> reason = damage_of(file);
    if (!reason.has_value()) return std::nullopt;
    try {
        fs::remove(fresh);
        const std::uint64_t rows = copy_readable(file, fresh);
        take_place(fresh, file, damaged);
        return Salvage{damaged, *reason, rows};
    } catch (const std::exception& error) {
        std::error_code ignored;
        if (fs::exists(file, ignored)) fs::remove(fresh, ignored);
        throw Error(file.string() + " is damaged (" + *reason +
                    "), and what can be read of it cannot be brought to a new file: " + error.what() +
                    "; make room on the disk and see that the folder is writable");
    }
}

}  // namespace dash::sqlite
