#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "dash/util/clock.h"
#include "p2pool/notify/announcement.h"
#include "p2pool/notify/channel.h"

namespace p2pool::notify {

/// When the notifier sends and tries again. Tests shorten these.
struct NotifierSchedule {
    std::chrono::milliseconds first_retry{5'000};      ///< doubled at each failure …
    std::chrono::milliseconds longest_retry{600'000};  ///< … up to this
    std::chrono::milliseconds alert_interval{30'000};  ///< between two alerts
    std::chrono::seconds block_patience{86'400};       ///< a block is worth telling for so long, and then given up
};

/// Brings announcements to the channels, each at its own pace, with a thread of its own. A block is announced once to
/// each channel, and tried for a day, through restarts; one that is refused again and again holds up nothing else. Of
/// alerts the last twenty wait, and of those about miners, which come last, another twenty; one that fails five times
/// is dropped.
class Notifier {
  public:
    /// Opens the outbox in the node's SQLite file. Throws ConfigError.
    Notifier(std::vector<std::unique_ptr<Channel>> channels, const std::filesystem::path& database,
             const dash::Clock& clock, NotifierSchedule schedule = {});
    /// stop()s.
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    /// Starts the thread, and goes on with what an earlier run did not bring home.
    void start();
    /// From any thread; returns at once.
    void announce(Announcement announcement);
    /// Ends the thread; what was announced by then is kept.
    void stop();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::notify
