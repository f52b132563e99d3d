#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace dash {

/// FIPS 180-4 SHA-256 whose inner state can be taken out and continued elsewhere: shares carry the state after the
/// first part of a coinbase instead of that part.
class Sha256 {
  public:
    static constexpr std::size_t kBlockBytes = 64;
    using State = std::array<std::uint32_t, 8>;
    using Digest = std::array<std::uint8_t, 32>;

    Sha256();
    /// Continues from the state after `length` bytes, of which the last `length % 64`, not yet compressed, are
    /// `pending`. Throws DecodeError when pending has another size or the length is beyond what SHA-256 counts (2^61
    /// bytes).
    Sha256(const State& state, ByteSpan pending, std::uint64_t length);

    Sha256& update(ByteSpan bytes);
    /// Ends the hash; the object must not be used afterwards. Throws DecodeError when more than 2^61 bytes were
    /// claimed.
    [[nodiscard]] Digest finish();

    /// State after the last whole block.
    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] std::uint64_t length() const { return length_; }
    /// Bytes taken but not yet compressed (fewer than 64).
    [[nodiscard]] ByteSpan pending() const { return {buffer_.data(), static_cast<std::size_t>(length_ % kBlockBytes)}; }

  private:
    State state_;
    std::uint64_t length_ = 0;
    std::array<std::uint8_t, kBlockBytes> buffer_{};
};

/// The state as 32 bytes, words big-endian: the form in a share's hash link and in getwork's midstate.
[[nodiscard]] std::array<std::uint8_t, 32> state_to_bytes(const Sha256::State& state);
/// Exactly 32 bytes; throws DecodeError otherwise.
[[nodiscard]] Sha256::State state_from_bytes(ByteSpan bytes);

[[nodiscard]] Sha256::Digest sha256(ByteSpan bytes);
/// SHA-256 of SHA-256, read as a little-endian number: transaction ids, merkle nodes, checksums.
[[nodiscard]] Uint256 sha256d(ByteSpan bytes);

}  // namespace dash
