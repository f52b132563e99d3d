#include "p2pool/notify/notifier.h"

#include <algorithm>
#include <array>
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

constexpr int kAlertAttempts = 5;
/// So often a block is tried before anything else; then others get their turn in between.
constexpr int kUrgentAttempts = 5;
constexpr double kRememberedSeconds = 30 * 86'400.0;

std::string title_of(const Channel& channel) {
    return channel.name() == "telegram" ? "Telegram" : "The " + channel.name();
}

struct Waiting {
    Announcement announcement;
    int attempts = 0;  ///< that failed
    std::chrono::steady_clock::time_point not_before{};
};

/// What waits, the oldest first: too many push out the oldest.
struct Queue {
    explicit Queue(std::size_t bound) : most(bound) {}

    void add(Announcement announcement) {
        waiting.push_back({std::move(announcement)});
        if (waiting.size() > most) waiting.pop_front();
    }
    Waiting take(std::size_t index) {
        Waiting item = std::move(waiting[index]);
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(index));
        return item;
    }

    std::deque<Waiting> waiting;
    std::size_t most;
    std::chrono::steady_clock::time_point next{};  ///< nothing of it is sent earlier
};

/// What is sent next: never, while nothing waits.
struct Turn {
    Queue* queue = nullptr;
    std::size_t index = 0;
    std::chrono::steady_clock::time_point at = std::chrono::steady_clock::time_point::max();
};

/// The most urgent first.
enum Rank : std::size_t { kBlocks, kAlerts, kAlertsAboutMiners };

Rank rank_of(const Announcement& announcement) {
    if (announcement.kind == Announcement::Kind::kBlock) return kBlocks;
    return announcement.about_miner ? kAlertsAboutMiners : kAlerts;
}

}  // namespace

/// One channel and what waits for it. A node that finds more blocks than it can announce forgets the oldest; the
/// outbox has them. Of alerts the news are in the last.
struct Line {
    Line(std::unique_ptr<Channel> with, asio::io_context& io) : channel(std::move(with)), wake(io) {}

    std::unique_ptr<Channel> channel;
    asio::steady_timer wake;
    std::array<Queue, 3> queues{Queue(1000), Queue(20), Queue(20)};  ///< by Rank
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
            for (Announcement& block : outbox_.waiting(line->channel->name(), now - patience_seconds()))
                line->queues[kBlocks].add(std::move(block));
            asio::co_spawn(io_, deliver(*line), dash::log_failure("The " + line->channel->name()));
        }
        thread_ = std::thread([this] { dash::run_guarded(io_, "the notifier"); });
    }

    void announce(Announcement announcement) {
        asio::post(io_, [this, announcement = std::move(announcement)]() mutable {
            announcement.made_at = clock_.unix_seconds();
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
    [[nodiscard]] double patience_seconds() const { return static_cast<double>(schedule_.block_patience.count()); }

    void take(Line& line, const Announcement& announcement) {
        const Rank rank = rank_of(announcement);
        if (rank == kBlocks && !is_new(line, announcement)) return;
        line.queues[rank].add(announcement);
        line.wake.cancel();
    }

    bool is_new(Line& line, const Announcement& block) {
        try {
            return outbox_.put(line.channel->name(), block, block.made_at);
        } catch (const dash::Error& error) {
            dash::log::error("The announcement of block ", block.subject,
                             " cannot be stored, it is made all the same: ", error.what());
            return true;
        }
    }

    /// What is sent next, and when. A block holds up all alerts while it is urgent; an alert those of its queue.
    static Turn next_turn(Line& line) {
        const auto now = std::chrono::steady_clock::now();
        Turn next;
        bool is_urgent = false;
        for (std::size_t rank = 0; rank < line.queues.size() && !is_urgent; ++rank) {
            Queue& queue = line.queues[rank];
            const std::size_t candidates =
                rank == kBlocks ? queue.waiting.size() : std::min<std::size_t>(1, queue.waiting.size());
            for (std::size_t i = 0; i < candidates; ++i) {
                const Waiting& item = queue.waiting[i];
                const Turn turn{&queue, i, std::max({item.not_before, queue.next, now})};
                if (turn.at == now) return turn;
                is_urgent = is_urgent || (rank == kBlocks && item.attempts < kUrgentAttempts);
                if (next.queue == nullptr || turn.at < next.at) next = turn;
            }
        }
        return next;
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
            const Turn turn = next_turn(line);
            if (turn.at > std::chrono::steady_clock::now()) {
                co_await wait(line, turn.at);
                continue;
            }
            Waiting item = turn.queue->take(turn.index);
            if (is_too_old(line, item)) continue;
            const Delivery delivery = co_await send(*line.channel, item.announcement);
            settle(line, *turn.queue, std::move(item), delivery);
            pause.expires_after(std::max<milliseconds>(line.channel->least_interval(), delivery.retry_after));
            co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    [[nodiscard]] bool is_too_old(const Line& line, const Waiting& item) const {
        if (rank_of(item.announcement) != kBlocks) return false;
        if (clock_.unix_seconds() - item.announcement.made_at <= patience_seconds()) return false;
        dash::log::warning(title_of(*line.channel), " did not take the announcement of block ",
                           item.announcement.subject, " in time; it is given up");
        return true;
    }

    /// Notes how it went, and when the queue has its next turn.
    void settle(Line& line, Queue& queue, Waiting item, const Delivery& delivery) {
        const bool is_block = rank_of(item.announcement) == kBlocks;
        const auto now = std::chrono::steady_clock::now();
        if (delivery.done) {
            if (is_block) {
                told(line, item.announcement);
            } else {
                line.queues[kAlerts].next = line.queues[kAlertsAboutMiners].next = now + schedule_.alert_interval;
            }
            return;
        }
        if (++item.attempts == 1) tell_failure(line, is_block, delivery.problem);
        if (!is_block && item.attempts >= kAlertAttempts) return;
        item.not_before = now + retry_pause(item.attempts);
        queue.waiting.push_front(std::move(item));
    }

    static void tell_failure(const Line& line, bool is_block, const std::string& problem) {
        if (is_block) {
            dash::log::warning(title_of(*line.channel), ": Failed to send block announcement, trying again: ", problem);
        } else {
            dash::log::warning(title_of(*line.channel), " cannot be told of an alert: ", problem);
        }
    }

    [[nodiscard]] milliseconds retry_pause(int attempts) const {
        const int doublings = std::min(attempts - 1, 16);
        return std::min<milliseconds>(schedule_.first_retry * (std::int64_t{1} << doublings), schedule_.longest_retry);
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
