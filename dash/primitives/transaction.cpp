#include "dash/primitives/transaction.h"

#include "dash/primitives/sha256.h"

namespace dash {
namespace {

// What a list element takes at least on the wire: bounds the lists before anything is reserved for them.
constexpr std::size_t kSmallestInput = 32 + 4 + 1 + 4;
constexpr std::size_t kSmallestOutput = 8 + 1;

Bytes copy(ByteSpan bytes) {
    return {bytes.begin(), bytes.end()};
}

TxIn read_input(Reader& reader) {
    TxIn input;
    input.previous_output.hash = reader.uint256();
    input.previous_output.index = reader.u32();
    input.script = copy(reader.varstr());
    input.sequence = reader.u32();
    return input;
}

TxOut read_output(Reader& reader) {
    TxOut output;
    output.value_duffs = reader.u64();
    output.script = copy(reader.varstr());
    return output;
}

}  // namespace

void write_transaction(Writer& writer, const Transaction& transaction) {
    writer.u16(transaction.version).u16(transaction.type);
    writer.varint(transaction.inputs.size());
    for (const TxIn& input : transaction.inputs) {
        writer.uint256(input.previous_output.hash).u32(input.previous_output.index);
        writer.varstr(input.script).u32(input.sequence);
    }
    writer.varint(transaction.outputs.size());
    for (const TxOut& output : transaction.outputs)
        writer.u64(output.value_duffs).varstr(output.script);
    writer.u32(transaction.lock_time);
    if (transaction.has_payload()) writer.varstr(transaction.extra_payload);
}

Transaction read_transaction(Reader& reader) {
    Transaction transaction;
    transaction.version = reader.u16();
    transaction.type = reader.u16();
    const std::size_t input_count = reader.count(kSmallestInput);
    transaction.inputs.reserve(input_count);
    for (std::size_t i = 0; i < input_count; ++i)
        transaction.inputs.push_back(read_input(reader));
    const std::size_t output_count = reader.count(kSmallestOutput);
    transaction.outputs.reserve(output_count);
    for (std::size_t i = 0; i < output_count; ++i)
        transaction.outputs.push_back(read_output(reader));
    transaction.lock_time = reader.u32();
    if (transaction.has_payload()) transaction.extra_payload = copy(reader.varstr());
    return transaction;
}

Transaction parse_transaction(ByteSpan bytes) {
    Reader reader(bytes);
    Transaction transaction = read_transaction(reader);
    reader.expect_end();
    return transaction;
}

Bytes Transaction::serialize() const {
    Writer writer;
    write_transaction(writer, *this);
    return std::move(writer).take();
}

Uint256 Transaction::txid() const {
    return sha256d(serialize());
}

}  // namespace dash
