#include "dash/util/sqlite_schema.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace dash::sqlite {
namespace {

using Steps = std::span<const char* const>;

/// A table or an index, and the SQL that makes it.
struct Thing {
    std::string name;
    std::string sql;
};

/// In the order in which they were made.
std::vector<Thing> things_in(Database& database) {
    std::vector<Thing> things;
    auto select = database.prepare(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid");
    while (select.step())
        things.push_back({select.text(0), select.text(1)});
    return things;
}

/// What a file has that took these steps and nothing else.
std::vector<Thing> things_after(Steps steps) {
    Database scratch(":memory:");
    for (const char* step : steps)
        scratch.execute(step);
    return things_in(scratch);
}

const Thing* find(const std::vector<Thing>& things, const std::string& name) {
    const auto found =
        std::find_if(things.begin(), things.end(), [&](const Thing& thing) { return thing.name == name; });
    return found == things.end() ? nullptr : &*found;
}

std::optional<std::int64_t> noted_version(Database& database, std::string_view component) {
    auto select = database.prepare("SELECT version FROM component_versions WHERE component = ?");
    if (!select.bind(component).step()) return std::nullopt;
    return select.integer(0);
}

/// Which version the tables have that are there, when nothing says so: the latest that all of them fit; 0: none.
std::int64_t version_by_tables(Database& database, Steps steps) {
    const std::vector<Thing> present = things_in(database);
    for (std::size_t version = steps.size(); version > 0; --version) {
        bool any = false;
        bool fits = true;
        for (const Thing& wanted : things_after(steps.first(version))) {
            const Thing* there = find(present, wanted.name);
            any = any || there != nullptr;
            fits = fits && (there == nullptr || there->sql == wanted.sql);
        }
        if (any && fits) return static_cast<std::int64_t>(version);
    }
    return 0;
}

/// Makes, empty, what the steps that were taken have made and is gone.
void restore_missing(Database& database, Steps taken) {
    const std::vector<Thing> present = things_in(database);
    for (const Thing& wanted : things_after(taken)) {
        if (find(present, wanted.name) == nullptr) database.execute(wanted.sql);
    }
}

}  // namespace

void migrate(Database& database, std::string_view component, Steps steps) {
    Transaction transaction(database);
    database.execute(
        "CREATE TABLE IF NOT EXISTS component_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL)");
    const std::optional<std::int64_t> noted = noted_version(database, component);
    const std::int64_t version = noted ? *noted : version_by_tables(database, steps);
    const auto latest = static_cast<std::int64_t>(steps.size());
    if (version > latest) {
        throw ConfigError(database.file().string() + " was written by a newer release (its part '" +
                          std::string(component) + "' has version " + std::to_string(version) +
                          ", this release knows " + std::to_string(latest) +
                          "): start the newer release again, or move the file away and this one begins a new file");
    }
    restore_missing(database, steps.first(static_cast<std::size_t>(std::max<std::int64_t>(0, version))));
    for (std::int64_t step = std::max<std::int64_t>(0, version); step < latest; ++step)
        database.execute(steps[static_cast<std::size_t>(step)]);
    if (noted != latest) {
        database.prepare("INSERT OR REPLACE INTO component_versions VALUES (?, ?)").bind(component, latest).run();
    }
    transaction.commit();
}

}  // namespace dash::sqlite
