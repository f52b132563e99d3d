#include "dash/primitives/serialize.h"

#include <algorithm>
#include <array>
#include <string>

#include "dash/util/error.h"

namespace dash {
namespace {

constexpr std::uint8_t kPrefix16 = 0xfd;
constexpr std::uint8_t kPrefix32 = 0xfe;
constexpr std::uint8_t kPrefix64 = 0xff;

/// A longer byte string is an error even where truncation is accepted: the reference cannot ask its stream for it.
constexpr std::uint64_t kLargestRead = INT64_MAX;

}  // namespace

Writer& Writer::u16_big_endian(std::uint16_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
}

Writer& Writer::uint256(const Uint256& value) {
    return raw(value.to_bytes());
}

Writer& Writer::varint(std::uint64_t value) {
    if (value < kPrefix16) return u8(static_cast<std::uint8_t>(value));
    if (value <= UINT16_MAX) return u8(kPrefix16).u16(static_cast<std::uint16_t>(value));
    if (value <= UINT32_MAX) return u8(kPrefix32).u32(static_cast<std::uint32_t>(value));
    return u8(kPrefix64).u64(value);
}

Writer& Writer::varstr(ByteSpan bytes) {
    return varint(bytes.size()).raw(bytes);
}

Writer& Writer::raw(ByteSpan bytes) {
    append(bytes_, bytes);
    return *this;
}

std::uint16_t Reader::u16_big_endian() {
    const ByteSpan bytes = exactly(2);
    return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

Uint256 Reader::uint256() {
    return big_integer(Uint256::kBytes);
}

Uint256 Reader::big_integer(std::size_t byte_count) {
    const ByteSpan bytes = up_to(byte_count);
    if (bytes.empty()) throw DecodeError("data ends before a number");
    std::array<std::uint8_t, Uint256::kBytes> padded{};
    std::copy(bytes.begin(), bytes.end(), padded.begin());
    return Uint256::from_bytes(padded);
}

std::uint64_t Reader::varint() {
    const std::uint8_t first = u8();
    if (first < kPrefix16) return first;
    std::uint64_t value = 0;
    std::uint64_t smallest = 0;
    if (first == kPrefix16) {
        value = u16();
        smallest = kPrefix16;
    } else if (first == kPrefix32) {
        value = u32();
        smallest = std::uint64_t{UINT16_MAX} + 1;
    } else {
        value = u64();
        smallest = std::uint64_t{UINT32_MAX} + 1;
    }
    if (value < smallest) throw DecodeError("variable-length integer is not in its shortest form");
    return value;
}

std::size_t Reader::count(std::size_t element_size, std::size_t most) {
    const std::uint64_t elements = varint();
    if (elements > most) {
        throw DecodeError("list of " + std::to_string(elements) + " elements, at most " + std::to_string(most) +
                          " are allowed");
    }
    if (element_size != 0) {
        // Only the last element can be cut off, and one byte of it must be there.
        const std::size_t room = remaining() + (truncation_ == Truncation::kAccept ? element_size - 1 : 0);
        if (elements > room / element_size) throw DecodeError("list claims more elements than its data can hold");
    }
    return static_cast<std::size_t>(elements);
}

ByteSpan Reader::varstr() {
    return up_to(varint());
}

ByteSpan Reader::fixed(std::size_t size) {
    return up_to(size);
}

void Reader::expect_end() const {
    if (!at_end()) throw DecodeError(std::to_string(remaining()) + " bytes are left over behind the data");
}

ByteSpan Reader::exactly(std::size_t size) {
    if (size > remaining()) throw DecodeError("data ends too early");
    const ByteSpan bytes = data_.subspan(position_, size);
    position_ += size;
    return bytes;
}

ByteSpan Reader::up_to(std::uint64_t size) {
    if (size > remaining()) {
        if (truncation_ == Truncation::kReject || size > kLargestRead) throw DecodeError("data ends too early");
        size = remaining();
    }
    return exactly(static_cast<std::size_t>(size));
}

}  // namespace dash
