#include "dash/primitives/sha256.h"

#include <algorithm>
#include <string>

#include "dash/primitives/sha256_compress.h"
#include "dash/util/error.h"

namespace dash {
namespace {

/// The length field counts bits in 64 bits.
constexpr std::uint64_t kLongestMessage = UINT64_MAX / 8;

constexpr Sha256::State kInitialState{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void store_big_endian(std::uint32_t word, std::uint8_t* bytes) {
    for (int i = 0; i < 4; ++i)
        bytes[i] = static_cast<std::uint8_t>(word >> (24 - 8 * i));
}

detail::Sha256Compress fastest_compress() {
    const detail::Sha256Compress extensions = detail::sha256_compress_extensions();
    return extensions != nullptr ? extensions : detail::sha256_compress_portable;
}

void compress(Sha256::State& state, const std::uint8_t* data, std::size_t blocks) {
    static const detail::Sha256Compress chosen = fastest_compress();
    chosen(state, data, blocks);
}

}  // namespace

Sha256::Sha256() : state_(kInitialState) {}

Sha256::Sha256(const State& state, ByteSpan pending, std::uint64_t length) : state_(state), length_(length) {
    if (length > kLongestMessage) throw DecodeError("SHA-256 state claims a longer message than SHA-256 can hash");
    if (pending.size() != length % kBlockBytes) {
        throw DecodeError("SHA-256 state with " + std::to_string(pending.size()) + " pending bytes instead of " +
                          std::to_string(length % kBlockBytes));
    }
    std::copy(pending.begin(), pending.end(), buffer_.begin());
}

Sha256& Sha256::update(ByteSpan bytes) {
    const std::size_t held = length_ % kBlockBytes;
    length_ += bytes.size();
    if (held != 0) {
        const ByteSpan filling = bytes.first(std::min(bytes.size(), kBlockBytes - held));
        std::copy(filling.begin(), filling.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(held));
        if (held + filling.size() < kBlockBytes) return *this;
        compress(state_, buffer_.data(), 1);
        bytes = bytes.subspan(filling.size());
    }
    const std::size_t blocks = bytes.size() / kBlockBytes;
    compress(state_, bytes.data(), blocks);
    const ByteSpan rest = bytes.subspan(blocks * kBlockBytes);
    std::copy(rest.begin(), rest.end(), buffer_.begin());
    return *this;
}

Sha256::Digest Sha256::finish() {
    constexpr std::size_t kLengthOffset = kBlockBytes - sizeof(std::uint64_t);
    if (length_ > kLongestMessage) throw DecodeError("message is longer than SHA-256 can hash");
    const std::uint64_t bits = 8 * length_;
    std::size_t held = length_ % kBlockBytes;
    buffer_[held++] = 0x80;
    if (held > kLengthOffset) {
        std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(held), buffer_.end(), std::uint8_t{0});
        compress(state_, buffer_.data(), 1);
        held = 0;
    }
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(held), buffer_.end(), std::uint8_t{0});
    store_big_endian(static_cast<std::uint32_t>(bits >> 32), &buffer_[kLengthOffset]);
    store_big_endian(static_cast<std::uint32_t>(bits), &buffer_[kLengthOffset + 4]);
    compress(state_, buffer_.data(), 1);
    return state_to_bytes(state_);
}

std::array<std::uint8_t, 32> state_to_bytes(const Sha256::State& state) {
    std::array<std::uint8_t, 32> bytes{};
    for (std::size_t i = 0; i < state.size(); ++i)
        store_big_endian(state[i], &bytes[4 * i]);
    return bytes;
}

Sha256::State state_from_bytes(ByteSpan bytes) {
    Sha256::State state{};
    if (bytes.size() != 4 * state.size()) {
        throw DecodeError("a SHA-256 state takes 32 bytes, not " + std::to_string(bytes.size()));
    }
    for (std::size_t i = 0; i < state.size(); ++i)
        state[i] = detail::load_big_endian(&bytes[4 * i]);
    return state;
}

Sha256::Digest sha256(ByteSpan bytes) {
    return Sha256().update(bytes).finish();
}

Uint256 sha256d(ByteSpan bytes) {
    return Uint256::from_bytes(sha256(sha256(bytes)));
}

}  // namespace dash
