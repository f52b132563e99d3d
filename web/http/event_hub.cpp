#include "web/http/event_hub.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <iterator>
#include <map>

namespace web {

boost::asio::awaitable<std::string> EventQueue::next() {
    if (events_.empty() && !ended_) {
        wakeup_.expires_after(heartbeat_);
        co_await wakeup_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    std::string text;
    if (ended_) co_return text;
    for (const auto& event : events_)
        text += *event;
    events_.clear();
    co_return text.empty() ? "event: alive\ndata: {}\n\n" : text;
}

void EventQueue::push(const std::shared_ptr<const std::string>& event) {
    if (event == nullptr) return;
    if (events_.size() >= kMaxEvents) {
        end();
        return;
    }
    events_.push_back(event);
    wakeup_.cancel();
}

void EventQueue::end() {
    ended_ = true;
    events_.clear();
    wakeup_.cancel();
}

EventHub::Text EventHub::make_text(std::string_view name, std::string_view data) const {
    std::string text = "id: " + std::to_string(last_id_ + 1) + "\nevent: ";
    text.append(name).append("\ndata: ").append(data).append("\n\n");
    return std::make_shared<const std::string>(std::move(text));
}

void EventHub::publish(std::string_view name, std::string_view data, Audience audience) {
    const Text text = make_text(name, data);
    send(text, audience == Audience::kEverybody ? text : nullptr);
}

void EventHub::publish(std::string_view name, std::string_view data, std::string_view for_strangers) {
    send(make_text(name, data), make_text(name, for_strangers));
}

void EventHub::send(Text text, Text for_strangers) {
    remembered_.push_back({++last_id_, std::move(text), std::move(for_strangers)});
    if (remembered_.size() > kRemembered) remembered_.pop_front();
    for (auto queue = queues_.begin(); queue != queues_.end();) {
        if (const auto alive = queue->lock()) {
            alive->push(remembered_.back().text_for(alive->reader_));
            ++queue;
        } else {
            queue = queues_.erase(queue);
        }
    }
}

bool EventHub::has_place_for(const std::string& client) {
    std::erase_if(queues_, [](const auto& queue) { return queue.expired(); });
    std::map<std::string, std::size_t> streams;
    for (const auto& queue : queues_)
        ++streams[queue.lock()->client_];
    const std::size_t own = streams[client];
    if (own >= kMaxReadersOfClient) return false;
    if (queues_.size() < kMaxReaders) return true;
    const auto greediest = std::max_element(streams.begin(), streams.end(),
                                            [](const auto& a, const auto& b) { return a.second < b.second; });
    if (greediest->second <= own + 1) return false;
    const auto newest = std::find_if(queues_.rbegin(), queues_.rend(),
                                     [&](const auto& queue) { return queue.lock()->client_ == greediest->first; });
    newest->lock()->end();
    queues_.erase(std::next(newest).base());
    return true;
}

std::shared_ptr<EventQueue> EventHub::subscribe(const std::string& last_id, Audience reader,
                                                const std::string& client) {
    if (!has_place_for(client)) return nullptr;
    auto queue = std::make_shared<EventQueue>(executor_, reader, client, heartbeat_);
    std::uint64_t seen = 0;
    const auto [end, error] = std::from_chars(last_id.data(), last_id.data() + last_id.size(), seen);
    if (error == std::errc() && end == last_id.data() + last_id.size() && seen <= last_id_) {
        for (const Event& event : remembered_) {
            if (event.id > seen) queue->push(event.text_for(reader));
        }
    }
    queues_.push_back(queue);
    return queue;
}

std::size_t EventHub::readers() const {
    return static_cast<std::size_t>(
        std::count_if(queues_.begin(), queues_.end(), [](const auto& queue) { return !queue.expired(); }));
}

void EventHub::end_all() {
    for (const auto& queue : queues_) {
        if (const auto alive = queue.lock()) alive->end();
    }
    queues_.clear();
}

}  // namespace web
