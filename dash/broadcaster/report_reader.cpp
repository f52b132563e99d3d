#include "dash/broadcaster/report_reader.h"

#include <nlohmann/json.hpp>

namespace dash::broadcaster {
namespace {

using nlohmann::json;

/// NULL is null.
json milliseconds(const sqlite::Statement& row, int column) {
    return row.is_null(column) ? json() : json(row.real(column));
}

json read_peers(sqlite::Database& database, const std::string& hash) {
    auto row = database.prepare(
        "SELECT address, sent, outcome, first_byte_ms, last_byte_ms, reached_ms,"
        " confirmed_ms FROM broadcast_peers WHERE hash = ?"
        " ORDER BY sent = 'nothing', reached_ms IS NULL, reached_ms, address");
    row.bind(hash);
    json peers = json::array();
    while (row.step()) {
        const bool is_target = row.text(1) != "nothing";
        json peer = {{"address", row.text(0)},
                     {"sent", row.text(1)},
                     {"outcome", row.text(2)},
                     {"first_byte_ms", milliseconds(row, 3)},
                     {"last_byte_ms", milliseconds(row, 4)},
                     {"reached_ms", milliseconds(row, 5)},
                     {"confirmed_ms", milliseconds(row, 6)}};
        peer["state"] = !is_target ? "announced" : peer["reached_ms"].is_null() ? "failed" : "reached";
        peers.push_back(std::move(peer));
    }
    return peers;
}

/// The last point of each of equal pieces of the time.
json read_history(sqlite::Database& database, double since, double now) {
    const double piece = std::max(1.0, (now - since) / static_cast<double>(ReportReader::kMostPoints));
    auto row = database.prepare(
        "SELECT at, connected, known, resting, connection_attempts, failed_connections, successful_broadcasts,"
        " failed_broadcasts, median_ping_ms FROM broadcaster_history WHERE at IN"
        " (SELECT MAX(at) FROM broadcaster_history WHERE at > ? AND at <= ? GROUP BY CAST((at - ?) / ? AS INTEGER))"
        " ORDER BY at");
    row.bind(since, now, since, piece);
    json points = json::array();
    while (row.step()) {
        points.push_back({{"time", row.real(0)},
                          {"connected", row.integer(1)},
                          {"known", row.integer(2)},
                          {"resting", row.integer(3)},
                          {"connection_attempts", row.integer(4)},
                          {"failed_connections", row.integer(5)},
                          {"successful_broadcasts", row.integer(6)},
                          {"failed_broadcasts", row.integer(7)},
                          {"median_ping_ms", milliseconds(row, 8)}});
    }
    return points;
}

json read_broadcasts(sqlite::Database& database, double since, double now) {
    auto row = database.prepare(
        "SELECT b.hash, b.height, b.started_at, b.block_bytes, b.compact_bytes, b.transactions, b.prefilled, b.peers,"
        " b.reached, b.confirmed, b.elapsed_ms, b.ms_50, b.ms_90, b.ms_all, b.first_confirmed_ms,"
        " IFNULL(f.state, 'submitted'), IFNULL(f.submitblock_result, ''), IFNULL(f.daemon_p2p_sent, 0),"
        " IFNULL(f.winner, ''), f.chainlock_ms"
        " FROM broadcasts b LEFT JOIN block_fates f ON f.hash = b.hash"
        " WHERE b.started_at > ? AND b.started_at <= ? ORDER BY b.started_at DESC LIMIT ?");
    row.bind(since, now, ReportReader::kMostBroadcasts);
    json broadcasts = json::array();
    while (row.step()) {
        const std::string winner = row.text(18);
        broadcasts.push_back({{"hash", row.text(0)},
                              {"height", row.integer(1)},
                              {"time", row.real(2)},
                              {"block_bytes", row.integer(3)},
                              {"compact_bytes", row.integer(4)},
                              {"transactions", row.integer(5)},
                              {"prefilled", row.integer(6)},
                              {"peers", row.integer(7)},
                              {"reached", row.integer(8)},
                              {"confirmed", row.integer(9)},
                              {"elapsed_ms", row.real(10)},
                              {"ms_50_percent", milliseconds(row, 11)},
                              {"ms_90_percent", milliseconds(row, 12)},
                              {"ms_all", milliseconds(row, 13)},
                              {"first_confirmed_ms", milliseconds(row, 14)},
                              {"state", row.text(15)},
                              {"submitblock_result", row.text(16)},
                              {"daemon_p2p_sent", row.integer(17) != 0},
                              {"winner", winner.empty() ? json() : json(winner)},
                              {"chainlock_ms", milliseconds(row, 19)}});
    }
    return broadcasts;
}

json read_best_known_peers(sqlite::Database& database, double since, double now) {
    auto row = database.prepare(
        "SELECT p.address, COUNT(*), COUNT(p.reached_ms), COUNT(p.confirmed_ms), AVG(p.reached_ms)"
        " FROM broadcast_peers p JOIN broadcasts b ON b.hash = p.hash"
        " WHERE b.started_at > ? AND b.started_at <= ? AND p.sent != 'nothing'"
        " GROUP BY p.address ORDER BY 2 DESC, 1 LIMIT ?");
    row.bind(since, now, ReportReader::kMostPeers);
    json peers = json::array();
    while (row.step()) {
        peers.push_back({{"address", row.text(0)},
                         {"broadcasts", row.integer(1)},
                         {"reached", row.integer(2)},
                         {"confirmed", row.integer(3)},
                         {"average_reached_ms", milliseconds(row, 4)}});
    }
    return peers;
}

}  // namespace

ReportReader::ReportReader(const std::filesystem::path& file) : database_(file) {}

json ReportReader::read(const Uint256& block) {
    const std::string hash = block.to_hex();
    auto row = database_.prepare(
        "SELECT height, started_at, block_bytes, compact_bytes, transactions, prefilled, reached, confirmed,"
        " first_confirmed_ms, ms_50, ms_90, ms_all"
        " FROM broadcasts WHERE hash = ?");
    row.bind(hash);
    if (!row.step()) return nullptr;
    return {{"hash", hash},
            {"height", row.integer(0)},
            {"time", row.real(1)},
            {"block_bytes", row.integer(2)},
            {"compact_bytes", row.integer(3)},
            {"transactions", row.integer(4)},
            {"prefilled", row.integer(5)},
            {"reached", row.integer(6)},
            {"confirmed", row.integer(7)},
            {"first_confirmed_ms", milliseconds(row, 8)},
            {"ms_50_percent", milliseconds(row, 9)},
            {"ms_90_percent", milliseconds(row, 10)},
            {"ms_all", milliseconds(row, 11)},
            {"peers", read_peers(database_, hash)}};
}

json ReportReader::trends(double since, double now) {
    return {{"history", read_history(database_, since, now)},
            {"broadcasts", read_broadcasts(database_, since, now)},
            {"peers", read_best_known_peers(database_, since, now)}};
}

}  // namespace dash::broadcaster
