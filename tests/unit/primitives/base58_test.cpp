#include <doctest/doctest.h>

#include <string>

#include "dash/primitives/address.h"
#include "dash/primitives/base58.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::Address;
using dash::Bytes;
using dash::DecodeError;

namespace {

std::string refusal(const std::string& text, const dash::ChainParams& chain) {
    try {
        (void)dash::parse_address(text, chain);
    } catch (const DecodeError& error) {
        return error.what();
    }
    return "";
}

bool mentions(const std::string& text, const std::string& word) {
    return text.find(word) != std::string::npos;
}

const std::string kDonation = "XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u";

}  // namespace

TEST_CASE("base58 keeps leading zero bytes as ones") {
    CHECK(dash::base58_encode({}).empty());
    CHECK(dash::base58_encode(Bytes{0, 0, 0}) == "111");
    CHECK(dash::base58_encode(Bytes{0, 57}) == "1z");
    CHECK(dash::base58_encode(Bytes{58}) == "21");
    CHECK(dash::base58_decode("") == Bytes{});
    CHECK(dash::base58_decode("111") == Bytes{0, 0, 0});
    CHECK(dash::base58_decode("1z") == Bytes{0, 57});
}

TEST_CASE("base58 has no 0, O, I, l and nothing outside letters and digits") {
    for (const char* text : {"0", "O", "I", "l", "a b", " a", "a\n", "+", "\xc3\xa4"}) {
        CAPTURE(text);
        CHECK_FALSE(dash::base58_decode(text).has_value());
        CHECK_FALSE(dash::is_base58(text));
    }
    CHECK_FALSE(dash::base58_decode(std::string_view("a\0", 2)).has_value());
}

TEST_CASE("base58 round trips") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 300; ++i) {
        Bytes bytes(random.below(4), 0);
        dash::append(bytes, random.bytes(random.below(50)));
        CHECK(dash::base58_decode(dash::base58_encode(bytes)) == bytes);
        CHECK(dash::base58check_decode(dash::base58check_encode(bytes)) == bytes);
    }
}

TEST_CASE("base58check says what is wrong") {
    CHECK_THROWS_WITH_AS((void)dash::base58check_decode("11"), doctest::Contains("too short"), DecodeError);
    CHECK_THROWS_WITH_AS((void)dash::base58check_decode("0"), doctest::Contains("character"), DecodeError);
    CHECK_THROWS_WITH_AS((void)dash::base58check_decode("111111"), doctest::Contains("checksum"), DecodeError);
}

TEST_CASE("an address is understood on its own network only") {
    const Address donation = dash::parse_address(kDonation, dash::dash_mainnet());
    CHECK(donation.kind == Address::Kind::kPubkeyHash);
    CHECK(dash::to_hex(donation.hash) == "20cb5c22b1e4d5947e5c112c7696b51ad9af3c61");
    CHECK(dash::format_address(donation, dash::dash_testnet()) == "yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB");
    CHECK(mentions(refusal(kDonation, dash::dash_testnet()), "another network"));
    CHECK(mentions(refusal("yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB", dash::dash_mainnet()), "another network"));
}

TEST_CASE("a wrong address is refused with the reason") {
    const dash::ChainParams& chain = dash::dash_mainnet();
    std::string mistyped = kDonation;
    mistyped.back() = 'v';
    CHECK(mentions(refusal(mistyped, chain), "checksum"));
    CHECK(mentions(refusal("XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84O", chain), "character"));
    CHECK(mentions(refusal("", chain), "too short"));
    CHECK(mentions(refusal(std::string(1000000, 'X'), chain), "longer"));
    CHECK(mentions(refusal(dash::base58check_encode(Bytes(20, chain.p2pkh_version)), chain), "20 bytes"));
    CHECK(mentions(refusal(dash::base58check_encode(Bytes(22, 0)), chain), "22 bytes"));
}

TEST_CASE("addresses round trip on every network, and all look like addresses") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (const dash::ChainParams* chain : {&dash::dash_mainnet(), &dash::dash_testnet(), &dash::dash_regtest()}) {
        for (int i = 0; i < 100; ++i) {
            Address address;
            address.kind = random.below(2) == 0 ? Address::Kind::kPubkeyHash : Address::Kind::kScriptHash;
            // Extreme hashes move the first characters furthest.
            for (std::uint8_t& byte : address.hash) {
                byte = i == 0 ? 0x00 : i == 1 ? 0xff : static_cast<std::uint8_t>(random.u64());
            }
            const std::string text = dash::format_address(address, *chain);
            CAPTURE(text);
            CHECK(dash::parse_address(text, *chain) == address);
            CHECK(dash::looks_like_address(text));
        }
    }
}

TEST_CASE("one changed character never gives another valid address") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t i = 0; i < kDonation.size(); ++i) {
        std::string changed = kDonation;
        do {
            changed[i] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[random.below(58)];
        } while (changed == kDonation);
        CHECK(refusal(changed, dash::dash_mainnet()) != "");
    }
}

TEST_CASE("what looks like an address") {
    std::string mistyped = kDonation;
    mistyped[10] = 'z';
    CHECK(dash::looks_like_address(mistyped));
    CHECK_FALSE(dash::looks_like_address(""));
    CHECK_FALSE(dash::looks_like_address("X"));
    CHECK_FALSE(dash::looks_like_address("worker1"));
    CHECK_FALSE(dash::looks_like_address("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"));
    CHECK_FALSE(dash::looks_like_address(kDonation + "11"));
    CHECK_FALSE(dash::looks_like_address("XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84O"));
}
