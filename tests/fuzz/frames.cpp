// Both networks' framing: whatever pieces the bytes come in, the same messages come out.

#include <array>
#include <utility>
#include <vector>

#include "dash/p2p/framing.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::array<std::uint8_t, 4> kDashMagic = {0xfc, 0xc1, 0xb7, 0xdc};
constexpr std::array<std::uint8_t, 8> kPoolMagic = {0xc0, 0xd1, 0xe2, 0xf3, 0xa4, 0xb5, 0xc6, 0xd7};

struct Cut {
    std::vector<std::pair<std::string, dash::Bytes>> messages;
    std::size_t wrong_checksums = 0;

    friend bool operator==(const Cut&, const Cut&) = default;
};

/// False: there is no whole message.
bool take_one(dash::p2p::FrameParser& parser, Cut& cut) {
    try {
        auto frame = parser.next();
        if (!frame) return false;
        cut.messages.emplace_back(std::move(frame->command), std::move(frame->payload));
    } catch (const dash::PeerMisbehaving&) {
        ++cut.wrong_checksums;
    }
    return true;
}

Cut cut(dash::ByteSpan magic, dash::ByteSpan bytes, std::size_t piece) {
    dash::p2p::FrameParser parser(magic);
    Cut cut;
    while (!bytes.empty()) {
        parser.feed(bytes.first(std::min(piece, bytes.size())));
        bytes = bytes.subspan(std::min(piece, bytes.size()));
        while (take_one(parser, cut)) {
        }
    }
    return cut;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const dash::ByteSpan magic = choice % 2 == 0 ? dash::ByteSpan(kDashMagic) : dash::ByteSpan(kPoolMagic);
    const Cut whole = cut(magic, input.rest(), input.rest().size() + 1);
    fuzz::require(cut(magic, input.rest(), 1 + choice / 2U) == whole, "the pieces make a difference");

    dash::Bytes again;
    for (const auto& [command, payload] : whole.messages)
        dash::append(again, *dash::p2p::encode_frame(magic, command, payload));
    fuzz::require(cut(magic, again, again.size() + 1).messages == whole.messages, "a message is another when repeated");
    return 0;
}
