#include "tests/peer_network/wires.h"

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>
#include <utility>

namespace tests {

using p2pool::peers::Channel;
using p2pool::peers::PeerAddress;

/// A connection: two directions, each in order. An end that is gone has no channel any more; the wire itself lives as
/// long as something may still arrive.
class Wire : public std::enable_shared_from_this<Wire> {
  public:
    Wire(Wires& wires, const PeerAddress& caller, const PeerAddress& callee)
        : wires_(wires), addresses_{caller, callee} {}

    [[nodiscard]] const PeerAddress& address(int end) const { return addresses_[static_cast<std::size_t>(end)]; }
    [[nodiscard]] bool open() const { return ends_[0].open && ends_[1].open; }

    void start(int end, Channel::Events events) {
        End& here = at(end);
        here.events = std::move(events);
        here.started = true;
        deliver_soon(end);
    }

    void set_reading(int end, bool reading) {
        at(end).reading = reading;
        deliver_soon(end);
    }

    void send(int end, dash::p2p::SharedFrame frame) {
        if (!at(end).open) return;
        at(end).unsent_bytes += frame->size();
        post(end, Parcel{.frame = std::move(frame), .reason = {}});
    }

    void close(int end) {
        if (!at(end).open) return;
        at(end).arrived.clear();
        shut(end);
        post(end, Parcel{.frame = nullptr, .reason = "closed by the peer"});
    }

    /// Both ends notice, and what is under way is lost.
    void snap() {
        for (int end = 0; end < 2; ++end) {
            at(end).arrived.clear();
            at(end).lost = true;
            if (at(end).open) arrive(end, Parcel{.frame = nullptr, .reason = "connection reset"});
        }
    }

    /// What waited for the network to heal goes on its way.
    void release() {
        for (int end = 0; end < 2; ++end) {
            std::deque<Parcel> stalled = std::exchange(at(end).stalled, {});
            for (Parcel& parcel : stalled)
                travel(end, std::move(parcel));
        }
    }

    [[nodiscard]] std::size_t unsent_bytes(int end) const { return ends_[static_cast<std::size_t>(end)].unsent_bytes; }

  private:
    /// A frame, or (without one) the news that the connection is over.
    struct Parcel {
        dash::p2p::SharedFrame frame;
        std::string reason;
    };

    struct End {
        bool open = true;
        bool started = false;
        bool reading = true;
        bool lost = false;  ///< nothing that is sent from here arrives any more
        Channel::Events events;
        std::size_t unsent_bytes = 0;
        double line_free_at = 0;  ///< when all that was sent from here has arrived
        std::deque<Parcel> stalled;
        std::deque<Parcel> arrived;  ///< for this end
    };

    void shut(int end) {
        at(end).open = false;
        // Not at once: this may be one of their calls.
        wires_.simulation_.after(0, [self = shared_from_this(), end] { self->at(end).events = {}; });
    }

    [[nodiscard]] End& at(int end) { return ends_[static_cast<std::size_t>(end)]; }

    void post(int from, Parcel parcel) {
        if (wires_.separated(addresses_[0], addresses_[1]) || !at(from).stalled.empty()) {
            at(from).stalled.push_back(std::move(parcel));
        } else {
            travel(from, std::move(parcel));
        }
    }

    void travel(int from, Parcel parcel) {
        Simulation& simulation = wires_.simulation_;
        const std::size_t size = parcel.frame == nullptr ? 0 : parcel.frame->size();
        wires_.bytes_carried_[{address(from).host(), address(1 - from).host()}] += size;
        const double arrival = std::max(simulation.now() + wires_.delay(), at(from).line_free_at) +
                               static_cast<double>(size) / wires_.quality_.bytes_per_second;
        at(from).line_free_at = arrival;
        const bool breaks = simulation.happens(wires_.quality_.break_probability);
        simulation.after(arrival - simulation.now(), [self = shared_from_this(), from, parcel = std::move(parcel),
                                                      breaks] { self->land(from, parcel, breaks); });
    }

    void land(int from, const Parcel& parcel, bool breaks) {
        if (at(from).lost) return;
        if (breaks) return snap();
        if (wires_.separated(addresses_[0], addresses_[1])) {
            at(from).stalled.push_back(parcel);
        } else if (at(1 - from).open) {
            arrive(1 - from, parcel);
        }
    }

    void arrive(int end, Parcel parcel) {
        at(end).arrived.push_back(std::move(parcel));
        deliver_soon(end);
    }

    void deliver_soon(int end) {
        if (at(end).started && at(end).reading && !at(end).arrived.empty())
            wires_.simulation_.after(0, [self = shared_from_this(), end] { self->deliver(end); });
    }

    void deliver(int end) {
        while (at(end).open && at(end).reading && !at(end).arrived.empty()) {
            const Parcel parcel = std::move(at(end).arrived.front());
            at(end).arrived.pop_front();
            if (parcel.frame != nullptr) {
                at(1 - end).unsent_bytes -= parcel.frame->size();
                deliver_in_pieces(end, *parcel.frame);
            } else {
                shut(end);
                at(end).events.on_closed(parcel.reason);
            }
        }
    }

