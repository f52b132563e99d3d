#include "dash/util/sqlite.h"

#include <sqlite3.h>

namespace dash::sqlite {
namespace {

/// How long a writer waits for another connection's transaction.
constexpr int kBusyMilliseconds = 10'000;

[[noreturn]] void fail(sqlite3* database) {
    const char* file = sqlite3_db_filename(database, "main");
    const std::string text =
        "SQLite cannot use " + std::string(file != nullptr ? file : "its file") + ": " + sqlite3_errmsg(database);
    const int reason = sqlite3_errcode(database);  // extended codes are off
    if (reason == SQLITE_CORRUPT || reason == SQLITE_NOTADB) throw DamagedFile(text);
    throw Error(text);
}

}  // namespace

Statement::Statement(std::shared_ptr<sqlite3> database, std::string_view sql)
    : database_(std::move(database)), statement_(nullptr, sqlite3_finalize) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
    statement_.reset(statement);
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) fail(database_.get());
}

bool Statement::step() {
    const int result = sqlite3_step(statement_.get());
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail(database_.get());
    return result == SQLITE_ROW;
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

void Statement::reset() {
    sqlite3_reset(statement_.get());  // repeats the error of the last step(), which was thrown then
    check(sqlite3_clear_bindings(statement_.get()));
}

void Statement::bind_one(int index, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), index, value));
}

void Statement::bind_one(int index, double value) {
    check(sqlite3_bind_double(statement_.get(), index, value));
}

void Statement::bind_one(int index, std::string_view value) {
    check(sqlite3_bind_text64(statement_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_one(int index, std::span<const std::uint8_t> value) {
    // No data would be taken for NULL.
    check(value.empty() ? sqlite3_bind_zeroblob(statement_.get(), index, 0)
                        : sqlite3_bind_blob64(statement_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT));
}

void Statement::bind_one(int index, const std::optional<double>& value) {
    if (value) bind_one(index, *value);  // reset() has set all others to NULL
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return text == nullptr ? std::string() : std::string(text, size);
}

std::vector<std::uint8_t> Statement::blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return data == nullptr ? std::vector<std::uint8_t>() : std::vector<std::uint8_t>(data, data + size);
}

Database::Database(const std::filesystem::path& file) {
    sqlite3* database = nullptr;
    const int result = sqlite3_open(file.c_str(), &database);
    database_.reset(database, sqlite3_close_v2);
    if (result != SQLITE_OK) throw Error("SQLite cannot open " + file.string() + ": " + sqlite3_errstr(result));
    sqlite3_busy_timeout(database, kBusyMilliseconds);
    use_write_ahead_log();
    execute("PRAGMA synchronous = FULL;");
}

/// The busy timeout does not hold for this change: while another connection opens or closes the file, SQLite refuses at
/// once.
void Database::use_write_ahead_log() {
    constexpr int kPauseMilliseconds = 10;
    for (int waited = 0;; waited += kPauseMilliseconds) {
        const int result = sqlite3_exec(database_.get(), "PRAGMA journal_mode = WAL;", nullptr, nullptr, nullptr);
        if (result == SQLITE_OK) return;
        if (result != SQLITE_BUSY || waited >= kBusyMilliseconds) fail(database_.get());
        sqlite3_sleep(kPauseMilliseconds);
    }
}

void Database::execute(const std::string& sql) {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(database_.get());
}

std::filesystem::path Database::file() const {
    return sqlite3_db_filename(database_.get(), "main");
}

Transaction::~Transaction() {
    if (committed_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const Error&) {
        // SQLite has rolled back by itself, as it does after the graver errors
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    committed_ = true;
}

}  // namespace dash::sqlite
