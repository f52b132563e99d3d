#include "dash/broadcaster/address.h"

#include <doctest/doctest.h>

#include "tests/unit/broadcaster/addresses.h"

using namespace dash::broadcaster;

using broadcaster_tests::at;
using broadcaster_tests::kMainnet;
using broadcaster_tests::kRegtest;

TEST_CASE("addresses are read and written") {
    CHECK(to_text(at("1.2.3.4:9999")) == "1.2.3.4:9999");
    CHECK(host_text(at("1.2.3.4:9999")) == "1.2.3.4");
    CHECK(to_text(at("[2001:470::1]:9999")) == "[2001:470::1]:9999");
    CHECK(host_text(at("[2001:470::1]:9999")) == "2001:470::1");
    for (const char* bad : {"", "1.2.3.4", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:99x", "dash.org:9999",
                            "2001:470::1:9999", "[1.2.3.4]:9999", "[]:9999", ":9999"}) {
        CAPTURE(bad);
        CHECK(!parse_peer_address(bad));
    }
}

TEST_CASE("groups are /16 of IPv4 and /32 of IPv6") {
    CHECK(network_group(at("1.2.3.4:9999")) == network_group(at("1.2.200.7:9999")));
    CHECK(network_group(at("1.2.3.4:9999")) != network_group(at("1.3.3.4:9999")));
    CHECK(network_group(at("[2001:470::1]:9999")) == network_group(at("[2001:470:1:2::9]:9999")));
    CHECK(network_group(at("[2001:470::1]:9999")) != network_group(at("[2001:471::1]:9999")));
    CHECK(network_group(at("32.1.4.112:9999")) != network_group(at("[2001:470::1]:9999")));
}

TEST_CASE("only the chain's own port counts") {
    CHECK(acceptable(at("8.8.4.4:9999"), kMainnet));
    CHECK(!acceptable(at("8.8.4.4:19999"), kMainnet));
    CHECK(!acceptable(at("8.8.4.4:9999"), kRegtest));
    CHECK(acceptable(at("8.8.4.4:19899"), kRegtest));
}

TEST_CASE("what cannot be reached over the Internet is not tried, but for a test network's own") {
    for (const char* local : {"127.0.0.1", "127.0.0.9", "10.1.2.3", "172.16.0.1", "172.31.9.9", "192.168.1.1"}) {
        CAPTURE(local);
        CHECK(!acceptable(at((std::string(local) + ":9999").c_str()), kMainnet));
        CHECK(acceptable(at((std::string(local) + ":19899").c_str()), kRegtest));
    }
    for (const char* local : {"::1", "fd00::1", "fc12:3456::1"}) {
        CAPTURE(local);
        CHECK(!acceptable(at(("[" + std::string(local) + "]:9999").c_str()), kMainnet));
        CHECK(acceptable(at(("[" + std::string(local) + "]:19899").c_str()), kRegtest));
    }
    for (const char* never :
         {"0.0.0.0", "0.1.2.3", "100.64.0.1", "100.127.255.255", "169.254.1.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
          "198.19.1.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"}) {
        CAPTURE(never);
        CHECK(!acceptable(at((std::string(never) + ":9999").c_str()), kMainnet));
        CHECK(!acceptable(at((std::string(never) + ":19899").c_str()), kRegtest));
    }
    for (const char* never : {"::", "fe80::1", "ff02::1", "2001:db8::1", "2002:102:304::1", "2001::1", "64:ff9b::1"}) {
        CAPTURE(never);
        CHECK(!acceptable(at(("[" + std::string(never) + "]:9999").c_str()), kMainnet));
    }
    for (const char* fine : {"1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "172.15.0.1", "192.0.1.1",
                             "198.20.0.1", "223.255.255.255"}) {
        CAPTURE(fine);
        CHECK(acceptable(at((std::string(fine) + ":9999").c_str()), kMainnet));
    }
    CHECK(acceptable(at("[2a00:1450::1]:9999"), kMainnet));
    CHECK(acceptable(at("[2001:470::1]:9999"), kMainnet));
}
