#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::Bytes;
using dash::DecodeError;
using dash::Uint256;

TEST_CASE("hex is lower case in memory order and read in both cases") {
    CHECK(dash::to_hex(Bytes{0x00, 0x0f, 0xa5, 0xff}) == "000fa5ff");
    CHECK(dash::to_hex({}).empty());
    CHECK(dash::from_hex("000fA5Ff") == Bytes{0x00, 0x0f, 0xa5, 0xff});
    CHECK(dash::from_hex("").empty());
}

TEST_CASE("text that is not hex is refused") {
    for (const char* text : {"0", "abc", "0g", "g0", "0x", " 0", "0 ", "\n\n", "-1", "\xff\xff"}) {
        CAPTURE(text);
        CHECK_THROWS_AS((void)dash::from_hex(text), DecodeError);
    }
    CHECK_THROWS_AS((void)dash::from_hex(std::string_view("\0\0", 2)), DecodeError);
}

TEST_CASE("hex round trip") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 200; ++i) {
        const Bytes bytes = random.bytes(random.below(100));
        CHECK(dash::from_hex(dash::to_hex(bytes)) == bytes);
    }
}

TEST_CASE("a 256-bit number is little-endian in bytes and printed with the most significant digit first") {
    Bytes bytes(32, 0);
    bytes[0] = 0x01;
    bytes[31] = 0xab;
    const Uint256 value = Uint256::from_bytes(bytes);
    CHECK(value.to_hex() == "ab00000000000000000000000000000000000000000000000000000000000001");
    CHECK(value.low64() == 1);
    CHECK(value.limbs()[3] == 0xab00000000000000);
    CHECK(Uint256::from_hex(value.to_hex()) == value);
}

TEST_CASE("a 256-bit number takes exactly 32 bytes or 64 digits") {
    CHECK_THROWS_AS((void)Uint256::from_bytes(Bytes(31, 1)), DecodeError);
    CHECK_THROWS_AS((void)Uint256::from_bytes(Bytes(33, 1)), DecodeError);
    CHECK_THROWS_AS((void)Uint256::from_bytes({}), DecodeError);
    CHECK_THROWS_AS((void)Uint256::from_hex(std::string(63, '1')), DecodeError);
    CHECK_THROWS_AS((void)Uint256::from_hex(std::string(66, '1')), DecodeError);
    CHECK_THROWS_AS((void)Uint256::from_hex(std::string(64, 'x')), DecodeError);
}

TEST_CASE("256-bit numbers compare as numbers, not as bytes") {
    const Uint256 small(2);
    const Uint256 large(std::array<std::uint64_t, 4>{1, 0, 0, 1});
    CHECK(small < large);
    CHECK(large < Uint256::max());
    CHECK(Uint256() < small);
    CHECK(Uint256().is_zero());
    CHECK_FALSE(large.is_zero());
    CHECK(Uint256(2) == small);
}

TEST_CASE("comparison agrees with the display form, and numbers find themselves in a set") {
    tests::Random random;
    INFO(random.how_to_repeat());
    std::unordered_set<Uint256> seen;
    for (int i = 0; i < 500; ++i) {
        const Uint256 a = random.uint256_of_any_size();
        const Uint256 b = random.uint256_of_any_size();
        CHECK((a < b) == (a.to_hex() < b.to_hex()));
        CHECK(Uint256::from_bytes(a.to_bytes()) == a);
        seen.insert(a);
        CHECK(seen.contains(a));
    }
}

TEST_CASE("numbers that a stranger could prepare do not fall together in a hash table") {
    constexpr std::size_t kBuckets = 4096;
    std::vector<std::size_t> bucket_sizes(kBuckets);
    // Equal in all but few bits, each limb cancelling another where limbs are merely mixed together.
    for (std::uint64_t i = 0; i < kBuckets; ++i) {
        const Uint256 value(std::array<std::uint64_t, 4>{i << 52, i << 51, i << 20, i << 52});
        ++bucket_sizes[std::hash<Uint256>()(value) % kBuckets];
    }
    CHECK(*std::max_element(bucket_sizes.begin(), bucket_sizes.end()) < 40);
}
