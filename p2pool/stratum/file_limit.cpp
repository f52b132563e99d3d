#include "p2pool/stratum/file_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace p2pool::stratum {
namespace {

constexpr std::size_t kReservedFiles = 256;
/// Handshakes and farewells of the TLS port.
constexpr std::size_t kReservedForTls = 512;
constexpr std::size_t kFilesThroughTls = 3;
/// With less than this a node is no use; the system then refuses what it cannot carry.
constexpr std::size_t kLeastConnections = 64;
/// One connection takes a few kilobytes even when it says nothing.
constexpr std::size_t kMostConnections = 50'000;

}  // namespace

std::size_t raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    if (limit.rlim_cur == RLIM_INFINITY) return std::numeric_limits<std::size_t>::max();
    return static_cast<std::size_t>(limit.rlim_cur);
}

std::size_t connections_for(std::size_t open_files) {
    return std::clamp(open_files - std::min(open_files, kReservedFiles), kLeastConnections, kMostConnections);
}

std::size_t files_beside_tls(std::size_t open_files) {
    return (open_files - std::min(open_files, kReservedForTls)) / kFilesThroughTls;
}

}  // namespace p2pool::stratum
