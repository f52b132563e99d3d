#include "dash/broadcaster/peer_book.h"

#include <doctest/doctest.h>

#include "tests/unit/broadcaster/addresses.h"

using namespace dash::broadcaster;

using broadcaster_tests::at;
using broadcaster_tests::kMainnet;
using broadcaster_tests::kRegtest;

namespace {

constexpr double kNow = 1'700'000'000;
using Added = PeerBook::Added;

/// The n-th of many addresses of different groups.
PeerAddress spread(unsigned n) {
    return at(std::to_string(20 + n / 250 / 250) + "." + std::to_string(n / 250 % 250) + "." + std::to_string(n % 250) +
              ".1:9999");
}
PeerAddress group(unsigned n, unsigned host) {
    return at(std::to_string(20 + n / 250) + "." + std::to_string(n % 250) + "." + std::to_string(host / 250) + "." +
              std::to_string(host % 250) + ":9999");
}

}  // namespace

TEST_CASE("the local dashd's addresses are forgotten and refused, however many it has") {
    PeerBook book(kMainnet);
    CHECK(book.add(at("1.2.3.4:9999"), Source::kP2p, kNow, kNow) == Added::kNew);
    book.protect(at("1.2.3.4:9999"));
    CHECK(book.size() == 0);
    CHECK(book.add(at("1.2.3.4:9999"), Source::kP2p, kNow, kNow) == Added::kRefused);
    for (unsigned i = 0; i < PeerBook::kMostOfDashd; ++i)
        book.protect(spread(i));
    CHECK(!book.is_protected(at("1.2.3.4:9999")));  // the oldest
    CHECK(book.is_protected(spread(0)));
    CHECK(book.is_protected(spread(PeerBook::kMostOfDashd - 1)));
}

TEST_CASE("new, known and refused") {
    PeerBook book(kMainnet);
    book.protect(at("5.6.7.8:9999"));
    CHECK(book.add(at("1.2.3.4:9999"), Source::kDashd, kNow - 50, kNow) == Added::kNew);
    CHECK(book.add(at("1.2.3.4:9999"), Source::kP2p, kNow - 10, kNow) == Added::kKnown);
    CHECK(book.add(at("1.2.3.4:19999"), Source::kP2p, kNow, kNow) == Added::kRefused);
    CHECK(book.add(at("127.0.0.1:9999"), Source::kP2p, kNow, kNow) == Added::kRefused);
    CHECK(book.add(at("5.6.7.8:9999"), Source::kP2p, kNow, kNow) == Added::kRefused);  // the local dashd
    CHECK(book.size() == 1);
    const PeerRecord* record = book.find(at("1.2.3.4:9999"));
    REQUIRE(record != nullptr);
    CHECK(record->source == Source::kDashd);
    CHECK(record->first_seen == kNow);
    CHECK(record->last_seen == kNow - 10);
}

TEST_CASE("nobody was seen in the future, or is news after weeks") {
    PeerBook book(kMainnet);
    CHECK(book.add(at("1.2.3.4:9999"), Source::kP2p, kNow + 1e6, kNow) == Added::kNew);
    CHECK(book.find(at("1.2.3.4:9999"))->last_seen == kNow);
    CHECK(book.add(at("1.2.3.4:9999"), Source::kP2p, kNow + 1e6, kNow) == Added::kKnown);
    CHECK(book.find(at("1.2.3.4:9999"))->last_seen == kNow);
    CHECK(book.add(at("1.2.3.5:9999"), Source::kP2p, kNow - 15 * 86400, kNow) == Added::kRefused);
}

TEST_CASE("one network group cannot fill the book") {
    PeerBook book(kMainnet);
    for (unsigned host = 1; host < 200; ++host)
        static_cast<void>(book.add(group(0, host), Source::kP2p, kNow, kNow));
    CHECK(book.size() == PeerBook::kMostOfGroup);
    CHECK(book.add(group(1, 1), Source::kP2p, kNow, kNow) == Added::kNew);
}

TEST_CASE("the book is bounded, and room comes from those seen least recently") {
    PeerBook book(kMainnet);
    for (unsigned n = 0; n < 2 * PeerBook::kMostPeers; ++n)
        static_cast<void>(book.add(group(n % 250, n / 250), Source::kP2p, kNow - n, kNow));
    CHECK(book.size() == PeerBook::kMostPeers);
    const PeerAddress oldest = group((PeerBook::kMostPeers - 1) % 250, (PeerBook::kMostPeers - 1) / 250);
    const PeerAddress second = group((PeerBook::kMostPeers - 2) % 250, (PeerBook::kMostPeers - 2) / 250);
    REQUIRE(book.find(oldest) != nullptr);
    const std::size_t forgotten = book.forget_old({oldest}, kNow);
    CHECK(forgotten == PeerBook::kMostPeers / 20);
    CHECK(book.find(oldest) != nullptr);  // kept: it is connected
    CHECK(book.find(second) == nullptr);
    CHECK(book.find(group(0, 0)) != nullptr);
    CHECK(book.add(spread(5), Source::kP2p, kNow, kNow) != Added::kRefused);
}

TEST_CASE("absent peers are forgotten, and their group has room again") {
    PeerBook book(kMainnet);
    for (unsigned host = 1; host <= PeerBook::kMostOfGroup; ++host)
        CHECK(book.add(group(0, host), Source::kP2p, kNow, kNow) == Added::kNew);
    CHECK(book.forget_old({}, kNow + PeerBook::kLongestAbsenceSeconds - 1) == 0);
    CHECK(book.forget_old({group(0, 7)}, kNow + PeerBook::kLongestAbsenceSeconds + 1) == PeerBook::kMostOfGroup - 1);
    CHECK(book.size() == 1);
    CHECK(book.add(group(0, 99), Source::kP2p, kNow + 1e7, kNow + 1e7) == Added::kNew);
}

TEST_CASE("a test network lives in one group") {
    PeerBook book(kRegtest);
    book.protect(at("127.0.0.1:19899"));
    CHECK(book.add(at("127.0.0.1:19899"), Source::kP2p, kNow, kNow) == Added::kRefused);
    for (unsigned host = 2; host < 200; ++host)
        CHECK(book.add(at("127.0.0." + std::to_string(host) + ":19899"), Source::kP2p, kNow, kNow) == Added::kNew);
}
