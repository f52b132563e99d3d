#include "dash/p2p/backlog.h"

// Instead of <netinet/tcp.h>, whose tcp_info ends before the window.
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

namespace dash::p2p {

Backlog read_backlog(int socket, std::size_t queued_bytes) {
    int unacknowledged = 0;
    int unsent = 0;
    ::ioctl(socket, SIOCOUTQ, &unacknowledged);
    ::ioctl(socket, SIOCOUTQNSD, &unsent);
    Backlog backlog;
    backlog.bytes = queued_bytes + static_cast<std::size_t>(unsent);
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return backlog;
    backlog.round_trip = std::chrono::microseconds(info.tcpi_rtt);
    const bool tells_window = size >= offsetof(tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd;  // Linux 5.4
    if (!tells_window || backlog.bytes == 0) return backlog;
    const auto in_flight = static_cast<std::size_t>(std::max(0, unacknowledged - unsent));
    const std::size_t next = std::min<std::size_t>(backlog.bytes, info.tcpi_snd_mss);
    backlog.held_by_peer = in_flight + next > info.tcpi_snd_wnd;
    return backlog;
}

}  // namespace dash::p2p
