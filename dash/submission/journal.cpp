#include "dash/submission/journal.h"

#include <array>
#include <optional>
#include <utility>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/sqlite_schema.h"

namespace dash::submission {
namespace {

/// Finished blocks that are remembered, so that a share that comes again does not submit them again.
constexpr std::int64_t kKeptFinished = 10'000;

constexpr std::array kSchema = {
    // IF NOT EXISTS: the first release made the table before it had a version
    "CREATE TABLE IF NOT EXISTS won_blocks ("
    "  hash TEXT PRIMARY KEY,"  // display order
    "  height INTEGER NOT NULL,"
    "  finder TEXT NOT NULL,"
    "  found_at REAL NOT NULL,"
    "  state TEXT NOT NULL,"
    "  final INTEGER NOT NULL,"
    "  submitblock_result TEXT NOT NULL,"
    "  bytes BLOB NOT NULL);",  // empty once final
};

sqlite::Database open(const std::filesystem::path& file) {
    try {
        return sqlite::Database(file);
    } catch (const Error& error) {
        throw ConfigError(std::string(error.what()) + ": won blocks must be kept there; make the folder writable");
    }
}

/// A damaged row must not keep the others from being taken up.
std::optional<Uint256> parse_hash(const std::string& text) {
    try {
        return Uint256::from_hex(text);
    } catch (const DecodeError& error) {
        log::error("The journal of won blocks has a row that cannot be read: ", error.what());
        return std::nullopt;
    }
}

BlockState state_from(std::string_view text) {
    for (const BlockState state : {BlockState::kAccepted, BlockState::kOrphaned, BlockState::kConfirmed,
                                   BlockState::kLost, BlockState::kRejected}) {
        if (text == to_string(state)) return state;
    }
    return BlockState::kSubmitted;
}

}  // namespace

Journal::Journal(const std::filesystem::path& file) : database_(open(file)) {
    try {
        create_or_check_tables();
    } catch (const ConfigError&) {
        throw;
    } catch (const Error& error) {
        throw ConfigError(error.what());
    }
}

void Journal::create_or_check_tables() {
    sqlite::migrate(database_, "won_blocks", kSchema);
    auto prune = database_.prepare(
        "DELETE FROM won_blocks WHERE final AND hash NOT IN"
        " (SELECT hash FROM won_blocks WHERE final ORDER BY found_at DESC LIMIT ?)");
    prune.bind(kKeptFinished).run();
}

void Journal::add(const WonBlock& block) {
    auto insert = database_.prepare("INSERT OR IGNORE INTO won_blocks VALUES (?, ?, ?, ?, ?, 0, '', ?)");
    insert
        .bind(block.hash.to_hex(), std::int64_t{block.height}, block.finder, block.found_at,
              to_string(BlockState::kSubmitted), ByteSpan(*block.bytes))
        .run();
}

void Journal::update(const JournalEntry& entry) {
    auto upsert = database_.prepare(
        "INSERT INTO won_blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET"
        " state = excluded.state, final = excluded.final, submitblock_result = excluded.submitblock_result,"
        " bytes = excluded.bytes");
    const WonBlock& block = entry.block;
    const bool final = is_final(entry.state);
    upsert
        .bind(block.hash.to_hex(), std::int64_t{block.height}, block.finder, block.found_at, to_string(entry.state),
              std::int64_t{final}, entry.submitblock_result, final ? ByteSpan() : ByteSpan(*block.bytes))
        .run();
}

std::vector<JournalEntry> Journal::unfinished() {
    auto select = database_.prepare(
        "SELECT hash, height, finder, found_at, state, submitblock_result, bytes FROM won_blocks"
        " WHERE NOT final ORDER BY found_at");
    std::vector<JournalEntry> entries;
    while (select.step()) {
        const auto hash = parse_hash(select.text(0));
        if (!hash) continue;
        JournalEntry entry;
        entry.block.hash = *hash;
        entry.block.height = static_cast<std::uint32_t>(select.integer(1));
        entry.block.finder = select.text(2);
        entry.block.found_at = select.real(3);
        entry.state = state_from(select.text(4));
        entry.submitblock_result = select.text(5);
        entry.block.bytes = std::make_shared<const Bytes>(select.blob(6));
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<Uint256> Journal::finished() {
    auto select = database_.prepare("SELECT hash FROM won_blocks WHERE final");
    std::vector<Uint256> hashes;
    while (select.step()) {
        if (const auto hash = parse_hash(select.text(0))) hashes.push_back(*hash);
    }
    return hashes;
}

}  // namespace dash::submission
