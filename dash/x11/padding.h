#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dash/primitives/bytes.h"

namespace dash::x11 {

/// The end of a message as most of the eleven functions pad it: what its whole blocks leave over, the bit 1 (as byte
/// 0x80), zeros, and in the last block room for a trailer that the caller fills. One block, or two where the trailer
/// finds no room in the first. Always inlined: see functions.h for why.
template <std::size_t kBlockBytes, std::size_t kTrailerBytes>
struct PaddedTail {
    [[gnu::always_inline]] explicit PaddedTail(ByteSpan message) : message_bytes(message.size() % kBlockBytes) {
        if (message_bytes != 0) std::memcpy(bytes, message.data() + message.size() - message_bytes, message_bytes);
        bytes[message_bytes] = 0x80;
        size = message_bytes + 1 + kTrailerBytes <= kBlockBytes ? kBlockBytes : 2 * kBlockBytes;
    }

    [[nodiscard, gnu::always_inline]] const std::uint8_t* last_block() const { return bytes + size - kBlockBytes; }
    [[nodiscard, gnu::always_inline]] std::uint8_t* trailer() { return bytes + size - kTrailerBytes; }

    alignas(32) std::uint8_t bytes[2 * kBlockBytes] = {};
    std::size_t message_bytes;  ///< in this tail, less than a block
    std::size_t size;           ///< of the tail: one block or two
};

/// The padding and the counter that SHAvite-3-512 and ECHO-512 share: calls compress(block, bits) for each block of 128
/// bytes, with the bits of the message up to and with this block, or 0 for a block that holds none of them.
/// fill_trailer(trailer, bits) writes the size of the message and that of the digest, 18 bytes together.
template <typename FillTrailer, typename Compress>
[[gnu::always_inline]] inline void absorb_counting(ByteSpan input, FillTrailer fill_trailer, Compress compress) {
    constexpr std::size_t kBlockBytes = 128;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < input.size() / kBlockBytes; ++i) {
        bits += 8 * kBlockBytes;
        compress(input.data() + i * kBlockBytes, bits);
    }
    PaddedTail<kBlockBytes, 18> tail(input);
    bits += 8 * tail.message_bytes;
    fill_trailer(tail.trailer(), bits);
    if (tail.size == 2 * kBlockBytes) compress(tail.bytes, bits);
    const bool holds_message = tail.size == kBlockBytes && tail.message_bytes != 0;
    compress(tail.last_block(), holds_message ? bits : 0);
}

}  // namespace dash::x11
