#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dash/util/error.h"

struct sqlite3;
struct sqlite3_stmt;

/// A thin cover over SQLite. Everything throws dash::Error with the file's name and SQLite's reason. One thread at a
/// time.
namespace dash::sqlite {

/// The file is no sound database: bytes of it are wrong or missing.
class DamagedFile : public Error {
  public:
    using Error::Error;
};

class Statement {
  public:
    Statement(std::shared_ptr<sqlite3> database, std::string_view sql);

    /// Values for the statement's parameters, from the first on; forgets what was bound and read before.
    template <typename... Values>
    Statement& bind(const Values&... values) {
        reset();
        int index = 0;
        (bind_one(++index, values), ...);
        return *this;
    }

    /// True when there is a row to read.
    bool step();
    /// For statements that give no rows.
    void run();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::vector<std::uint8_t> blob(int column) const;

  private:
    void reset();
    void bind_one(int index, std::int64_t value);
    void bind_one(int index, double value);
    void bind_one(int index, std::string_view value);
    void bind_one(int index, std::span<const std::uint8_t> value);
    /// nullopt is NULL.
    void bind_one(int index, const std::optional<double>& value);
    void check(int result) const;

    std::shared_ptr<sqlite3> database_;
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

/// A connection to a file, which is made when it does not exist. What is committed is on the disk when the call returns
/// (write-ahead log, synchronous = FULL); other connections to the same file may write meanwhile.
class Database {
  public:
    explicit Database(const std::filesystem::path& file);

    /// One or more statements without parameters and rows.
    void execute(const std::string& sql);
    [[nodiscard]] Statement prepare(std::string_view sql) { return Statement(database_, sql); }
    [[nodiscard]] std::filesystem::path file() const;

  private:
    void use_write_ahead_log();

    std::shared_ptr<sqlite3> database_;
};

/// What is done between the constructor and commit() is on the disk as a whole, or not at all. Other connections'
/// writes wait meanwhile.
class Transaction {
  public:
    explicit Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }
    /// Undoes everything unless commit() succeeded.
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

  private:
    Database& database_;
    bool committed_ = false;
};

}  // namespace dash::sqlite
