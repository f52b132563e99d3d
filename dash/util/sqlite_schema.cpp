#include "dash/util/sqlite_schema.h"

namespace dash::sqlite {
namespace {

std::int64_t version_of(Database& database, std::string_view component) {
    auto select = database.prepare("SELECT version FROM component_versions WHERE component = ?");
    return select.bind(component).step() ? select.integer(0) : 0;
}

}  // namespace

void migrate(Database& database, std::string_view component, std::span<const char* const> steps) {
    Transaction transaction(database);
    database.execute(
        "CREATE TABLE IF NOT EXISTS component_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL)");
    const std::int64_t version = version_of(database, component);
    const auto latest = static_cast<std::int64_t>(steps.size());
    if (version > latest) {
        throw ConfigError(database.file().string() + " was written by a newer release (its part '" +
                          std::string(component) + "' has version " + std::to_string(version) +
                          ", this release knows " + std::to_string(latest) +
                          "): start the newer release again, or move the file away and this one begins a new file");
    }
    if (version == latest) return;
    for (std::int64_t step = version; step < latest; ++step)
        database.execute(steps[static_cast<std::size_t>(step)]);
    database.prepare("INSERT OR REPLACE INTO component_versions VALUES (?, ?)").bind(component, latest).run();
    transaction.commit();
}

}  // namespace dash::sqlite
