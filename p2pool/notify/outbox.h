#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dash/util/sqlite.h"
#include "p2pool/notify/announcement.h"

namespace p2pool::notify {

/// Block announcements on the disk, so that each is made once to each channel, through restarts. One thread.
class Outbox {
  public:
    /// `file` is the node's SQLite file. Throws ConfigError.
    explicit Outbox(const std::filesystem::path& file);

    /// False when it is there already: it was sent, or will be.
    [[nodiscard]] bool put(const std::string& channel, const Announcement& announcement, double now);
    void sent(const std::string& channel, const std::string& subject, double now);
    /// Those that were not sent, the oldest first, and not older than `since`.
    [[nodiscard]] std::vector<Announcement> waiting(const std::string& channel, double since);
    /// Forgets what is older.
    void forget_before(double time);

  private:
    dash::sqlite::Database database_;
};

}  // namespace p2pool::notify
