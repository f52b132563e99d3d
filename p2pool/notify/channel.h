#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "p2pool/notify/announcement.h"

namespace p2pool::notify {

/// What became of one attempt.
struct Delivery {
    bool done = false;
    std::string problem;  ///< for the log; without secrets
    /// The receiver's wish when to try again; zero: as the notifier sees fit.
    std::chrono::seconds retry_after{0};
};

/// One receiver of announcements. On the notifier's thread, one call at a time.
class Channel {
  public:
    virtual ~Channel() = default;

    /// The same in every run: what was sent is remembered by it. Holds no secret.
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual bool wants(const Announcement& announcement) const = 0;
    /// Least time between two deliveries.
    [[nodiscard]] virtual std::chrono::milliseconds least_interval() const = 0;
    /// Throws nothing.
    [[nodiscard]] virtual boost::asio::awaitable<Delivery> send(const Announcement& announcement) = 0;
};

}  // namespace p2pool::notify
