#include "dash/broadcaster/announcement_limit.h"

#include <doctest/doctest.h>

#include "dash/util/error.h"

using dash::broadcaster::AnnouncementLimit;

TEST_CASE("a peer's announcements of a day are all looked at") {
    AnnouncementLimit limit;
    constexpr double kBetweenBlocks = 150;
    bool all = true;
    for (double now = 0; now < 86400; now += kBetweenBlocks) {
        for (int form = 0; form < 3; ++form)  // by inventory, header and compact block
            all = limit.admits(now) && all;
    }
    CHECK(all);
}

TEST_CASE("who missed most of a day and catches up may stay, and is soon heard again") {
    AnnouncementLimit limit;
    std::size_t admitted = 0;
    for (int block = 0; block < 550; ++block)
        admitted += limit.admits(1000) ? 1 : 0;
    CHECK(admitted == static_cast<std::size_t>(AnnouncementLimit::kAtOnce));
    CHECK(!limit.admits(1001));
    CHECK(limit.admits(1010));
}

TEST_CASE("announcements without end are misbehaviour, told of singly or together") {
    AnnouncementLimit limit;
    CHECK_THROWS_AS(limit.passed_over(50'000), dash::PeerMisbehaving);
    AnnouncementLimit other;
    std::size_t taken = 0;
    const auto announce = [&] {
        for (; taken < 10'000; ++taken)
            (void)other.admits(0);
    };
    CHECK_THROWS_AS(announce(), dash::PeerMisbehaving);
    CHECK(taken >= AnnouncementLimit::kMostPassedOver);
}
