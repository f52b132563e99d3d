#include <doctest/doctest.h>

#include "dash/util/error.h"
#include "p2pool/peers/address_book.h"
#include "p2pool/peers/bans.h"
#include "p2pool/peers/settings.h"
#include "tests/support/manual_clock.h"

namespace {

using namespace p2pool::peers;

PeerAddress at(const std::string& host, std::uint16_t port = 8999) {
    return parse_peer_address(host, port).value();
}

constexpr double kNow = 1'700'000'000;

}  // namespace

TEST_CASE("addresses are written as people write them") {
    CHECK(at("1.2.3.4").text() == "1.2.3.4:8999");
    CHECK(at("::ffff:1.2.3.4") == at("1.2.3.4"));
    CHECK(at("2001:db8:0:0::1").text() == "[2001:db8::1]:8999");
    CHECK(at("1.2.3.4").group() == at("1.2.200.200").group());
    CHECK(at("1.2.3.4").group() != at("1.3.3.4").group());
    CHECK(at("2001:db8::1").group() == at("2001:db8:ffff::1").group());
    CHECK(at("2001:db8::1").group() != at("2001:db9::1").group());
    CHECK(at("127.8.0.1").is_loopback());
    CHECK(at("::1").is_loopback());
    CHECK(!at("::2").is_loopback());
    CHECK(!parse_peer_address("localhost", 1));
    CHECK(!parse_peer_address("1.2.3", 1));
    CHECK(!parse_peer_address("", 1));
}

TEST_CASE("a host and a port are told apart, also with IPv6") {
    const auto parsed = [](const std::string& text) {
        const auto place = parse_host_port(text, 8999);
        return place ? place->text() : "none";
    };
    CHECK(parsed("example.org") == "example.org:8999");
    CHECK(parsed("example.org:1") == "example.org:1");
    CHECK(parsed("1.2.3.4:65535") == "1.2.3.4:65535");
    CHECK(parsed("2001:db8::1") == "[2001:db8::1]:8999");
    CHECK(parsed("[2001:db8::1]") == "[2001:db8::1]:8999");
    CHECK(parsed("[2001:db8::1]:77") == "[2001:db8::1]:77");
    for (const char* bad : {"", ":1", "a:0", "a:65536", "a:b", "a:1:2", "[::1", "[::1]x", "[x]:1", "a b", "u@h"}) {
        CAPTURE(bad);
        CHECK(parsed(bad) == "none");
    }
}

TEST_CASE("a book holds so many addresses and not its own") {
    AddressBook book(3);
    book.set_own(at("9.9.9.9"));
    book.learn(at("9.9.9.9"), 0, kNow);
    book.learn(at("8.8.8.8", 0), 0, kNow);
    CHECK(book.size() == 0);
    for (int i = 1; i <= 5; ++i)
        book.learn(at("1.1.1." + std::to_string(i)), 0, kNow);
    CHECK(book.size() == 3);
    CHECK(!book.find(at("1.1.1.4")));

    // One that never answers makes room, one that answered once does not.
    for (int i = 0; i < 3; ++i)
        book.tried(at("1.1.1.1"), false);
    for (int i = 0; i < 3; ++i)
        book.tried(at("1.1.1.2"), false);
    book.tried(at("1.1.1.2"), true);
    book.learn(at("1.1.1.6"), 0, kNow);
    book.learn(at("1.1.1.7"), 0, kNow);
    CHECK(!book.find(at("1.1.1.1")));
    CHECK(book.find(at("1.1.1.2")));
    CHECK(book.find(at("1.1.1.6")));
    CHECK(!book.find(at("1.1.1.7")));
}

TEST_CASE("one neighbourhood fills its part of a public book and no more") {
    AddressBook book(1000, AddressBook::Scope::kPublic);
    for (std::uint16_t port = 1; port <= 2 * AddressBook::kMostOfGroup; ++port)
        book.learn(at("8.8.8.8", port), 0, kNow);
    for (int i = 0; i < 200; ++i)
        book.learn(at("8.8.1." + std::to_string(i)), 0, kNow);
    CHECK(book.size() == AddressBook::kMostOfGroup);
    book.learn(at("9.9.9.9"), 0, kNow);
    book.learn(at("2001:470::1"), 0, kNow);
    CHECK(book.size() == AddressBook::kMostOfGroup + 2);

    // Room in it is made by those of it that do not answer.
    for (int i = 0; i < 3; ++i) {
        book.tried(at("9.9.9.9"), false);
        book.tried(at("2001:470::1"), false);
    }
    book.learn(at("8.8.2.2"), 0, kNow);
    CHECK(!book.find(at("8.8.2.2")));
    for (int i = 0; i < 3; ++i)
        book.tried(at("8.8.8.8", 7), false);
    book.learn(at("8.8.2.2"), 0, kNow);
    CHECK(book.find(at("8.8.2.2")));
    CHECK(!book.find(at("8.8.8.8", 7)));
    CHECK(book.find(at("9.9.9.9")));
    CHECK(book.size() == AddressBook::kMostOfGroup + 2);

    // The same holds for what a file brings.
    AddressBook again(1000, AddressBook::Scope::kPublic);
    CHECK(again.load_json(book.to_json()) == AddressBook::kMostOfGroup + 1);
    CHECK(again.load_json(R"([[["10.0.0.1", 8999], [0, 1, 2]]])") == 0);
}

