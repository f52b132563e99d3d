#include "dash/util/ip_reach.h"

#include <doctest/doctest.h>

#include <boost/asio/ip/address.hpp>

using dash::IpReach;

namespace {

IpReach reach(const char* text) {
    const auto address = boost::asio::ip::make_address(text);
    const auto v6 = address.is_v6() ? address.to_v6()
                                    : boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, address.to_v4());
    return dash::reach_of(v6.to_bytes());
}

}  // namespace

TEST_CASE("from where an address can be reached") {
    for (const char* fine :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
          "192.0.1.1", "192.169.0.1", "223.255.255.255", "::ffff:8.8.4.4", "2001:470::1", "2a00:1450::1"}) {
        CAPTURE(fine);
        CHECK(reach(fine) == IpReach::kInternet);
    }
    for (const char* local : {"10.1.2.3", "127.0.0.1", "127.9.9.9", "172.16.0.1", "172.31.255.255", "192.168.0.1",
                              "::ffff:10.0.0.1", "::1", "fc00::1", "fd12::1"}) {
        CAPTURE(local);
        CHECK(reach(local) == IpReach::kLocal);
    }
    for (const char* none : {"0.0.0.0", "100.64.0.1", "169.254.1.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
                             "203.0.113.1", "224.0.0.1", "255.255.255.255", "::", "fe80::1", "ff02::1", "2001:db8::1",
                             "2002:102:304::1", "2001::1", "64:ff9b::1", "::1.2.3.4"}) {
        CAPTURE(none);
        CHECK(reach(none) == IpReach::kNone);
    }
}
