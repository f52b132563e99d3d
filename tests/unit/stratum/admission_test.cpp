#include <doctest/doctest.h>

#include "p2pool/stratum/admission.h"
#include "tests/support/manual_clock.h"

using p2pool::stratum::Admission;
using p2pool::stratum::AdmissionSettings;

namespace {

constexpr const char* kStranger = "203.0.113.9";
constexpr std::size_t kPlaces = 1000;

void offend(Admission& admission, const std::string& ip, int times) {
    for (int i = 0; i < times; ++i)
        admission.violation(ip, "rate_abuse");
}

}  // namespace

TEST_CASE("an address has so many connections and no more") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.max_connections_per_ip = 3;
    Admission admission(settings, kPlaces, clock);
    for (int i = 0; i < 3; ++i)
        CHECK(admission.admit(kStranger).empty());
    CHECK(admission.admit(kStranger).find("too many connections") != std::string::npos);
    CHECK(admission.admit("203.0.113.10").empty());
    admission.leave(kStranger);
    CHECK(admission.admit(kStranger).empty());
    CHECK_FALSE(admission.admit(kStranger).empty());
}

TEST_CASE("loopback is limited only when the operator says so") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.max_connections_per_ip = 1;
    settings.ip_whitelist = {};
    for (const char* ip : {"127.0.0.1", "127.3.2.1", "::1"}) {
        CAPTURE(ip);
        settings.limit_loopback = false;
        Admission lenient(settings, kPlaces, clock);
        CHECK(lenient.admit(ip).empty());
        CHECK(lenient.admit(ip).empty());
        settings.limit_loopback = true;
        Admission strict(settings, kPlaces, clock);
        CHECK(strict.admit(ip).empty());
        CHECK_FALSE(strict.admit(ip).empty());
    }
}

TEST_CASE("ten offences ban for an hour") {
    tests::ManualClock clock;
    Admission admission({}, kPlaces, clock);
    offend(admission, kStranger, 9);
    CHECK_FALSE(admission.is_banned(kStranger));
    CHECK(admission.offenders(20).at(0).violations == 9);
    offend(admission, kStranger, 1);
    CHECK(admission.is_banned(kStranger));
    CHECK(admission.admit(kStranger).find("banned") != std::string::npos);
    REQUIRE(admission.bans().size() == 1);
    CHECK(admission.bans()[0].reason == "rate_abuse");
    CHECK(admission.bans()[0].expires_at == clock.unix_seconds() + 3600);
    clock.advance(3599);
    CHECK(admission.is_banned(kStranger));
    clock.advance(2);
    CHECK_FALSE(admission.is_banned(kStranger));
    CHECK(admission.admit(kStranger).empty());
    CHECK(admission.bans().empty());
}

TEST_CASE("an offence is forgotten every minute") {
    tests::ManualClock clock;
    Admission admission({}, kPlaces, clock);
    for (int i = 0; i < 100; ++i) {
        offend(admission, kStranger, 1);
        clock.advance(61);
    }
    CHECK_FALSE(admission.is_banned(kStranger));
    offend(admission, kStranger, 5);
    clock.advance(3 * 60);
    CHECK(admission.offenders(20).at(0).violations == 2);
}

TEST_CASE("loopback and listed addresses are never banned") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.ip_whitelist = {kStranger};
    Admission admission(settings, kPlaces, clock);
    for (const char* ip : {kStranger, "127.0.0.1", "::1"}) {
        CAPTURE(ip);
        offend(admission, ip, 100);
        CHECK_FALSE(admission.is_banned(ip));
    }
    settings = {};
    Admission tolerant(settings, kPlaces, clock);
    offend(tolerant, kStranger, 100);
    CHECK(tolerant.is_banned(kStranger));
    settings.ban_enabled = false;
    tolerant.configure(settings);
    CHECK_FALSE(tolerant.is_banned(kStranger));
    CHECK(tolerant.bans().empty());
    offend(tolerant, "203.0.113.99", 100);
    CHECK_FALSE(tolerant.is_banned("203.0.113.99"));
}

TEST_CASE("offenders without number take no memory without bound") {
    tests::ManualClock clock;
    Admission admission({}, kPlaces, clock);
    for (int i = 0; i < 30'000; ++i)
        offend(admission, "2001:db8::" + std::to_string(i), 1);
    CHECK(admission.offenders(1'000'000).size() == 10'000);
}

TEST_CASE("listed addresses and networks have no limits at all") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.max_connections_per_ip = 1;
    settings.max_connections_per_subnet = 1;
    settings.connection_rate = 1;
    settings.limit_loopback = true;
    settings.ip_whitelist = {"127.0.0.1", "198.51.100.0/24", "2001:db8::7", "nonsense"};
    Admission admission(settings, kPlaces, clock);
    for (const char* ip : {"127.0.0.1", "198.51.100.77", "2001:db8::/64"}) {
        CAPTURE(ip);
        for (int i = 0; i < 10; ++i)
            CHECK(admission.admit(ip).empty());
    }
    CHECK(admission.admit("127.0.5.2").empty());
    CHECK_FALSE(admission.admit("127.0.5.2").empty());
}

TEST_CASE("a network has a quarter of the places, or as many as the operator says") {
    tests::ManualClock clock;
    const auto admitted = [&](const AdmissionSettings& settings, const std::string& begin, const std::string& end) {
        Admission admission(settings, 40, clock);
        int count = 0;
        for (int i = 0; i < 30; ++i)
            count += admission.admit(begin + std::to_string(i) + end).empty() ? 1 : 0;
        admission.leave(begin + "0" + end);
        CHECK(admission.admit(begin + "0" + end).empty());
        CHECK(admission.admit("198.51.100.1").empty());
        return count;
    };
    AdmissionSettings settings;
    CHECK(admitted(settings, "203.0.113.", "") == 10);
    CHECK(admitted(settings, "2001:db8:1:", "::/64") == 10);
    CHECK(admitted(settings, "127.0.0.", "") == 30);
    settings.ip_whitelist = {};
    settings.max_connections_per_subnet = 5;
    CHECK(admitted(settings, "203.0.113.", "") == 5);
    CHECK(admitted(settings, "127.0.0.", "") == 5);
}

TEST_CASE("an address comes back as often as allowed; who goes on and on is banned") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.connection_rate = 5;
    Admission admission(settings, kPlaces, clock);
    const auto come = [&](int times) {
        int admitted = 0;
        for (int i = 0; i < times; ++i) {
            if (!admission.admit(kStranger).empty()) continue;
            admission.leave(kStranger);
            ++admitted;
        }
        return admitted;
    };
    CHECK(come(100) == 5);
    CHECK_FALSE(admission.is_banned(kStranger));
    clock.advance(2);
    CHECK(come(100) == 5);
    for (int i = 0; i < 10; ++i) {
        clock.advance(1.1);
        come(100);
    }
    CHECK(admission.is_banned(kStranger));
}

TEST_CASE("limits change while connections stay and bans go on") {
    tests::ManualClock clock;
    Admission admission({}, kPlaces, clock);
    CHECK(admission.admit(kStranger).empty());
    offend(admission, "203.0.113.10", 10);
    AdmissionSettings settings;
    settings.max_connections_per_ip = 1;
    admission.configure(settings);
    CHECK(admission.admit(kStranger).find("too many connections") != std::string::npos);
    CHECK(admission.is_banned("203.0.113.10"));
    settings.ip_whitelist = {"203.0.113.10"};
    admission.configure(settings);
    CHECK(admission.admit("203.0.113.10").empty());
}