    void deliver_in_pieces(int end, dash::ByteSpan bytes) {
        while (!bytes.empty() && at(end).open) {
            const bool whole = wires_.simulation_.happens(0.8);
            const std::size_t size = whole ? bytes.size() : 1 + wires_.simulation_.random_below(bytes.size());
            at(end).events.on_bytes(bytes.first(size));
            bytes = bytes.subspan(size);
        }
    }

    Wires& wires_;
    std::array<PeerAddress, 2> addresses_;
    std::array<End, 2> ends_;
};

namespace {

class SimulatedChannel final : public Channel {
  public:
    SimulatedChannel(std::shared_ptr<Wire> wire, int end) : wire_(std::move(wire)), end_(end) {}
    ~SimulatedChannel() override { wire_->close(end_); }
    SimulatedChannel(const SimulatedChannel&) = delete;
    SimulatedChannel& operator=(const SimulatedChannel&) = delete;

    void start(Events events) override { wire_->start(end_, std::move(events)); }
    void send(dash::p2p::SharedFrame frame) override { wire_->send(end_, std::move(frame)); }
    void set_reading(bool reading) override { wire_->set_reading(end_, reading); }
    [[nodiscard]] std::size_t unsent_bytes() const override { return wire_->unsent_bytes(end_); }
    void close() override { wire_->close(end_); }
    [[nodiscard]] const PeerAddress& remote() const override { return wire_->address(1 - end_); }

  private:
    std::shared_ptr<Wire> wire_;
    int end_;
};

}  // namespace

SimulatedTransport::~SimulatedTransport() {
    wires_.machines_.erase(address_);
}

void SimulatedTransport::connect(const std::string& host, std::uint16_t port, double timeout_seconds, Connected done) {
    wires_.connect(*this, host, port, timeout_seconds, std::move(done));
}

void SimulatedTransport::on_incoming(std::function<void(std::unique_ptr<Channel>)> accept) {
    accept_ = std::move(accept);
}

std::unique_ptr<SimulatedTransport> Wires::plug_in(const std::string& host, std::uint16_t port) {
    const auto address = p2pool::peers::parse_peer_address(host, port);
    if (!address) throw std::invalid_argument(host + " is no address");
    auto transport = std::make_unique<SimulatedTransport>(*this, *address);
    machines_[*address] = transport.get();
    return transport;
}

void Wires::connect(const SimulatedTransport& from, const std::string& host, std::uint16_t port, double timeout_seconds,
                    Connected done) {
    const auto to = p2pool::peers::parse_peer_address(host, port);
    const PeerAddress caller = from.address();
    const bool answers = to && machines_.count(*to) != 0 && !separated(caller, *to);
    const double wait = answers ? 2 * delay() : to ? timeout_seconds : 0;
    simulation_.after(
        wait, [this, caller, to, answers, plugged_in = std::weak_ptr(from.plugged_in_), done = std::move(done)] {
            if (plugged_in.expired()) return;
            if (answers) return join(caller, *to, done);
            done(nullptr, to ? "timed out" : "host not found");
        });
}

void Wires::join(const PeerAddress& from, const PeerAddress& to, const Connected& done) {
    const auto callee = machines_.find(to);
    if (callee == machines_.end() || callee->second->accept_ == nullptr) {
        done(nullptr, "connection refused");
        return;
    }
    PeerAddress caller = from;
    caller.port = next_port_++;
    const auto wire = std::make_shared<Wire>(*this, caller, to);
    wires_.push_back(wire);
    callee->second->accept_(std::make_unique<SimulatedChannel>(wire, 1));
    done(std::make_unique<SimulatedChannel>(wire, 0), "");
}

bool Wires::separated(const PeerAddress& a, const PeerAddress& b) const {
    return group_of_ != nullptr && group_of_(a) != group_of_(b);
}

void Wires::partition(std::function<int(const PeerAddress&)> group_of) {
    group_of_ = std::move(group_of);
}

void Wires::heal() {
    group_of_ = nullptr;
    std::erase_if(wires_, [](const std::weak_ptr<Wire>& wire) { return wire.expired(); });
    for (const std::weak_ptr<Wire>& weak : wires_) {
        if (const auto wire = weak.lock()) wire->release();
    }
}

void Wires::break_connections(double probability) {
    for (const auto& wire : open_wires()) {
        if (simulation_.happens(probability)) wire->snap();
    }
}

std::uint64_t Wires::bytes_carried(const std::string& from, const std::string& to) const {
    const auto found = bytes_carried_.find({from, to});
    return found == bytes_carried_.end() ? 0 : found->second;
}

std::size_t Wires::open_connections() {
    return open_wires().size();
}

std::vector<std::shared_ptr<Wire>> Wires::open_wires() {
    std::erase_if(wires_, [](const std::weak_ptr<Wire>& wire) { return wire.expired(); });
    std::vector<std::shared_ptr<Wire>> open;
    for (const std::weak_ptr<Wire>& weak : wires_) {
        const auto wire = weak.lock();
        if (wire != nullptr && wire->open()) open.push_back(wire);
    }
    return open;
}

double Wires::delay() {
    return simulation_.random_between(quality_.least_delay_seconds, quality_.most_delay_seconds);
}

}  // namespace tests
