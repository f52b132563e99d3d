#include "dash/broadcaster/report_store.h"

#include <array>

#include "dash/util/error.h"
#include "dash/util/sqlite_schema.h"

namespace dash::broadcaster {
namespace {

using submission::BlockState;

constexpr std::array<const char*, 1> kSchema = {
    // Hashes in display order; milliseconds since the start of the broadcast; NULL: it never came to that.
    "CREATE TABLE broadcasts ("
    "  hash TEXT PRIMARY KEY, height INTEGER NOT NULL, started_at REAL NOT NULL,"
    "  block_bytes INTEGER NOT NULL, compact_bytes INTEGER NOT NULL,"
    "  transactions INTEGER NOT NULL, prefilled INTEGER NOT NULL,"
    "  peers INTEGER NOT NULL, reached INTEGER NOT NULL, confirmed INTEGER NOT NULL,"
    "  elapsed_ms REAL NOT NULL, ms_50 REAL, ms_90 REAL, ms_all REAL, first_confirmed_ms REAL);"
    "CREATE INDEX broadcasts_by_time ON broadcasts (started_at);"
    // Those who got the block from us, and with sent = 'nothing' those who announced it by themselves.
    "CREATE TABLE broadcast_peers ("
    "  hash TEXT NOT NULL, address TEXT NOT NULL, sent TEXT NOT NULL, outcome TEXT NOT NULL,"
    "  first_byte_ms REAL, last_byte_ms REAL, reached_ms REAL, confirmed_ms REAL,"
    "  PRIMARY KEY (hash, address));"
    "CREATE TABLE block_fates ("
    "  hash TEXT PRIMARY KEY, height INTEGER NOT NULL, finder TEXT NOT NULL, found_at REAL NOT NULL,"
    "  state TEXT NOT NULL, daemon_p2p_sent INTEGER NOT NULL, submitblock_result TEXT NOT NULL,"
    "  confirmations INTEGER NOT NULL, winner TEXT NOT NULL,"  // '' while nobody has the block's place
    "  chainlock_ms REAL);"
    "CREATE TABLE broadcaster_history ("
    "  at REAL PRIMARY KEY, connected INTEGER NOT NULL, known INTEGER NOT NULL, resting INTEGER NOT NULL,"
    "  connection_attempts INTEGER NOT NULL, failed_connections INTEGER NOT NULL,"
    "  successful_broadcasts INTEGER NOT NULL, failed_broadcasts INTEGER NOT NULL, median_ping_ms REAL);"};

sqlite::Database open(const std::filesystem::path& file) {
    try {
        sqlite::Database database(file);
        sqlite::migrate(database, "broadcaster", kSchema);
        return database;
    } catch (const ConfigError&) {
        throw;
    } catch (const Error& error) {
        throw ConfigError(error.what());
    }
}

std::int64_t signed_count(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

}  // namespace

ReportStore::ReportStore(const std::filesystem::path& file) : database_(open(file)) {
    database_
        .prepare(
            "DELETE FROM broadcaster_history WHERE at NOT IN"
            " (SELECT at FROM broadcaster_history ORDER BY at DESC LIMIT ?)")
        .bind(kMostPoints)
        .run();
    database_
        .prepare(
            "DELETE FROM block_fates WHERE hash NOT IN"
            " (SELECT hash FROM block_fates ORDER BY found_at DESC LIMIT ?)")
        .bind(kMostBlocks)
        .run();
    database_
        .prepare(
            "DELETE FROM broadcasts WHERE hash NOT IN"
            " (SELECT hash FROM broadcasts ORDER BY started_at DESC LIMIT ?)")
        .bind(kMostBlocks)
        .run();
    database_.execute("DELETE FROM broadcast_peers WHERE hash NOT IN (SELECT hash FROM broadcasts)");
}

void ReportStore::save(const BroadcastReport& report) {
    sqlite::Transaction transaction(database_);
    const std::string hash = report.hash.to_hex();
    database_.prepare("INSERT OR REPLACE INTO broadcasts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(hash, std::int64_t{report.height}, report.started_at, signed_count(report.block_bytes),
              signed_count(report.compact_bytes), signed_count(report.transactions), signed_count(report.prefilled),
              signed_count(report.peers.size()), signed_count(report.reached), signed_count(report.confirmed()),
              report.elapsed_ms, report.ms_50, report.ms_90, report.ms_all, report.first_confirmed_ms())
        .run();
    auto row = database_.prepare("INSERT OR REPLACE INTO broadcast_peers VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    const auto add = [&](const Broadcast::Peer& peer, const std::string& outcome) {
        row.bind(hash, to_text(peer.address), std::string_view(peer.full_begun ? "compact and full" : "compact"),
                 outcome, peer.first_byte_ms, peer.last_byte_ms, peer.reached_ms, peer.confirmed_ms)
            .run();
    };
    for (const Broadcast::Peer& peer : report.peers)
        add(peer, peer.outcome);
    for (const Broadcast::Peer& peer : report.latecomers)
        add(peer, "connected later, " + peer.outcome);
    const std::optional<double> never;
    for (const BroadcastReport::Announcement& announcement : report.announcements) {
        row.bind(hash, to_text(announcement.from), std::string_view("nothing"), std::string_view("announced it"), never,
                 never, never, std::optional(announcement.ms))
            .run();
    }
    transaction.commit();
}

void ReportStore::save(const submission::SubmissionReport& fate, std::optional<double> chainlock_ms) {
    database_.prepare("INSERT OR REPLACE INTO block_fates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(fate.hash.to_hex(), std::int64_t{fate.height}, fate.finder, fate.found_at, to_string(fate.state),
              std::int64_t{fate.daemon_p2p_sent}, fate.submitblock_result, fate.confirmations,
              fate.winner ? fate.winner->to_hex() : std::string(), chainlock_ms)
        .run();
}

void ReportStore::save(const HistoryPoint& point) {
    database_.prepare("INSERT OR REPLACE INTO broadcaster_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(point.at, signed_count(point.connected), signed_count(point.known), signed_count(point.resting),
              signed_count(point.connection_attempts), signed_count(point.failed_connections),
              signed_count(point.successful_broadcasts), signed_count(point.failed_broadcasts), point.median_ping_ms)
        .run();
}

BlockTotals ReportStore::totals() {
    BlockTotals totals;
    auto select = database_.prepare("SELECT state, COUNT(*) FROM block_fates GROUP BY state");
    while (select.step()) {
        const std::string state = select.text(0);
        const auto count = static_cast<std::uint64_t>(select.integer(1));
        totals.won += count;
        if (state == to_string(BlockState::kAccepted) || state == to_string(BlockState::kConfirmed)) {
            totals.accepted += count;
        } else if (state == to_string(BlockState::kOrphaned) || state == to_string(BlockState::kLost)) {
            totals.orphaned += count;
        } else if (state == to_string(BlockState::kRejected)) {
            totals.rejected += count;
        }
    }
    return totals;
}

}  // namespace dash::broadcaster
