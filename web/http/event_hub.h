#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
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
    EventQueue(const boost::asio::any_io_executor& executor, Audience reader, std::string client,
               std::chrono::milliseconds heartbeat)
        : wakeup_(executor), reader_(reader), client_(std::move(client)), heartbeat_(heartbeat) {}

    /// The text to send next: one or more events, or "alive" when there was none for a while, by which a reader knows
    /// a stream that is quiet from one that is dead; empty when the stream ends, because the reader lags too far behind
    /// or the node stops.
    [[nodiscard]] boost::asio::awaitable<std::string> next();

  private:
    friend class EventHub;
    /// What a reader may lag behind.
    static constexpr std::size_t kMaxEvents = 256;

    void push(const std::shared_ptr<const std::string>& event);
    void end();

    boost::asio::steady_timer wakeup_;
    Audience reader_;
    std::string client_;
    std::chrono::milliseconds heartbeat_;
    std::deque<std::shared_ptr<const std::string>> events_;
    bool ended_ = false;
};

/// Gives each event to all readers (server-sent events of the HTML standard). Web thread.
class EventHub {
  public:
    static constexpr std::size_t kMaxReaders = 256;
    /// Half of the connections that a client may have: its pages come all the same.
    static constexpr std::size_t kMaxReadersOfClient = 32;

    explicit EventHub(boost::asio::any_io_executor executor,
                      std::chrono::milliseconds heartbeat = std::chrono::seconds(15))
        : executor_(std::move(executor)), heartbeat_(heartbeat) {}
    ~EventHub() { end_all(); }
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    /// `data` is one line: JSON.
    void publish(std::string_view name, std::string_view data, Audience audience = Audience::kEverybody);
    /// With other data for those who may not see what tells of single miners.
    void publish(std::string_view name, std::string_view data, std::string_view for_strangers);
    /// nullptr when this client has too many streams, or all have and none has more than this one: else the newest
    /// stream of who has most ends for it. `last_id`: what the reader has had already; empty: begin now.
    [[nodiscard]] std::shared_ptr<EventQueue> subscribe(const std::string& last_id, Audience reader,
                                                        const std::string& client);
    [[nodiscard]] std::size_t readers() const;
    void end_all();

  private:
    /// For readers that come again.
    static constexpr std::size_t kRemembered = 200;

    using Text = std::shared_ptr<const std::string>;
    struct Event {
        std::uint64_t id = 0;
        Text text;
        Text for_strangers;  ///< null: it is not for them

        [[nodiscard]] const Text& text_for(Audience reader) const {
            return reader == Audience::kNames ? text : for_strangers;
        }
    };

    /// May end another client's stream.
    [[nodiscard]] bool has_place_for(const std::string& client);
    [[nodiscard]] Text make_text(std::string_view name, std::string_view data) const;
    void send(Text text, Text for_strangers);

    boost::asio::any_io_executor executor_;
    std::chrono::milliseconds heartbeat_;
    std::uint64_t last_id_ = 0;
    std::deque<Event> remembered_;
    std::vector<std::weak_ptr<EventQueue>> queues_;
};

}  // namespace web
