#include "dash/util/ip_reach.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace dash {
namespace {

namespace ip = boost::asio::ip;

/// The first `bits` of an address.
struct Range {
    std::uint32_t address;
    int bits;
};

constexpr Range kReservedV4[] = {{0x00000000, 8},  {0x64400000, 10}, {0xa9fe0000, 16},
                                 {0xc0000000, 24}, {0xc0000200, 24}, {0xc6120000, 15},
                                 {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3}};
constexpr Range kLocalV4[] = {{0x0a000000, 8}, {0x7f000000, 8}, {0xac100000, 12}, {0xc0a80000, 16}};
/// Global unicast …
constexpr Range kGlobalV6[] = {{0x20000000, 3}};
/// … without documentation, ORCHID, and addresses that stand for IPv4 ones (Teredo, 6to4).
constexpr Range kReservedV6[] = {{0x20010000, 23}, {0x20010db8, 32}, {0x20020000, 16}};

template <std::size_t Count>
bool in_any(std::uint32_t address, const Range (&ranges)[Count]) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const Range& range) { return (address ^ range.address) >> (32 - range.bits) == 0; });
}

IpReach reach_of_v4(std::uint32_t address) {
    if (in_any(address, kLocalV4)) return IpReach::kLocal;
    return in_any(address, kReservedV4) ? IpReach::kNone : IpReach::kInternet;
}

}  // namespace

IpReach reach_of(const std::array<std::uint8_t, 16>& bytes) {
    const ip::address_v6 v6(bytes);
    if (v6.is_v4_mapped()) return reach_of_v4(ip::make_address_v4(ip::v4_mapped, v6).to_uint());
    const bool is_unique_local = (bytes[0] & 0xfe) == 0xfc;
    if (is_unique_local || v6.is_loopback()) return IpReach::kLocal;
    const std::uint32_t word =
        std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
    return in_any(word, kGlobalV6) && !in_any(word, kReservedV6) ? IpReach::kInternet : IpReach::kNone;
}

}  // namespace dash
