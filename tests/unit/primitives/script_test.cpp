#include <doctest/doctest.h>

#include "dash/primitives/script.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::Address;
using dash::Bytes;
using dash::DecodeError;
using dash::Hash160;

namespace {

Hash160 random_hash(tests::Random& random) {
    Hash160 hash{};
    for (std::uint8_t& byte : hash)
        byte = static_cast<std::uint8_t>(random.u64());
    return hash;
}

}  // namespace

TEST_CASE("scripts of addresses and back") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 100; ++i) {
        const Hash160 hash = random_hash(random);
        for (const Address::Kind kind : {Address::Kind::kPubkeyHash, Address::Kind::kScriptHash}) {
            const Address address{kind, hash};
            CHECK(dash::script_address(dash::address_script(address)) == address);
        }
        CHECK(dash::to_hex(dash::p2pkh_script(hash)) == "76a914" + dash::to_hex(hash) + "88ac");
        CHECK(dash::to_hex(dash::p2sh_script(hash)) == "a914" + dash::to_hex(hash) + "87");
    }
}

TEST_CASE("a script that differs in one fixed byte or in length pays to no address") {
    const Bytes script = dash::p2pkh_script(Hash160{});
    for (const std::size_t position : {0U, 1U, 2U, 23U, 24U}) {
        CAPTURE(position);
        Bytes other = script;
        other[position] ^= 1;
        CHECK_FALSE(dash::script_address(other).has_value());
    }
    for (const std::size_t position : {0U, 1U, 22U}) {
        CAPTURE(position);
        Bytes other = dash::p2sh_script(Hash160{});
        other[position] ^= 1;
        CHECK_FALSE(dash::script_address(other).has_value());
    }
    for (std::size_t size = 0; size < script.size(); ++size) {
        CHECK_FALSE(dash::script_address(dash::ByteSpan(script).first(size)).has_value());
    }
    Bytes longer = script;
    longer.push_back(0);
    CHECK_FALSE(dash::script_address(longer).has_value());
}

TEST_CASE("heights take the form of BIP 34") {
    const auto form = [](std::uint32_t height) { return dash::to_hex(dash::push_height(height)); };
    CHECK(form(0) == "00");
    CHECK(form(1) == "51");
    CHECK(form(16) == "60");
    CHECK(form(17) == "0111");
    CHECK(form(127) == "017f");
    CHECK(form(128) == "028000");
    CHECK(form(32767) == "02ff7f");
    CHECK(form(32768) == "03008000");
    CHECK(form(2400000) == "03009f24");
    CHECK(form(0xffffffff) == "05ffffffff00");
}

TEST_CASE("a height is read back, whatever follows it") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 500; ++i) {
        const auto height = static_cast<std::uint32_t>(random.of_any_size(32));
        Bytes script = dash::push_height(height);
        CHECK(dash::pushed_height(script) == height);
        dash::append(script, random.bytes(random.below(20)));
        CHECK(dash::pushed_height(script) == height);
    }
}

TEST_CASE("what does not begin with a height gives none") {
    for (const char* text : {"", "01", "0201", "0180", "020080", "4f", "61", "ff", "4c0101", "4d010001", "4e0100000001",
                             "0500000000010000", "4b"}) {
        CAPTURE(text);
        CHECK_FALSE(dash::pushed_height(dash::from_hex(text)).has_value());
    }
    CHECK(dash::pushed_height(dash::from_hex("04f0123400")) == 3412720);  // longer than need be
}

TEST_CASE("a push takes up to 75 bytes") {
    CHECK(dash::push_data({}) == Bytes{0});
    CHECK(dash::push_data(Bytes{1, 2}) == Bytes{2, 1, 2});
    const Bytes longest = dash::push_data(Bytes(75, 7));
    CHECK(longest.size() == 76);
    CHECK(longest[0] == 75);
    CHECK_THROWS_AS((void)dash::push_data(Bytes(76, 7)), DecodeError);
}
