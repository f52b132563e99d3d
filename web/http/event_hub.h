#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace web {

/// Who may read an event, or what a reader may read.
enum class Audience {
    kEverybody,
    kNames,  ///< those who may see what tells of single miners
};

/// The events that one reader has not taken yet. Web thread.
class EventQueue {
  public:
    EventQueue(const boost::asio::any_io_executor& executor, Audience reader) : wakeup_(executor), reader_(reader) {}

    /// The text to send next: one or more events, or a comment that keeps the connection alive; empty when the stream
    /// ends, because the reader lags too far behind or the node stops.
    [[nodiscard]] boost::asio::awaitable<std::string> next();

  private:
    friend class EventHub;
    /// What a reader may lag behind.
    static constexpr std::size_t kMaxEvents = 256;

    void push(const std::shared_ptr<const std::string>& event, Audience audience);
    void end();

    boost::asio::steady_timer wakeup_;
    Audience reader_;
    std::deque<std::shared_ptr<const std::string>> events_;
    bool ended_ = false;
};

/// Gives each event to all readers (server-sent events of the HTML standard). Web thread.
class EventHub {
  public:
    explicit EventHub(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
    ~EventHub() { end_all(); }
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    /// `data` is one line: JSON.
    void publish(std::string_view name, std::string_view data, Audience audience = Audience::kEverybody);
    /// nullptr when there are too many readers. `last_id`: what the reader has had already; empty: begin now.
    [[nodiscard]] std::shared_ptr<EventQueue> subscribe(const std::string& last_id, Audience reader);
    [[nodiscard]] std::size_t readers() const;
    void end_all();

  private:
    static constexpr std::size_t kMaxReaders = 256;
    /// For readers that come again.
    static constexpr std::size_t kRemembered = 200;

    struct Event {
        std::uint64_t id = 0;
        Audience audience = Audience::kEverybody;
        std::shared_ptr<const std::string> text;
    };

    boost::asio::any_io_executor executor_;
    std::uint64_t last_id_ = 0;
    std::deque<Event> remembered_;
    std::vector<std::weak_ptr<EventQueue>> queues_;
};

}  // namespace web
