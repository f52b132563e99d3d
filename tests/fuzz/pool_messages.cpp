// Payloads of the p2pool network's messages, with its rule for what the end cuts off.

#include "p2pool/peers/messages.h"
#include "tests/fuzz/target.h"

namespace {

using namespace p2pool::peers;

constexpr auto kEncode = [](const auto& message) { return encode(message); };

template <typename Message>
void check_frames(dash::ByteSpan payload, Message (*decode)(dash::ByteSpan, Trailing), Trailing trailing) {
    fuzz::accepts([&] {
        const Message message = decode(payload, trailing);
        std::size_t bytes = 0;
        for (const auto& frame : make_frames(dash::ByteSpan(), message))
            bytes += frame->size();
        fuzz::require(bytes >= encode(message).size(), "frames leave something out");
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const Trailing trailing = choice >= 128 ? Trailing::kIgnore : Trailing::kReject;
    const dash::ByteSpan payload = input.rest();
    const auto repeats = [&](auto decode) {
        fuzz::repeats(
            payload, [&](dash::ByteSpan bytes) { return decode(bytes, trailing); }, kEncode);
    };
    switch (choice % 11) {
        case 0:
            fuzz::repeats(payload, decode_version, kEncode);
            break;
        case 1:
            fuzz::accepts([&] { decode_ping(payload, trailing); });
            break;
        case 2:
            repeats(decode_addrme);
            break;
        case 3:
            repeats(decode_addrs);
            break;
        case 4:
            repeats(decode_getaddrs);
            break;
        case 5:
            repeats(decode_shares);
            check_frames(payload, decode_shares, trailing);
            break;
        case 6:
            repeats(decode_sharereq);
            break;
        case 7:
            repeats(decode_sharereply);
            break;
        case 8:
            repeats(decode_bestblock);
            break;
        case 9:
            repeats([](dash::ByteSpan bytes, Trailing rule) { return HaveTx{decode_hashes(bytes, rule)}; });
            break;
        default:
            repeats(decode_remember_tx);
            check_frames(payload, decode_remember_tx, trailing);
    }
    return 0;
}
