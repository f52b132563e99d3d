#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "dash/primitives/hash160.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/sha256_compress.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::as_bytes;
using dash::Bytes;
using dash::ByteSpan;
using dash::DecodeError;
using dash::Sha256;

TEST_CASE("SHA-256 gives the answers of FIPS 180-4's examples") {
    CHECK(dash::to_hex(dash::sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(dash::to_hex(dash::sha256(as_bytes("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(dash::to_hex(dash::sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(dash::to_hex(dash::sha256(as_bytes(std::string(1000000, 'a')))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("RIPEMD-160 gives the answers of its authors' examples") {
    CHECK(dash::to_hex(dash::ripemd160({})) == "9c1185a5c5e9fc54612808977ee8f548b2258d31");
    CHECK(dash::to_hex(dash::ripemd160(as_bytes("abc"))) == "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    CHECK(dash::hash160(as_bytes("abc")) == dash::ripemd160(dash::sha256(as_bytes("abc"))));
}

TEST_CASE("double SHA-256 is read as a little-endian number") {
    auto digest = dash::sha256(dash::sha256(as_bytes("hello")));
    std::reverse(digest.begin(), digest.end());
    CHECK(dash::sha256d(as_bytes("hello")).to_hex() == dash::to_hex(digest));
}

TEST_CASE("pieces hash as the whole, and a state goes on elsewhere") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 300; ++round) {
        const Bytes whole = random.bytes(random.below(400));
        const ByteSpan view(whole);
        Sha256 hasher;
        for (std::size_t taken = 0; taken < whole.size();) {
            const std::size_t piece = random.below(whole.size() - taken + 1);
            hasher.update(view.subspan(taken, piece));
            taken += piece;
            if (random.below(3) == 0) {
                const auto state = dash::state_from_bytes(dash::state_to_bytes(hasher.state()));
                hasher = Sha256(state, hasher.pending(), hasher.length());
            }
        }
        CHECK(hasher.length() == whole.size());
        CHECK(hasher.finish() == dash::sha256(whole));
    }
}

TEST_CASE("a state that cannot be is refused") {
    const Sha256::State state = Sha256().state();
    CHECK_THROWS_AS(Sha256(state, Bytes(1), 64), DecodeError);
    CHECK_THROWS_AS(Sha256(state, Bytes(0), 65), DecodeError);
    CHECK_THROWS_AS(Sha256(state, Bytes(64), 64), DecodeError);
    CHECK_NOTHROW(Sha256(state, Bytes(63), 127));
    CHECK_THROWS_AS((void)dash::state_from_bytes(Bytes(31)), DecodeError);
    CHECK_THROWS_AS((void)dash::state_from_bytes(Bytes(33)), DecodeError);
}

TEST_CASE("the length field holds 64 bits: a longer message is refused, at the start or at the end") {
    constexpr std::uint64_t kLongest = UINT64_MAX / 8;
    const Sha256::State state = Sha256().state();
    CHECK_THROWS_AS(Sha256(state, Bytes((kLongest + 1) % 64), kLongest + 1), DecodeError);
    Sha256 full(state, Bytes(kLongest % 64), kLongest);
    CHECK_NOTHROW((void)Sha256(full).finish());
    full.update(Bytes(1));
    CHECK_THROWS_AS((void)full.finish(), DecodeError);
}

TEST_CASE("the CPU's SHA instructions and the portable code agree") {
    const dash::detail::Sha256Compress extensions = dash::detail::sha256_compress_extensions();
    if (extensions == nullptr) {
        MESSAGE("this CPU has no SHA instructions: nothing to compare");
        return;
    }
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 200; ++round) {
        const std::size_t blocks = random.below(5);
        const Bytes data = random.bytes(64 * blocks + 1);
        Sha256::State expected;
        for (std::uint32_t& word : expected)
            word = static_cast<std::uint32_t>(random.u64());
        Sha256::State state = expected;
        dash::detail::sha256_compress_portable(expected, data.data() + 1, blocks);
        extensions(state, data.data() + 1, blocks);
        CHECK(state == expected);
    }
}
