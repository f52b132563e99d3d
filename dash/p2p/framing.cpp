#include "dash/p2p/framing.h"

#include <algorithm>

#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace dash::p2p {
namespace {

constexpr std::size_t kChecksumBytes = 4;

std::uint32_t checksum(ByteSpan payload) {
    return static_cast<std::uint32_t>(sha256d(payload).low64());
}

}  // namespace

void check_payload_size(std::size_t bytes) {
    if (bytes <= kMaxPayloadBytes) return;
    throw DecodeError("a message of " + std::to_string(bytes) + " bytes is larger than peers accept");
}

SharedFrame encode_frame(ByteSpan magic, std::string_view command, ByteSpan payload) {
    if (command.size() > kCommandBytes) throw DecodeError("a message's command has at most 12 bytes");
    check_payload_size(payload.size());
    Writer writer(frame_header_bytes(magic.size()) + payload.size());
    writer.raw(magic).raw(as_bytes(command)).raw(Bytes(kCommandBytes - command.size()));
    writer.u32(static_cast<std::uint32_t>(payload.size())).u32(checksum(payload)).raw(payload);
    return std::make_shared<const Bytes>(std::move(writer).take());
}

FrameParser::FrameParser(ByteSpan magic, std::size_t max_payload_bytes)
    : magic_(magic.begin(), magic.end()), max_payload_bytes_(max_payload_bytes) {}

void FrameParser::feed(ByteSpan bytes) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
    append(buffer_, bytes);
}

void FrameParser::drop(std::size_t count) {
    begin_ += count;
}

void FrameParser::skip(std::size_t count) {
    skipped_ += count;
    drop(count);
}

bool FrameParser::find_magic() {
    const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
    const auto found = std::search(begin, buffer_.end(), magic_.begin(), magic_.end());
    std::size_t end = static_cast<std::size_t>(found - buffer_.begin());
    // The end may be the beginning of a magic.
    if (found == buffer_.end()) end = std::max(begin_, end - std::min(end, magic_.size() - 1));
    skip(end - begin_);
    return found != buffer_.end();
}

std::optional<Frame> FrameParser::next() {
    const std::size_t header_bytes = frame_header_bytes(magic_.size());
    while (find_magic()) {
        const ByteSpan available = ByteSpan(buffer_).subspan(begin_);
        if (available.size() < header_bytes) return std::nullopt;
        Reader header(available.subspan(magic_.size()));
        const ByteSpan command = header.fixed(kCommandBytes);
        const std::uint32_t length = header.u32();
        const std::uint32_t expected = header.u32();
        if (length > max_payload_bytes_) {
            skip(header_bytes - kChecksumBytes);
            continue;
        }
        if (header.remaining() < length) return std::nullopt;
        const ByteSpan payload = header.fixed(length);
        drop(header_bytes + length);
        if (checksum(payload) != expected) throw PeerMisbehaving("a message with a wrong checksum");

        Frame frame;
        const auto name_end = std::find_if(command.rbegin(), command.rend(), [](std::uint8_t c) { return c != 0; });
        frame.command.assign(command.begin(), name_end.base());
        frame.payload.assign(payload.begin(), payload.end());
        return frame;
    }
    return std::nullopt;
}

}  // namespace dash::p2p
