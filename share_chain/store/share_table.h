#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dash/util/sqlite.h"
#include "share_chain/codec.h"
#include "share_chain/share.h"

namespace share_chain::store {

/// The table `shares` of the node's SQLite file: what a share is, and whether it is verified. Throws dash::Error when
/// the file cannot be read or written. One thread at a time.
///
/// A row holds the share's canonical contents and, to find it, its hash. The hash is not believed: whoever reads rows
/// decodes the contents and computes X11 again (3 µs a share), so that a flipped bit, wherever it is, cannot bring a
/// share into the chain that is none.
class ShareTable {
  public:
    /// Makes the table when the file has none. Throws ConfigError when a newer release wrote it.
    explicit ShareTable(const std::filesystem::path& file);

    struct Row {
        std::int64_t id = 0;
        std::string hash;  ///< display order; whatever the file says
        TypedContents share;
        bool verified = false;
    };
    /// At most `most` rows with an id above `after`, ascending: the order in which they were put there first.
    [[nodiscard]] std::vector<Row> rows(std::int64_t after, std::int64_t most);
    void remove_row(std::int64_t id);

    /// Replaces what is there under this hash.
    void put(const Share& share, bool verified);
    /// Nothing when there is no such share; so does remove().
    void mark_verified(const dash::Uint256& hash);
    void remove(const dash::Uint256& hash);

    struct Facts {
        std::int64_t timestamp = 0;
        bool verified = false;
    };
    [[nodiscard]] std::optional<Facts> facts(const dash::Uint256& hash);

    /// Whether the share files of the python node were taken in once.
    [[nodiscard]] bool is_imported();
    void set_imported(double unix_seconds);

    /// Rewrites the whole file without the room that removed rows leave.
    void compact();

    /// For transactions around several calls.
    [[nodiscard]] dash::sqlite::Database& database() { return database_; }

  private:
    dash::sqlite::Database database_;
    dash::sqlite::Statement put_;
    dash::sqlite::Statement mark_verified_;
    dash::sqlite::Statement remove_;
    dash::sqlite::Statement facts_;
};

}  // namespace share_chain::store
