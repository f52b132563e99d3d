#include <doctest/doctest.h>

#include "p2pool/stratum/admission.h"
#include "tests/support/manual_clock.h"

using p2pool::stratum::Admission;
using p2pool::stratum::AdmissionSettings;

namespace {

constexpr const char* kStranger = "203.0.113.9";

void offend(Admission& admission, const std::string& ip, int times) {
    for (int i = 0; i < times; ++i)
        admission.violation(ip, "rate_abuse");
}

}  // namespace

TEST_CASE("an address has so many connections and no more") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.max_connections_per_ip = 3;
    Admission admission(settings, clock);
    for (int i = 0; i < 3; ++i)
        CHECK(admission.admit(kStranger).empty());
    CHECK(admission.admit(kStranger).find("too many connections") != std::string::npos);
    CHECK(admission.admit("203.0.113.10").empty());
    admission.leave(kStranger);
    CHECK(admission.admit(kStranger).empty());
    CHECK(admission.connections().at(kStranger) == 3);
}

TEST_CASE("loopback is limited only when the operator says so") {
    tests::ManualClock clock;
    AdmissionSettings settings;
    settings.max_connections_per_ip = 1;
    for (const char* ip : {"127.0.0.1", "127.3.2.1", "::1"}) {
        CAPTURE(ip);
        settings.limit_loopback = false;
        Admission lenient(settings, clock);
        CHECK(lenient.admit(ip).empty());
        CHECK(lenient.admit(ip).empty());
        settings.limit_loopback = true;
        Admission strict(settings, clock);
        CHECK(strict.admit(ip).empty());
        CHECK_FALSE(strict.admit(ip).empty());
    }
}

TEST_CASE("ten offences ban for an hour") {
    tests::ManualClock clock;
    Admission admission({}, clock);
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
    Admission admission({}, clock);
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
    Admission admission(settings, clock);
    for (const char* ip : {kStranger, "127.0.0.1", "::1"}) {
        CAPTURE(ip);
        offend(admission, ip, 100);
        CHECK_FALSE(admission.is_banned(ip));
    }
    settings = {};
    settings.ban_enabled = false;
    Admission tolerant(settings, clock);
    offend(tolerant, kStranger, 100);
    CHECK_FALSE(tolerant.is_banned(kStranger));
}

TEST_CASE("offenders without number take no memory without bound") {
    tests::ManualClock clock;
    Admission admission({}, clock);
    for (int i = 0; i < 30'000; ++i)
        offend(admission, "2001:db8::" + std::to_string(i), 1);
    CHECK(admission.offenders(1'000'000).size() == 10'000);
}
