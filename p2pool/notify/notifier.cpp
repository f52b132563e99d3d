#include "p2pool/notify/notifier.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <deque>
#include <thread>

#include "dash/util/coroutines.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/notify/outbox.h"

namespace p2pool::notify {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kMostAlerts = 20;
constexpr int kAlertAttempts = 5;
/// A node that finds more blocks than it can announce forgets the oldest; the outbox has them.
constexpr std::size_t kMostBlocks = 1000;
constexpr double kRememberedSeconds = 30 * 86'400.0;

std::string title_of(const Channel& channel) {
    return channel.name() == "telegram" ? "Telegram" : "The " + channel.name();
}

}  // namespace

/// One channel and what waits for it.
struct Line {
    Line(std::unique_ptr<Channel> with, asio::io_context& io) : channel(std::move(with)), wake(io) {}

    std::unique_ptr<Channel> channel;
    asio::steady_timer wake;
    std::deque<Announcement> blocks;  ///< at most kMostBlocks
    std::deque<Announcement> alerts;  ///< at most kMostAlerts
    std::chrono::steady_clock::time_point next_alert{};
    int failures = 0;  ///< in a row
};

class Notifier::Impl {
  public:
    Impl(std::vector<std::unique_ptr<Channel>> channels, const std::filesystem::path& database,
         const dash::Clock& clock, NotifierSchedule schedule)
        : outbox_(database), clock_(clock), schedule_(schedule) {
        for (auto& channel : channels)
            lines_.push_back(std::make_unique<Line>(std::move(channel), io_));
    }
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void start() {
        const double now = clock_.unix_seconds();
        outbox_.forget_before(now - kRememberedSeconds);
        for (const auto& line : lines_) {
            for (Announcement& block :
                 outbox_.waiting(line->channel->name(), now - static_cast<double>(schedule_.block_patience.count())))
                add_block(*line, std::move(block));
            asio::co_spawn(io_, deliver(*line), dash::log_failure("The " + line->channel->name()));
        }
        thread_ = std::thread([this] { dash::run_guarded(io_, "the notifier"); });
    }

    void announce(Announcement announcement) {
        asio::post(io_, [this, announcement = std::move(announcement)] {
            for (const auto& line : lines_) {
                if (line->channel->wants(announcement)) take(*line, announcement);
            }
        });
    }

    void stop() {
        if (!thread_.joinable()) return;
        // After what was announced before.
        asio::post(io_, [this] { io_.stop(); });
        thread_.join();
    }

  private:
    void take(Line& line, const Announcement& announcement) {
        if (announcement.kind == Announcement::Kind::kBlock) {
            if (!is_new(line, announcement)) return;
            add_block(line, announcement);
        } else {
            line.alerts.push_back(announcement);
            if (line.alerts.size() > kMostAlerts) line.alerts.pop_front();
        }
        line.wake.cancel();
    }

    bool is_new(Line& line, const Announcement& block) {
        try {
            return outbox_.put(line.channel->name(), block, clock_.unix_seconds());
        } catch (const dash::Error& error) {
            dash::log::error("The announcement of block ", block.subject,
                             " cannot be stored, it is made all the same: ", error.what());
            return true;
        }
    }

    static void add_block(Line& line, Announcement block) {
        line.blocks.push_back(std::move(block));
        if (line.blocks.size() > kMostBlocks) line.blocks.pop_front();
    }

    /// The queue that has its turn; null when nothing may be sent now.
    static std::deque<Announcement>* next_queue(Line& line) {
        if (!line.blocks.empty()) return &line.blocks;
        const bool alert_may = std::chrono::steady_clock::now() >= line.next_alert;
        return !line.alerts.empty() && alert_may ? &line.alerts : nullptr;
    }

    asio::awaitable<void> wait(Line& line, std::chrono::steady_clock::time_point until) {
        line.wake.expires_at(until);
        co_await line.wake.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    /// Whatever goes wrong with one announcement, the channel goes on.
    static asio::awaitable<Delivery> send(Channel& channel, const Announcement& announcement) {
        try {
            co_return co_await channel.send(announcement);
        } catch (const std::exception& error) {
            co_return Delivery{false, error.what()};
        }
    }

    asio::awaitable<void> deliver(Line& line) {
        asio::steady_timer pause(io_);
        for (;;) {
            std::deque<Announcement>* const queue = next_queue(line);
            if (queue == nullptr) {
                co_await wait(line, line.alerts.empty() ? asio::steady_timer::time_point::max() : line.next_alert);
                continue;
            }
            const Announcement announcement = queue->front();
            queue->pop_front();
            const Delivery delivery = co_await send(*line.channel, announcement);
            pause.expires_after(std::max(line.channel->least_interval(), settle(line, announcement, delivery)));
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    /// Notes how it went; the time until the next attempt.
    milliseconds settle(Line& line, const Announcement& announcement, const Delivery& delivery) {
        const bool is_block = announcement.kind == Announcement::Kind::kBlock;
        if (delivery.done) {
            line.failures = 0;
            if (is_block) told(line, announcement);
            if (!is_block) line.next_alert = std::chrono::steady_clock::now() + schedule_.alert_interval;
            return milliseconds(0);
        }
        ++line.failures;
        if (is_block && line.failures == 1)
            dash::log::warning(title_of(*line.channel),
                               ": Failed to send block announcement, trying again: ", delivery.problem);
        if (!is_block && line.failures == 1)
            dash::log::warning(title_of(*line.channel), " cannot be told of an alert: ", delivery.problem);
        if (is_block) {
            line.blocks.push_front(announcement);
        } else if (line.failures < kAlertAttempts) {
            line.alerts.push_front(announcement);
        } else {
            line.failures = 0;
        }
        const int doublings = std::min(line.failures - 1, 16);
        const milliseconds pause =
            doublings < 0 ? milliseconds(0) : schedule_.first_retry * (std::int64_t{1} << doublings);
        return std::max<milliseconds>(delivery.retry_after, std::min(pause, schedule_.longest_retry));
    }

    void told(const Line& line, const Announcement& block) {
        dash::log::info(title_of(*line.channel), ": Block announcement sent successfully");
        try {
            outbox_.sent(line.channel->name(), block.subject, clock_.unix_seconds());
        } catch (const dash::Error& error) {
            dash::log::error("Block ", block.subject, " may be announced again: ", error.what());
        }
    }

    Outbox outbox_;
    const dash::Clock& clock_;
    NotifierSchedule schedule_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    std::vector<std::unique_ptr<Line>> lines_;
    std::thread thread_;
};

Notifier::Notifier(std::vector<std::unique_ptr<Channel>> channels, const std::filesystem::path& database,
                   const dash::Clock& clock, NotifierSchedule schedule)
    : impl_(std::make_unique<Impl>(std::move(channels), database, clock, schedule)) {}

Notifier::~Notifier() = default;

void Notifier::start() {
    impl_->start();
}

void Notifier::announce(Announcement announcement) {
    impl_->announce(std::move(announcement));
}

void Notifier::stop() {
    impl_->stop();
}

}  // namespace p2pool::notify