TEST_CASE("an address keeps its first day and its last") {
    AddressBook book(10);
    book.learn(at("1.1.1.1"), 1, kNow);
    book.learn(at("1.1.1.1"), 2, kNow + 100);
    book.learn(at("1.1.1.1"), 3, kNow + 50);
    const AddressRecord record = book.find(at("1.1.1.1")).value();
    CHECK(record.services == 3);
    CHECK(record.first_seen == kNow);
    CHECK(record.last_seen == kNow + 100);
}

TEST_CASE("long known and lately seen addresses come first, mostly") {
    AddressBook book(1000);
    const PeerAddress old_friend = at("1.0.0.1");
    book.load({.address = old_friend, .services = 0, .first_seen = kNow - 1e8, .last_seen = kNow});
    for (int i = 0; i < 9; ++i) {
        book.load({.address = at("2.0.0." + std::to_string(i)),
                   .services = 0,
                   .first_seen = kNow - 1e8,
                   .last_seen = kNow - 1e8 + 1});
    }
    std::mt19937_64 random(1);
    int first = 0;
    for (int i = 0; i < 1000; ++i)
        first += book.good(1, AddressBook::Family::kIpv4, kNow, random).at(0).address == old_friend ? 1 : 0;
    // Its weight is ln(1e8)/ln(3600) = 2.25 against ln(3600)/ln(1e8) = 0.44 each of nine.
    CHECK(first > 300);
    CHECK(first < 900);
    CHECK(book.good(100, AddressBook::Family::kIpv4, kNow, random).size() == 10);
}

TEST_CASE("the file of addresses is the python node's, without IPv6") {
    AddressBook book(10);
    CHECK(book.load_json(R"([[["1.2.3.4", 8999], [0, 1461000000, 1461000000.5]], [["::1", 1], [0, 1, 1]],
                            [["host.example", 1], [0, 1, 1]], [["1.2.3.5", 0], [0, 1, 1]], [["1.2.3.6", 70000], [0, 1, 1]],
                            [["1.2.3.7", 1], [0, 1]], [["1.2.3.8"], [0, 1, 1]], 7, [["1.2.3.9", 9], [1, 2, null]]])") ==
          1);
    book.learn(at("2001:db8::1"), 0, kNow);
    REQUIRE(book.size() == 2);
    CHECK(book.find(at("1.2.3.4"))->last_seen == 1461000000.5);

    AddressBook again(10);
    CHECK(again.load_json(book.to_json()) == 1);
    CHECK(again.find(at("1.2.3.4")) == book.find(at("1.2.3.4")));
    REQUIRE(book.ipv6_records().size() == 1);
    again.load(book.ipv6_records()[0]);
    CHECK(again.find(at("2001:db8::1")) == book.find(at("2001:db8::1")));

    for (const char* bad : {"", "{}", "[[", "null"}) {
        CHECK_THROWS_AS((void)again.load_json(bad), dash::DecodeError);
    }
    // Times that no clock tells could not be told to peers.
    CHECK(AddressBook(10).load_json(R"([[["1.2.3.4", 8999], [0, 0, 1e300]], [["1.2.3.5", 8999], [0, -1, 5]]])") == 0);
    CHECK(AddressBook(10).load_json("[]") == 0);
}

TEST_CASE("bans end, spare this machine, and hit a whole IPv6 subscriber") {
    tests::ManualClock clock;
    Bans bans(clock);
    bans.ban(at("1.2.3.4"), 100);
    bans.ban(at("1.2.3.4"), 10);  // does not shorten it
    bans.ban(at("127.0.0.1"), 100);
    bans.ban(at("::1"), 100);
    bans.ban(at("2001:db8::1"), 100);
    CHECK(bans.is_banned(at("1.2.3.4", 1)));
    CHECK(!bans.is_banned(at("1.2.3.5")));
    CHECK(!bans.is_banned(at("127.0.0.1")));
    CHECK(!bans.is_banned(at("::1")));
    CHECK(bans.is_banned(at("2001:db8::ffff:1")));
    CHECK(!bans.is_banned(at("2001:db8:0:1::1")));
    CHECK(bans.size() == 2);
    clock.advance(101);
    CHECK(!bans.is_banned(at("1.2.3.4")));
    CHECK(bans.size() == 0);
}

TEST_CASE("the list of bans is bounded: those that end first make room") {
    tests::ManualClock clock;
    Bans bans(clock);
    bans.ban(at("1.2.3.4"), 1e6);
    for (std::size_t i = 0; i < Bans::kMostBans + 10; ++i) {
        bans.ban(
            at("10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256)),
            100 + static_cast<double>(i));
    }
    CHECK(bans.size() == Bans::kMostBans);
    CHECK(bans.is_banned(at("1.2.3.4")));
    CHECK(!bans.is_banned(at("10.0.0.1")));
}
