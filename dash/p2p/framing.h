#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dash/primitives/bytes.h"

namespace dash::p2p {

/// Messages on the wire: magic, command (12 bytes, padded with NUL), payload length (u32), checksum (first 4 bytes of
/// double SHA-256), payload. Dash's magic has 4 bytes, that of the p2pool network 8.

constexpr std::size_t kCommandBytes = 12;
constexpr std::size_t kMaxPayloadBytes = 3'145'728;

/// A whole message as it travels; immutable, so that many connections send the same one.
using SharedFrame = std::shared_ptr<const Bytes>;

/// What precedes a payload.
[[nodiscard]] constexpr std::size_t frame_header_bytes(std::size_t magic_bytes) {
    return magic_bytes + kCommandBytes + sizeof(std::uint32_t) + sizeof(std::uint32_t);
}

/// Throws DecodeError when a payload is larger than kMaxPayloadBytes.
void check_payload_size(std::size_t bytes);

/// Throws DecodeError when the command is longer than 12 bytes or the payload larger than kMaxPayloadBytes.
[[nodiscard]] SharedFrame encode_frame(ByteSpan magic, std::string_view command, ByteSpan payload);

struct Frame {
    std::string command;  ///< without the padding; any bytes
    Bytes payload;
};

/// Cuts a stream into messages. Bytes before a magic are skipped; a message that claims more than the limit is skipped
/// too, and the next magic looked for right behind its header. Holds at most one message besides what was fed last.
class FrameParser {
  public:
    explicit FrameParser(ByteSpan magic, std::size_t max_payload_bytes = kMaxPayloadBytes);

    void feed(ByteSpan bytes);

    /// The next whole message, if it has arrived. Throws PeerMisbehaving on a wrong checksum; that message is then
    /// gone, and next() may be called again.
    [[nodiscard]] std::optional<Frame> next();
    /// Bytes between messages that were skipped since the last call.
    [[nodiscard]] std::size_t take_skipped() { return std::exchange(skipped_, 0); }

  private:
    bool find_magic();
    void drop(std::size_t count);
    void skip(std::size_t count);

    Bytes magic_;
    std::size_t max_payload_bytes_;
    Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t skipped_ = 0;
};

}  // namespace dash::p2p
