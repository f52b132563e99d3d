#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>

namespace bench {

/// Two network namespaces of this process, joined by a link in user space: TUN devices, and between them a delay and,
/// from the near side to the far one, a token bucket with a bounded queue. TCP behaves on it as over a real distance.
/// Near is 10.77.0.1; the far side has 10.77.1.1, 10.77.1.2 and so on.
class EmulatedLink {
  public:
    struct Settings {
        std::chrono::microseconds one_way_delay{25'000};
        double uplink_bits_per_second = 20e6;
        std::size_t uplink_queue_bytes = 512U << 10;  ///< what is more is lost
        std::size_t far_addresses = 20;
    };

    /// nullptr where this may not be created: without the right to make namespaces, or without /dev/net/tun.
    [[nodiscard]] static std::unique_ptr<EmulatedLink> create(const Settings& settings);
    ~EmulatedLink();
    EmulatedLink(const EmulatedLink&) = delete;
    EmulatedLink& operator=(const EmulatedLink&) = delete;

    /// Sockets that this thread, and threads it starts from now on, make are on that side.
    void enter_near() const;
    void enter_far() const;

    [[nodiscard]] std::size_t uplink_bytes() const { return uplink_bytes_; }
    [[nodiscard]] std::size_t lost_packets() const { return lost_packets_; }

  private:
    explicit EmulatedLink(const Settings& settings);
    void forward();

    Settings settings_;
    int near_namespace_ = -1;
    int far_namespace_ = -1;
    int near_tun_ = -1;
    int far_tun_ = -1;
    std::atomic<bool> stopped_ = false;
    std::atomic<std::size_t> uplink_bytes_ = 0;
    std::atomic<std::size_t> lost_packets_ = 0;
    std::thread forwarder_;
};

}  // namespace bench
