#include "tests/propagation/push_model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>

#include "tests/support/manual_clock.h"

namespace propagation {
namespace {

using dash::broadcaster::Broadcast;
using dash::broadcaster::PeerAddress;

constexpr double kStageIntervalMs = 5;

/// Things that happen at their time, on a clock that moves with them.
class Agenda {
  public:
    [[nodiscard]] const tests::ManualClock& clock() const { return clock_; }
    [[nodiscard]] double now_ms() const { return now_ms_; }
    void at(double ms, std::function<void()> action) { actions_.emplace(ms, std::move(action)); }
    /// False when there is nothing more to come.
    bool step() {
        if (actions_.empty()) return false;
        const auto next = actions_.begin();
        constexpr double kMsPerSecond = 1000;
        clock_.advance((next->first - now_ms_) / kMsPerSecond);
        now_ms_ = next->first;
        const std::function<void()> action = std::move(next->second);
        actions_.erase(next);
        action();
        return true;
    }

  private:
    tests::ManualClock clock_;
    double now_ms_ = 0;
    std::multimap<double, std::function<void()>> actions_;
};

std::vector<PeerAddress> addresses_of(const std::vector<std::size_t>& nodes) {
    std::vector<PeerAddress> addresses;
    for (const std::size_t node : nodes) {
        PeerAddress address;
        address.ip[0] = static_cast<std::uint8_t>(node >> 8);
        address.ip[1] = static_cast<std::uint8_t>(node);
        address.port = 9999;
        addresses.push_back(address);
    }
    return addresses;
}

class Push {
  public:
    Push(const NetworkModel& network, const std::vector<std::size_t>& targets, const dash::broadcaster::OwnBlock& block,
         const OurLine& line)
        : network_(network),
          targets_(targets),
          block_(block),
          line_(line),
          broadcast_(addresses_of(targets), block.full()->size(), agenda_.clock()),
          places_(targets.size()) {}

    PushResult run() {
        for (std::size_t i = 0; i < targets_.size(); ++i)
            send(
                i, block_.compact()->size(), [this, i] { compact_arrived(i); },
                [this, i] { broadcast_.compact_taken(i); });
        for (std::size_t i = 0; i < targets_.size() && !broadcast_.in_stages(); ++i)
            send_full(i);
        if (broadcast_.in_stages()) look_for_fulls();
        while (!broadcast_.settled() && agenda_.step())
            continue;
        PushResult result;
        result.settled_ms = agenda_.now_ms();
        while (agenda_.step())
            continue;
        result.has_block_ms.resize(network_.size());
        for (std::size_t i = 0; i < targets_.size(); ++i)
            result.has_block_ms[targets_[i]] = places_[i].has_block_ms;
        result.peers = broadcast_.peers();
        result.reached_90_ms = broadcast_.reached_ms(90);
        result.full_blocks = fulls_;
        return result;
    }

  private:
    struct Place {
        double line_free_ms = 0;  ///< all bytes for this peer have left
        std::size_t sent_bytes = 0;
        std::optional<double> has_block_ms;
    };

    [[nodiscard]] double way(std::size_t i) const { return network_.one_way_ms(0, targets_[i]); }

    void send(std::size_t i, std::size_t bytes, std::function<void()> arrived, std::function<void()> taken) {
        Place& place = places_[i];
        constexpr double kBitsPerByte = 8;
        constexpr double kMsPerSecond = 1000;
        const double time = kMsPerSecond * kBitsPerByte * static_cast<double>(bytes) / line_.bits_per_second;
        line_free_ms_ = std::max(line_free_ms_, agenda_.now_ms()) + time;
        place.line_free_ms = line_free_ms_;
        place.sent_bytes += bytes;
        const double flights =
            static_cast<double>(place.sent_bytes) / static_cast<double>(dash::broadcaster::kFirstFlightBytes);
        const double rounds = flights <= 1 ? 0 : std::ceil(std::log2(flights + 1)) - 1;
        agenda_.at(line_free_ms_ + (1 + 2 * rounds) * way(i), std::move(arrived));
        agenda_.at(agenda_.now_ms(), std::move(taken));
    }
    void send_full(std::size_t i) {
        ++fulls_;
        send(
            i, block_.full()->size(), [this, i] { full_arrived(i); }, [this, i] { broadcast_.full_taken(i); });
    }

    /// … with the request for a proof and, in stages, the ping right behind.
    void compact_arrived(std::size_t i) {
        const double back = agenda_.now_ms() + way(i);
        if (broadcast_.in_stages()) agenda_.at(back, [this, i] { broadcast_.compact_answered(i); });
        if (!network_.lacks_transactions(targets_[i])) return complete(i);
        agenda_.at(back, [this, i] {
            broadcast_.asked(i);
            constexpr std::size_t kSomeTransactions = 3000;
            send(
                i, kSomeTransactions, [this, i] { transactions_arrived(i); }, [] {});
        });
    }
    void transactions_arrived(std::size_t i) {
        if (broadcast_.in_stages()) {
            agenda_.at(agenda_.now_ms() + way(i), [this, i] { broadcast_.compact_answered(i); });
        }
        complete(i);
    }
    void full_arrived(std::size_t i) {
        complete(i);
        agenda_.at(agenda_.now_ms() + way(i), [this, i] { broadcast_.full_answered(i); });
    }
    void complete(std::size_t i) {
        if (places_[i].has_block_ms) return;
        places_[i].has_block_ms = agenda_.now_ms();
        agenda_.at(agenda_.now_ms() + NetworkModel::kCheckMs + way(i),
                   [this, i] { broadcast_.confirmed(i, "proved to have it"); });
    }
    void look_for_fulls() {
        const auto backlog = [this](std::size_t i) {
            constexpr double kMicrosecondsPerMs = 1000;
            dash::p2p::Backlog unsent;
            unsent.round_trip = std::chrono::microseconds(std::llround(2 * kMicrosecondsPerMs * way(i)));
            const double left_ms = std::max(0.0, places_[i].line_free_ms - agenda_.now_ms());
            unsent.bytes = static_cast<std::size_t>(std::ceil(left_ms * line_.bits_per_second / 8000));
            return unsent;
        };
        for (const std::size_t i : broadcast_.take_due_fulls(backlog))
            send_full(i);
        if (!broadcast_.settled()) agenda_.at(agenda_.now_ms() + kStageIntervalMs, [this] { look_for_fulls(); });
    }

    const NetworkModel& network_;
    const std::vector<std::size_t>& targets_;
    const dash::broadcaster::OwnBlock& block_;
    OurLine line_;
    Agenda agenda_;
    Broadcast broadcast_;
    std::vector<Place> places_;
    double line_free_ms_ = 0;
    std::size_t fulls_ = 0;
};

}  // namespace

PushResult push_block(const NetworkModel& network, const std::vector<std::size_t>& targets,
                      const dash::broadcaster::OwnBlock& block, const OurLine& line) {
    return Push(network, targets, block, line).run();
}

}  // namespace propagation
