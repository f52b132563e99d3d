#pragma once

#include <span>
#include <string_view>

#include "dash/util/sqlite.h"

namespace dash::sqlite {

/// Brings the tables that one part of the program has in the node's SQLite file to their present form, in one
/// transaction. The file is shared: each part names itself (`component`) and has its own version, which the table
/// component_versions holds. `steps[n]` is the SQL that leads from version n to n + 1; a new file takes all of them. A
/// step that was released is never changed: another one follows it.
///
/// What a salvage of a damaged file has lost is made good: a version that is not noted is told from the tables, and a
/// table or index of the version that is not there is made, empty.
///
/// Throws ConfigError when a newer release wrote the tables.
void migrate(Database& database, std::string_view component, std::span<const char* const> steps);

}  // namespace dash::sqlite
