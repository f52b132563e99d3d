#include <doctest/doctest.h>

#include "dash/primitives/serialize.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::Bytes;
using dash::ByteSpan;
using dash::DecodeError;
using dash::Reader;
using dash::Truncation;
using dash::Uint256;
using dash::Writer;

TEST_CASE("integers are little-endian, ports big-endian") {
    Writer writer;
    writer.u8(0x01).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f).u16_big_endian(0x1011).uint256(Uint256(0x12));
    CHECK(dash::to_hex(writer.bytes()) ==
          "01"
          "0302"
          "07060504"
          "0f0e0d0c0b0a0908"
          "1011"
          "1200000000000000000000000000000000000000000000000000000000000000");
    Reader reader(writer.bytes());
    CHECK(reader.u8() == 0x01);
    CHECK(reader.u16() == 0x0203);
    CHECK(reader.u32() == 0x04050607);
    CHECK(reader.u64() == 0x08090a0b0c0d0e0f);
    CHECK(reader.u16_big_endian() == 0x1011);
    CHECK(reader.uint256() == Uint256(0x12));
    CHECK(reader.at_end());
    CHECK_NOTHROW(reader.expect_end());
}

TEST_CASE("variable-length integers take their shortest form") {
    const auto form = [](std::uint64_t value) {
        Writer writer;
        writer.varint(value);
        return dash::to_hex(writer.bytes());
    };
    CHECK(form(0) == "00");
    CHECK(form(0xfc) == "fc");
    CHECK(form(0xfd) == "fdfd00");
    CHECK(form(0xffff) == "fdffff");
    CHECK(form(0x10000) == "fe00000100");
    CHECK(form(0xffffffff) == "feffffffff");
    CHECK(form(0x100000000) == "ff0000000001000000");
    CHECK(form(UINT64_MAX) == "ffffffffffffffffff");
}

TEST_CASE("other forms of variable-length integers are refused") {
    for (const char* text :
         {"fd0000", "fdfc00", "fe00000000", "feffff0000", "ff0000000000000000", "ffffffffff00000000"}) {
        CAPTURE(text);
        const Bytes data = dash::from_hex(text);
        Reader reader(data);
        CHECK_THROWS_AS((void)reader.varint(), DecodeError);
    }
}

TEST_CASE("a list may not claim more elements than its data can hold") {
    Writer writer;
    writer.varint(3).raw(Bytes(9, 0));
    CHECK(Reader(writer.bytes()).count(3) == 3);
    CHECK_THROWS_AS((void)Reader(writer.bytes()).count(4), DecodeError);
    CHECK_THROWS_AS((void)Reader(writer.bytes()).count(0, 2), DecodeError);
    CHECK(Reader(writer.bytes()).count(0, 3) == 3);

    Writer huge;
    huge.varint(UINT64_MAX).raw(Bytes(100, 0));
    CHECK_THROWS_AS((void)Reader(huge.bytes()).count(1), DecodeError);
    CHECK_THROWS_AS((void)Reader(huge.bytes(), Truncation::kAccept).count(1), DecodeError);
}

TEST_CASE("where truncation is accepted, only the last element may be cut and one byte of it must be there") {
    const auto accepted = [](std::size_t bytes) {
        Writer writer;
        writer.varint(2).raw(Bytes(bytes, 0));
        Reader reader(writer.bytes(), Truncation::kAccept);
        try {
            return reader.count(32) == 2;
        } catch (const DecodeError&) {
            return false;
        }
    };
    CHECK(accepted(64));
    CHECK(accepted(33));
    CHECK_FALSE(accepted(32));
}

TEST_CASE("cut off byte strings and big integers are errors unless truncation is accepted") {
    const Bytes text = dash::from_hex("05aabb");
    CHECK_THROWS_AS((void)Reader(text).varstr(), DecodeError);
    Reader lenient(text, Truncation::kAccept);
    CHECK(dash::to_hex(lenient.varstr()) == "aabb");
    CHECK(lenient.at_end());

    const Bytes number = dash::from_hex("0102");
    CHECK_THROWS_AS((void)Reader(number).uint256(), DecodeError);
    CHECK(Reader(number, Truncation::kAccept).uint256() == Uint256(0x0201));
    CHECK(Reader(number, Truncation::kAccept).big_integer(16) == Uint256(0x0201));
    CHECK(dash::to_hex(Reader(number, Truncation::kAccept).fixed(8)) == "0102");
    CHECK_THROWS_AS((void)Reader({}, Truncation::kAccept).uint256(), DecodeError);
    CHECK_THROWS_AS((void)Reader(number, Truncation::kAccept).u32(), DecodeError);

    // More than 2^63 − 1 bytes are an error even then.
    const Bytes absurd = dash::from_hex("ff0000000000000080aa");
    CHECK_THROWS_AS((void)Reader(absurd, Truncation::kAccept).varstr(), DecodeError);
}

TEST_CASE("bytes behind the data are an error when the caller expects the end") {
    const Bytes data{1, 2};
    Reader reader(data);
    CHECK(reader.u8() == 1);
    CHECK(reader.remaining() == 1);
    CHECK(reader.position() == 1);
    CHECK_THROWS_AS(reader.expect_end(), DecodeError);
}

TEST_CASE("what is written is read back") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 300; ++round) {
        const std::uint64_t number = random.of_any_size();
        const auto small = static_cast<std::uint32_t>(random.of_any_size(32));
        const Uint256 hash = random.uint256();
        const Bytes text = random.bytes(random.below(300));
        Writer writer;
        writer.varint(number).u32(small).uint256(hash).varstr(text).u64(number).raw(text);
        Reader reader(writer.bytes());
        CHECK(reader.varint() == number);
        CHECK(reader.u32() == small);
        CHECK(reader.uint256() == hash);
        const ByteSpan read = reader.varstr();
        CHECK(Bytes(read.begin(), read.end()) == text);
        CHECK(reader.u64() == number);
        CHECK(reader.fixed(text.size()).size() == text.size());
        reader.expect_end();
    }
}

namespace {

/// One random read; the values do not matter, only that a failure is a DecodeError and nothing outside is touched.
void read_something(Reader& reader, tests::Random& random) {
    switch (random.below(9)) {
        case 0:
            (void)reader.u8();
            break;
        case 1:
            (void)reader.u16();
            break;
        case 2:
            (void)reader.u64();
            break;
        case 3:
            (void)reader.u16_big_endian();
            break;
        case 4:
            (void)reader.uint256();
            break;
        case 5:
            (void)reader.varint();
            break;
        case 6:
            (void)dash::to_hex(reader.varstr());
            break;
        case 7:
            (void)reader.count(1 + random.below(50));
            break;
        default:
            (void)dash::to_hex(reader.fixed(random.below(40)));
            break;
    }
}

}  // namespace

TEST_CASE("random data gives values or DecodeError, and the position stays inside") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 5000; ++round) {
        const Bytes data = random.bytes(random.below(80));  // on the heap, so that a sanitizer sees a step outside
        Reader reader(data, random.below(2) == 0 ? Truncation::kReject : Truncation::kAccept);
        try {
            for (int reads = 0; reads < 20; ++reads)
                read_something(reader, random);
        } catch (const DecodeError&) {
        }
        REQUIRE(reader.position() + reader.remaining() == data.size());
    }
}
