#pragma once

#include <cstdint>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/uint256.h"

namespace dash {

struct OutPoint {
    Uint256 hash;
    std::uint32_t index = 0xffffffff;

    [[nodiscard]] bool is_null() const { return hash.is_zero() && index == 0xffffffff; }
    friend bool operator==(const OutPoint&, const OutPoint&) = default;
};

struct TxIn {
    OutPoint previous_output;
    Bytes script;
    std::uint32_t sequence = 0xffffffff;

    friend bool operator==(const TxIn&, const TxIn&) = default;
};

struct TxOut {
    std::uint64_t value_duffs = 0;
    Bytes script;

    friend bool operator==(const TxOut&, const TxOut&) = default;
};

/// A Dash transaction: the upper 16 bits of the 32-bit version field are a type (DIP 2); special types carry a payload.
/// Types 6 (quorum commitment), 7 (MNHF signal) and 9 (asset unlock) may have no inputs.
struct Transaction {
    static constexpr std::uint16_t kTypeCoinbase = 5;

    std::uint16_t version = 1;
    std::uint16_t type = 0;
    std::vector<TxIn> inputs;
    std::vector<TxOut> outputs;
    std::uint32_t lock_time = 0;
    /// On the wire only when has_payload(): version ≥ 3 and type ≠ 0.
    Bytes extra_payload;

    [[nodiscard]] bool has_payload() const { return version >= 3 && type != 0; }
    [[nodiscard]] bool is_coinbase() const { return inputs.size() == 1 && inputs[0].previous_output.is_null(); }
    [[nodiscard]] Bytes serialize() const;
    /// Double SHA-256 of the serialized form.
    [[nodiscard]] Uint256 txid() const;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

void write_transaction(Writer& writer, const Transaction& transaction);
[[nodiscard]] Transaction read_transaction(Reader& reader);
/// One transaction and nothing behind it; throws DecodeError.
[[nodiscard]] Transaction parse_transaction(ByteSpan bytes);

}  // namespace dash
