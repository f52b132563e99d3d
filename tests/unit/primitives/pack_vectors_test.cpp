#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>

#include "dash/primitives/block.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/transaction.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::Bytes;
using dash::ByteSpan;
using dash::Reader;
using dash::Transaction;
using dash::Truncation;
using dash::Uint256;
using dash::Wide;
using dash::Writer;
using nlohmann::json;

namespace {

/// How a type of the reference is read and written with our Reader and Writer, in terms of the vector file's values.
struct WireType {
    std::function<json(Reader&)> read;
    std::function<void(Writer&, const json&)> write;
};

/// Integers as the vector file has them: text from 2^53 on.
json integer_json(const Wide& value) {
    if (value < Wide(1) << 53) return static_cast<std::uint64_t>(value);
    return "0x" + value.str(0, std::ios_base::hex);
}

json integer_json(const Uint256& value) {
    return integer_json(dash::to_wide(value));
}

json hex_json(ByteSpan bytes) {
    return dash::to_hex(bytes);
}

template <typename T>
WireType small_integer() {
    return {[](Reader& reader) { return integer_json(Wide(reader.integer<T>())); },
            [](Writer& writer, const json& value) { writer.integer(static_cast<T>(tests::uint64_value(value))); }};
}

WireType big_integer(std::size_t bytes) {
    return {[bytes](Reader& reader) { return integer_json(reader.big_integer(bytes)); },
            [bytes](Writer& writer, const json& value) {
                writer.raw(ByteSpan(tests::uint256_value(value).to_bytes()).first(bytes));
            }};
}

WireType variable_integer() {
    return {[](Reader& reader) { return integer_json(Wide(reader.varint())); },
            [](Writer& writer, const json& value) { writer.varint(tests::uint64_value(value)); }};
}

WireType byte_string() {
    return {[](Reader& reader) { return hex_json(reader.varstr()); },
            [](Writer& writer, const json& value) { writer.varstr(tests::bytes_value(value)); }};
}

WireType fixed_string(std::size_t size) {
    return {[size](Reader& reader) { return hex_json(reader.fixed(size)); },
            [](Writer& writer, const json& value) { writer.raw(tests::bytes_value(value)); }};
}

WireType list_of(const WireType& element, std::size_t element_size, std::size_t elements_each = 1) {
    return {[=](Reader& reader) {
                json list = json::array();
                const std::size_t count = reader.count(element_size * elements_each) * elements_each;
                for (std::size_t i = 0; i < count; ++i)
                    list.push_back(element.read(reader));
                return list;
            },
            [=](Writer& writer, const json& list) {
                writer.varint(list.size() / elements_each);
                for (const json& value : list)
                    element.write(writer, value);
            }};
}

/// null stands for `none`.
WireType possibly(const WireType& type, const json& none) {
    return {[=](Reader& reader) {
                json value = type.read(reader);
                return value == none ? json() : value;
            },
            [=](Writer& writer, const json& value) { type.write(writer, value.is_null() ? none : value); }};
}

json transaction_json(const Transaction& transaction) {
    json inputs = json::array();
    for (const dash::TxIn& input : transaction.inputs) {
        json previous;
        if (!input.previous_output.is_null()) {
            previous = {{"hash", integer_json(input.previous_output.hash)}, {"index", input.previous_output.index}};
        }
        json sequence;
        if (input.sequence != 0xffffffff) sequence = input.sequence;
        inputs.push_back({{"previous_output", previous}, {"script", hex_json(input.script)}, {"sequence", sequence}});
    }
    json outputs = json::array();
    for (const dash::TxOut& output : transaction.outputs) {
        outputs.push_back({{"value", integer_json(Wide(output.value_duffs))}, {"script", hex_json(output.script)}});
    }
    return {{"version", transaction.version},
            {"type", transaction.type},
            {"tx_ins", inputs},
            {"tx_outs", outputs},
            {"lock_time", transaction.lock_time},
            {"extra_payload", transaction.has_payload() ? hex_json(transaction.extra_payload) : json()}};
}

Transaction transaction_value(const json& value) {
    Transaction transaction;
    transaction.version = value.at("version").get<std::uint16_t>();
    transaction.type = value.at("type").get<std::uint16_t>();
    for (const json& tx_in : value.at("tx_ins")) {
        dash::TxIn input;
        if (!tx_in.at("previous_output").is_null()) {
            input.previous_output.hash = tests::uint256_value(tx_in.at("previous_output").at("hash"));
            input.previous_output.index = tx_in.at("previous_output").at("index").get<std::uint32_t>();
        }
        input.script = tests::bytes_value(tx_in.at("script"));
        if (!tx_in.at("sequence").is_null()) input.sequence = tx_in.at("sequence").get<std::uint32_t>();
        transaction.inputs.push_back(input);
    }
    for (const json& tx_out : value.at("tx_outs")) {
        dash::TxOut output;
        output.value_duffs = tests::uint64_value(tx_out.at("value"));
        output.script = tests::bytes_value(tx_out.at("script"));
        transaction.outputs.push_back(output);
    }
    transaction.lock_time = value.at("lock_time").get<std::uint32_t>();
    if (transaction.has_payload()) transaction.extra_payload = tests::bytes_value(value.at("extra_payload"));
    return transaction;
}

WireType transaction_type() {
    return {[](Reader& reader) { return transaction_json(dash::read_transaction(reader)); },
            [](Writer& writer, const json& value) { dash::write_transaction(writer, transaction_value(value)); }};
}

json header_json(const dash::BlockHeader& header) {
    return {{"version", header.version},
            {"previous_block", header.previous_block.is_zero() ? json() : integer_json(header.previous_block)},
            {"merkle_root", integer_json(header.merkle_root)},
            {"timestamp", header.timestamp},
            {"bits", {{"bits", header.bits}}},
            {"nonce", header.nonce}};
}

dash::BlockHeader header_value(const json& value) {
    dash::BlockHeader header;
    header.version = value.at("version").get<std::uint32_t>();
    if (!value.at("previous_block").is_null()) header.previous_block = tests::uint256_value(value.at("previous_block"));
    header.merkle_root = tests::uint256_value(value.at("merkle_root"));
    header.timestamp = value.at("timestamp").get<std::uint32_t>();
    header.bits = value.at("bits").at("bits").get<std::uint32_t>();
    header.nonce = value.at("nonce").get<std::uint32_t>();
    return header;
}

WireType header_type() {
    return {[](Reader& reader) { return header_json(dash::read_header(reader)); },
            [](Writer& writer, const json& value) { writer.raw(header_value(value).serialize()); }};
}

WireType block_type() {
    return {[](Reader& reader) {
                const dash::Block block = dash::parse_block(reader.fixed(reader.remaining()));
                json transactions = json::array();
                for (const Transaction& transaction : block.transactions) {
                    transactions.push_back(transaction_json(transaction));
                }
                return json{{"header", header_json(block.header)}, {"txs", transactions}};
            },
            [](Writer& writer, const json& value) {
                dash::Block block;
                block.header = header_value(value.at("header"));
                for (const json& tx : value.at("txs"))
                    block.transactions.push_back(transaction_value(tx));
                writer.raw(block.serialize());
            }};
}

/// The types that the primitives serve. The share chain's own (share, hash link, merkle link, small header, stale info)
/// and the p2pool protocol's addresses are tested with the code that reads them; the reference's remaining types are
/// used by nobody.
const std::map<std::string, WireType>& wire_types() {
    static const std::map<std::string, WireType> types{
        {"VarInt", variable_integer()},
        {"VarStr", byte_string()},
        {"FixedStr8", fixed_string(8)},
        {"Int8", small_integer<std::uint8_t>()},
        {"Int16", small_integer<std::uint16_t>()},
        {"Int32", small_integer<std::uint32_t>()},
        {"Int64", small_integer<std::uint64_t>()},
        {"Int16big",
         {[](Reader& reader) { return json(reader.u16_big_endian()); },
          [](Writer& writer, const json& value) { writer.u16_big_endian(value.get<std::uint16_t>()); }}},
        {"Int128", big_integer(16)},
        {"Int160", big_integer(20)},
        {"Int256", big_integer(32)},
        {"List<Int256>", list_of(big_integer(32), 32)},
        {"List<VarInt,mul2>", list_of(variable_integer(), 1, 2)},
        {"List<VarStr>", list_of(byte_string(), 1)},
        {"PossiblyNone<0,Int256>", possibly(big_integer(32), json(0))},
        {"PossiblyNone<\"\",VarStr>", possibly(byte_string(), json(""))},
        {"tx_type", transaction_type()},
        {"block_header_type", header_type()},
        {"block_type", block_type()},
    };
    return types;
}

}  // namespace

