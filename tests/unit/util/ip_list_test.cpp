#include "dash/util/ip_list.h"

#include <doctest/doctest.h>

using dash::IpList;
using dash::parse_ip_network;
using dash::subnet_of;

TEST_CASE("addresses and networks are found, and nothing beside them") {
    const IpList list(
        {"203.0.113.7", "198.51.100.64/26", "2001:db8:1::5", "2001:db8:ffff::/48", "", "host", "1.2.3.4/33"});
    for (const char* ip :
         {"203.0.113.7", "198.51.100.64", "198.51.100.127", "2001:db8:1::/64", "2001:db8:ffff:1::/64"}) {
        CAPTURE(ip);
        CHECK(list.contains(ip));
    }
    for (const char* ip : {"203.0.113.8", "198.51.100.128", "198.51.100.63", "2001:db8:1:1::/64", "2001:db8:fffe::/64",
                           "1.2.3.4", "host", ""}) {
        CAPTURE(ip);
        CHECK_FALSE(list.contains(ip));
    }
    CHECK(IpList({"0.0.0.0/0"}).contains("9.9.9.9"));
    CHECK_FALSE(IpList({"0.0.0.0/0"}).contains("2001:db8::/64"));
    CHECK(IpList({"nonsense"}).empty());
}

TEST_CASE("the neighbourhood of an address") {
    CHECK(subnet_of("203.0.113.7") == "203.0.113.0/24");
    CHECK(subnet_of("::ffff:203.0.113.7") == "203.0.113.0/24");
    CHECK(subnet_of("2001:db8:1:2::/64") == "2001:db8:1::/48");
    CHECK(subnet_of("::1") == "::/48");
    CHECK(subnet_of("nonsense") == "nonsense");
}

TEST_CASE("what is no network") {
    for (const char* text : {"", "/", "1.2.3", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/24x", "::1/129"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ip_network(text));
    }
}
