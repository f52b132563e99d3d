#include "p2pool/peer_io/port_mapper.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "dash/util/log.h"

namespace p2pool::peer_io {
namespace {

constexpr std::chrono::seconds kStopPatience{2};

}  // namespace

/// Shared with the thread, which may outlive the mapper.
struct PortMapper::State {
    void run(std::uint16_t port, const Map& map, std::chrono::milliseconds interval);
    void tell(std::uint16_t port, const PortMapping& mapping);

    std::mutex mutex;
    std::condition_variable changed;
    bool stopping = false;
    bool ended = false;
    bool was_mapped = false;  ///< the thread's own
};

void PortMapper::State::run(std::uint16_t port, const Map& map, std::chrono::milliseconds interval) {
    std::unique_lock lock(mutex);
    while (!stopping) {
        lock.unlock();
        const PortMapping mapping = map(port);
        lock.lock();
        if (stopping) break;  // the log may be gone
        tell(port, mapping);
        changed.wait_for(lock, interval, [this] { return stopping; });
    }
    ended = true;
    changed.notify_all();
}

void PortMapper::State::tell(std::uint16_t port, const PortMapping& mapping) {
    if (mapping.mapped && !was_mapped) {
        dash::log::info("UPnP: the router forwards port ", port, " to ", mapping.detail);
    } else if (!mapping.mapped && was_mapped) {
        dash::log::warning("UPnP: the router no longer forwards port ", port, ": ", mapping.detail,
                           ". Peers cannot reach this node until it does; it is asked again");
    } else if (!mapping.mapped) {
        dash::log::debug("UPnP: port ", port, " is not forwarded: ", mapping.detail);
    }
    was_mapped = mapping.mapped;
}

PortMapper::PortMapper(std::uint16_t port, Map map, std::chrono::milliseconds interval)
    : state_(std::make_shared<State>()) {
    std::thread([state = state_, port, map = std::move(map), interval] { state->run(port, map, interval); }).detach();
}

PortMapper::~PortMapper() {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
    state_->changed.wait_for(lock, kStopPatience, [this] { return state_->ended; });
}

}  // namespace p2pool::peer_io