TEST_CASE("values are packed to the reference's bytes") {
    std::size_t checked = 0;
    const json& file = tests::load_vectors("pack.json");
    for (const json& entry : file.at("encode")) {
        const auto type = wire_types().find(entry.at("type").get<std::string>());
        // What the reference refuses to pack (out of range, wrong length, none as a value) our types cannot express.
        if (type == wire_types().end() || !entry.at("result").contains("ok")) continue;
        CAPTURE(entry.dump().substr(0, 1000));
        Writer writer;
        type->second.write(writer, entry.at("value"));
        CHECK(dash::to_hex(writer.bytes()) == entry.at("result").at("ok"));
        ++checked;
    }
    CHECK(checked > 0);
}

TEST_CASE("bytes are unpacked to the reference's values, and refused where it refuses them") {
    std::size_t checked = 0;
    const json& file = tests::load_vectors("pack.json");
    for (const json& entry : file.at("decode")) {
        const auto type = wire_types().find(entry.at("type").get<std::string>());
        if (type == wire_types().end()) continue;
        CAPTURE(entry.dump().substr(0, 1000));
        const Bytes data = tests::bytes_value(entry.at("data"));
        const json& result = entry.at("result");
        const auto unpacked = [&] {
            Reader reader(data, Truncation::kAccept);
            json value = type->second.read(reader);
            reader.expect_end();
            return value;
        };
        ++checked;
        if (result.contains("exc")) {
            CHECK_THROWS_AS((void)unpacked(), dash::DecodeError);
            continue;
        }
        const json value = unpacked();
        CHECK(value == result.at("ok"));
        if (!result.at("repack").is_string()) continue;
        Writer writer;
        type->second.write(writer, value);
        CHECK(dash::to_hex(writer.bytes()) == result.at("repack"));
    }
    CHECK(checked > 0);
}

TEST_CASE("without leniency, exactly the encodings that pack to themselves are read") {
    const json& file = tests::load_vectors("pack.json");
    for (const json& entry : file.at("decode")) {
        const auto type = wire_types().find(entry.at("type").get<std::string>());
        if (type == wire_types().end()) continue;
        CAPTURE(entry.dump().substr(0, 1000));
        const Bytes data = tests::bytes_value(entry.at("data"));
        const bool whole = entry.at("result").value("repack", json()) == entry.at("data");
        bool read = true;
        try {
            Reader reader(data);
            (void)type->second.read(reader);
            reader.expect_end();
        } catch (const dash::DecodeError&) {
            read = false;
        }
        CHECK(read == whole);
    }
}
