#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace dash {

/// Appends values in the wire form of Bitcoin-like protocols: integers little-endian, VarInt = "CompactSize".
class Writer {
  public:
    Writer() = default;
    explicit Writer(std::size_t capacity) { bytes_.reserve(capacity); }

    template <std::unsigned_integral T>
    Writer& integer(T value) {
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            bytes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
        }
        return *this;
    }
    Writer& u8(std::uint8_t value) { return integer(value); }
    Writer& u16(std::uint16_t value) { return integer(value); }
    Writer& u32(std::uint32_t value) { return integer(value); }
    Writer& u64(std::uint64_t value) { return integer(value); }
    /// Big-endian, as the port of a network address travels.
    Writer& u16_big_endian(std::uint16_t value);
    Writer& uint256(const Uint256& value);
    Writer& varint(std::uint64_t value);
    /// VarInt length, then the bytes.
    Writer& varstr(ByteSpan bytes);
    Writer& varstr(std::string_view text) { return varstr(as_bytes(text)); }
    Writer& raw(ByteSpan bytes);

    [[nodiscard]] const Bytes& bytes() const& { return bytes_; }
    [[nodiscard]] Bytes take() && { return std::move(bytes_); }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  private:
    Bytes bytes_;
};

/// What a Reader does when a byte string or an integer of 128 bits or more is cut off by the end of the data.
enum class Truncation {
    kReject,  ///< DecodeError, as everybody expects
    kAccept,  ///< what is there is taken (an integer must have at least one byte): the p2pool network accepts such
              ///< shares and messages, so a node that did not would leave the chain (python p2pool.util.pack)
};

/// Reads values from a view; the view must outlive the reader and the spans it returns. Every method throws DecodeError
/// when the data ends too early (but see Truncation).
class Reader {
  public:
    explicit Reader(ByteSpan data, Truncation truncation = Truncation::kReject)
        : data_(data), truncation_(truncation) {}

    template <std::unsigned_integral T>
    T integer() {
        const ByteSpan bytes = exactly(sizeof(T));
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
        return static_cast<T>(value);
    }
    std::uint8_t u8() { return integer<std::uint8_t>(); }
    std::uint16_t u16() { return integer<std::uint16_t>(); }
    std::uint32_t u32() { return integer<std::uint32_t>(); }
    std::uint64_t u64() { return integer<std::uint64_t>(); }
    std::uint16_t u16_big_endian();
    Uint256 uint256();
    /// Little-endian number of `byte_count` (16…32) bytes, e.g. 16 for abswork and 20 for a public key hash.
    Uint256 big_integer(std::size_t byte_count);
    /// Throws DecodeError when the encoding is not the shortest.
    std::uint64_t varint();
    /// A VarInt that counts elements of at least `element_size` bytes: refused when the rest of the data cannot hold
    /// that many, so that nobody makes us reserve memory for what he did not send. element_size 0 bounds the count by
    /// `most` alone.
    std::size_t count(std::size_t element_size, std::size_t most = SIZE_MAX);
    ByteSpan varstr();
    ByteSpan fixed(std::size_t size);

    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] std::size_t remaining() const { return data_.size() - position_; }
    [[nodiscard]] bool at_end() const { return remaining() == 0; }
    /// Throws DecodeError when data is left over.
    void expect_end() const;

  private:
    ByteSpan exactly(std::size_t size);
    ByteSpan up_to(std::uint64_t size);

    ByteSpan data_;
    std::size_t position_ = 0;
    Truncation truncation_;
};

}  // namespace dash
