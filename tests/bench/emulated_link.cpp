#include "tests/bench/emulated_link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMtu = 1500;

void check(long result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

/// This thread gets a namespace of its own, which the returned descriptor names.
int new_namespace() {
    check(::unshare(CLONE_NEWNET), "a new network namespace");
    const int descriptor = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    check(descriptor, "this thread's namespace");
    return descriptor;
}

ifreq request_for(const std::string& name) {
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    return request;
}

void set_address(int socket, const std::string& label, const std::string& address) {
    ifreq request = request_for(label);
    auto* ip = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
    ip->sin_family = AF_INET;
    check(::inet_pton(AF_INET, address.c_str(), &ip->sin_addr) - 1, "an address");
    check(::ioctl(socket, SIOCSIFADDR, &request), "an interface's address");
    check(::inet_pton(AF_INET, "255.255.0.0", &ip->sin_addr) - 1, "a netmask");
    check(::ioctl(socket, SIOCSIFNETMASK, &request), "an interface's netmask");
}

void bring_up(int socket, const std::string& name) {
    ifreq request = request_for(name);
    check(::ioctl(socket, SIOCGIFFLAGS, &request), "an interface's flags");
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    check(::ioctl(socket, SIOCSIFFLAGS, &request), "an interface going up");
}

/// In the namespace of this thread; its loopback is up too.
int make_tun(const std::string& name, const std::vector<std::string>& addresses) {
    const int tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    check(tun, "/dev/net/tun");
    ifreq request = request_for(name);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    check(::ioctl(tun, TUNSETIFF, &request), "a TUN device");
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(socket, "a socket");
    bring_up(socket, "lo");
    for (std::size_t i = 0; i < addresses.size(); ++i)
        set_address(socket, i == 0 ? name : name + ":" + std::to_string(i), addresses[i]);
    bring_up(socket, name);
    ::close(socket);
    return tun;
}

/// One direction.
class Line {
  public:
    Line(std::chrono::microseconds delay, std::optional<double> bits_per_second, std::size_t queue_bytes)
        : delay_(delay), bits_per_second_(bits_per_second), queue_bytes_(queue_bytes) {}

    /// False: the queue is full, the packet is lost.
    bool take(std::vector<char> packet, Clock::time_point now) {
        auto departure = std::max(now, free_at_);
        if (bits_per_second_) {
            const double backlog = std::chrono::duration<double>(departure - now).count() * *bits_per_second_ / 8;
            if (backlog > static_cast<double>(queue_bytes_)) return false;
            const std::chrono::duration<double> time(static_cast<double>(8 * packet.size()) / *bits_per_second_);
            departure += std::chrono::duration_cast<Clock::duration>(time);
            free_at_ = departure;
        }
        packets_.push_back({departure + delay_, std::move(packet)});
        return true;
    }
    [[nodiscard]] std::optional<Clock::time_point> next() const {
        return packets_.empty() ? std::nullopt : std::optional(packets_.front().arrival);
    }
    /// Writes what has arrived to the other side.
    void deliver(int tun, Clock::time_point now) {
        while (!packets_.empty() && packets_.front().arrival <= now) {
            const std::vector<char>& bytes = packets_.front().bytes;
            if (::write(tun, bytes.data(), bytes.size()) < 0 && errno == EAGAIN) return;
            packets_.pop_front();
        }
    }

  private:
    struct Packet {
        Clock::time_point arrival;
        std::vector<char> bytes;
    };
    std::chrono::microseconds delay_;
    std::optional<double> bits_per_second_;
    std::size_t queue_bytes_;
    Clock::time_point free_at_;
    std::deque<Packet> packets_;
};

}  // namespace

std::unique_ptr<EmulatedLink> EmulatedLink::create(const Settings& settings) {
    try {
        return std::unique_ptr<EmulatedLink>(new EmulatedLink(settings));
    } catch (const std::system_error& error) {
        if (error.code().value() == EPERM || error.code().value() == EACCES || error.code().value() == ENOENT) {
            return nullptr;
        }
        throw;
    }
}

EmulatedLink::EmulatedLink(const Settings& settings) : settings_(settings) {
    near_namespace_ = new_namespace();
    near_tun_ = make_tun("near", {"10.77.0.1"});
    far_namespace_ = new_namespace();
    std::vector<std::string> addresses;
    for (std::size_t i = 1; i <= settings.far_addresses; ++i)
        addresses.push_back("10.77.1." + std::to_string(i));
    far_tun_ = make_tun("far", addresses);
    forwarder_ = std::thread([this] { forward(); });
}

EmulatedLink::~EmulatedLink() {
    stopped_ = true;
    forwarder_.join();
    for (const int descriptor : {near_tun_, far_tun_, near_namespace_, far_namespace_})
        ::close(descriptor);
}

void EmulatedLink::enter_near() const {
    check(::setns(near_namespace_, CLONE_NEWNET), "the near namespace");
}

void EmulatedLink::enter_far() const {
    check(::setns(far_namespace_, CLONE_NEWNET), "the far namespace");
}

void EmulatedLink::forward() {
    Line up(settings_.one_way_delay, settings_.uplink_bits_per_second, settings_.uplink_queue_bytes);
    Line down(settings_.one_way_delay, std::nullopt, 0);
    std::array<char, 2 * kMtu> buffer{};
    const auto read_all = [&](int tun, Line& line, bool is_up) {
        for (;;) {
            const ssize_t size = ::read(tun, buffer.data(), buffer.size());
            if (size <= 0) return;
            const bool taken = line.take({buffer.begin(), buffer.begin() + size}, Clock::now());
            if (!taken) ++lost_packets_;
            if (taken && is_up) uplink_bytes_ += static_cast<std::size_t>(size);
        }
    };
    while (!stopped_) {
        auto wake = Clock::now() + std::chrono::milliseconds(50);
        for (const Line* line : {&up, &down})
            wake = std::min(wake, line->next().value_or(wake));
        const auto wait = std::max(Clock::duration::zero(), wake - Clock::now());
        const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(wait).count();
        const timespec timeout{0, static_cast<long>(nanoseconds)};
        std::array<pollfd, 2> polled{{{near_tun_, POLLIN, 0}, {far_tun_, POLLIN, 0}}};
        ::ppoll(polled.data(), polled.size(), &timeout, nullptr);
        read_all(near_tun_, up, true);
        read_all(far_tun_, down, false);
        up.deliver(far_tun_, Clock::now());
        down.deliver(near_tun_, Clock::now());
    }
}

}  // namespace bench
