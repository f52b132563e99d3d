#include "dash/broadcaster/report_reader.h"

#include <nlohmann/json.hpp>

namespace dash::broadcaster {
namespace {

using nlohmann::json;

/// The queries have −1 for NULL, which no time is.
json milliseconds(const sqlite::Statement& row, int column) {
    const double value = row.real(column);
    return value < 0 ? json() : json(value);
}

json read_peers(sqlite::Database& database, const std::string& hash) {
    auto row = database.prepare(
        "SELECT address, sent, outcome, IFNULL(first_byte_ms, -1), IFNULL(last_byte_ms, -1), IFNULL(reached_ms, -1),"
        " IFNULL(confirmed_ms, -1) FROM broadcast_peers WHERE hash = ?"
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

}  // namespace

ReportReader::ReportReader(const std::filesystem::path& file) : database_(file) {}

json ReportReader::read(const Uint256& block) {
    const std::string hash = block.to_hex();
    auto row = database_.prepare(
        "SELECT height, started_at, block_bytes, compact_bytes, transactions, prefilled, reached, confirmed,"
        " IFNULL(first_confirmed_ms, -1), IFNULL(ms_50, -1), IFNULL(ms_90, -1), IFNULL(ms_all, -1)"
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

}  // namespace dash::broadcaster
