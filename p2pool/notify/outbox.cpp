#include "p2pool/notify/outbox.h"

#include <array>

#include "dash/util/error.h"
#include "dash/util/sqlite_schema.h"

namespace p2pool::notify {
namespace {

constexpr std::array<const char*, 1> kSchema = {
    // Times are unix seconds; sent_at is 0 until the receiver has it.
    "CREATE TABLE announcements ("
    "  channel TEXT NOT NULL, subject TEXT NOT NULL, made_at REAL NOT NULL, sent_at REAL NOT NULL,"
    "  text TEXT NOT NULL, html TEXT NOT NULL, details TEXT NOT NULL,"
    "  PRIMARY KEY (channel, subject));"};

dash::sqlite::Database open(const std::filesystem::path& file) {
    try {
        dash::sqlite::Database database(file);
        dash::sqlite::migrate(database, "notify", kSchema);
        return database;
    } catch (const dash::ConfigError&) {
        throw;
    } catch (const dash::Error& error) {
        throw dash::ConfigError(error.what());
    }
}

}  // namespace

Outbox::Outbox(const std::filesystem::path& file) : database_(open(file)) {}

bool Outbox::put(const std::string& channel, const Announcement& announcement, double now) {
    auto known = database_.prepare("SELECT 1 FROM announcements WHERE channel = ? AND subject = ?");
    if (known.bind(channel, announcement.subject).step()) return false;
    database_.prepare("INSERT INTO announcements VALUES (?, ?, ?, 0.0, ?, ?, ?)")
        .bind(channel, announcement.subject, now, announcement.text, announcement.html, to_text(announcement.details))
        .run();
    return true;
}

void Outbox::sent(const std::string& channel, const std::string& subject, double now) {
    database_.prepare("UPDATE announcements SET sent_at = ? WHERE channel = ? AND subject = ?")
        .bind(now, channel, subject)
        .run();
}

std::vector<Announcement> Outbox::waiting(const std::string& channel, double since) {
    std::vector<Announcement> waiting;
    auto rows = database_.prepare(
        "SELECT subject, text, html, details, made_at FROM announcements"
        " WHERE channel = ? AND sent_at = 0.0 AND made_at >= ? ORDER BY made_at");
    rows.bind(channel, since);
    while (rows.step()) {
        waiting.push_back({Announcement::Kind::kBlock, rows.text(0), rows.text(1), rows.text(2),
                           nlohmann::json::parse(rows.text(3), nullptr, false), false, rows.real(4)});
    }
    return waiting;
}

void Outbox::forget_before(double time) {
    database_.prepare("DELETE FROM announcements WHERE made_at < ?").bind(time).run();
}

}  // namespace p2pool::notify
