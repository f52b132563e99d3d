#include <doctest/doctest.h>

#include <string>

#include "dash/primitives/transaction.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::Bytes;
using dash::ByteSpan;
using dash::DecodeError;
using dash::Reader;
using dash::Transaction;
using dash::Truncation;

namespace {

Transaction random_transaction(tests::Random& random) {
    Transaction transaction;
    transaction.version = static_cast<std::uint16_t>(random.below(5));
    transaction.type = static_cast<std::uint16_t>(random.below(2) == 0 ? 0 : random.below(12));
    for (std::uint64_t i = random.below(4); i > 0; --i) {
        dash::TxIn input;
        input.previous_output.hash = random.uint256();
        input.previous_output.index = static_cast<std::uint32_t>(random.u64());
        input.script = random.bytes(random.below(300));
        input.sequence = static_cast<std::uint32_t>(random.u64());
        transaction.inputs.push_back(input);
    }
    for (std::uint64_t i = random.below(4); i > 0; --i) {
        dash::TxOut output;
        output.value_duffs = random.u64();
        output.script = random.bytes(random.below(60));
        transaction.outputs.push_back(output);
    }
    transaction.lock_time = static_cast<std::uint32_t>(random.u64());
    if (transaction.has_payload()) transaction.extra_payload = random.bytes(random.below(300));
    return transaction;
}

Transaction parse(const std::string& hex) {
    return dash::parse_transaction(dash::from_hex(hex));
}

}  // namespace

TEST_CASE("transactions round trip, and every cut one is refused") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 60; ++i) {
        const Transaction transaction = random_transaction(random);
        const Bytes bytes = transaction.serialize();
        CHECK(dash::parse_transaction(bytes) == transaction);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK_THROWS_AS((void)dash::parse_transaction(cut), DecodeError);
        }
        Bytes longer = bytes;
        longer.push_back(0);
        CHECK_THROWS_AS((void)dash::parse_transaction(longer), DecodeError);
    }
}

TEST_CASE("the payload is on the wire from version 3 on and with a type") {
    CHECK(parse("0300000000"
                "00"
                "00000000")
              .extra_payload.empty());
    CHECK(parse("0300060000"
                "00"
                "00000000"
                "02abcd")
              .extra_payload == Bytes{0xab, 0xcd});
    // Miners used the upper half of the version before it became the type: version 1 has no payload.
    CHECK(parse("0100002000"
                "00"
                "00000000")
              .type == 0x2000);
    CHECK_THROWS_AS((void)parse("0200050000"
                                "00"
                                "00000000"
                                "00"),
                    DecodeError);
    CHECK_THROWS_AS((void)parse("0300050000"
                                "00"
                                "00000000"),
                    DecodeError);
}

TEST_CASE("no inputs and one output are no segwit marker") {
    // An asset unlock begins 03000900 00 01.
    const Transaction transaction = parse(
        "03000900"
        "00"
        "01"
        "0100000000000000"
        "0151"
        "00000000"
        "00");
    CHECK(transaction.type == 9);
    CHECK(transaction.inputs.empty());
    REQUIRE(transaction.outputs.size() == 1);
    CHECK(transaction.outputs[0].value_duffs == 1);
    CHECK(transaction.outputs[0].script == Bytes{0x51});
}

TEST_CASE("a coinbase has one input that spends nothing") {
    Transaction transaction;
    CHECK_FALSE(transaction.is_coinbase());
    transaction.inputs.emplace_back();
    CHECK(transaction.is_coinbase());
    transaction.inputs[0].previous_output.index = 0;
    CHECK_FALSE(transaction.is_coinbase());
    transaction.inputs[0].previous_output.index = 0xffffffff;
    transaction.inputs.emplace_back();
    CHECK_FALSE(transaction.is_coinbase());
}

TEST_CASE("counts that the data cannot hold are refused before anything is reserved") {
    for (const char* text : {"01000000"
                             "ffffffffffffffffff",
                             "01000000"
                             "feffffff7f",
                             "01000000"
                             "00"
                             "ffffffffffffffffff",
                             "01000000"
                             "00"
                             "00"
                             "00000000"
                             "00"}) {
        CAPTURE(text);
        const Bytes data = dash::from_hex(text);
        CHECK_THROWS_AS((void)dash::parse_transaction(data), DecodeError);
    }
}

TEST_CASE("damaged transactions give a transaction or DecodeError, with and without truncation") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 3000; ++i) {
        Bytes bytes = random_transaction(random).serialize();
        for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
            bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.u64());
        }
        bytes.resize(random.below(bytes.size() + 1));
        bytes.shrink_to_fit();
        Reader reader(bytes, random.below(2) == 0 ? Truncation::kReject : Truncation::kAccept);
        try {
            const Transaction transaction = dash::read_transaction(reader);
            CHECK(dash::parse_transaction(transaction.serialize()) == transaction);
        } catch (const DecodeError&) {
        }
    }
}
