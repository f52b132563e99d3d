// Payloads of the Dash network's messages, compact blocks among them.

#include "dash/broadcaster/address.h"
#include "dash/p2p/compact_block.h"
#include "dash/p2p/messages.h"
#include "tests/fuzz/target.h"

namespace {

using namespace dash::p2p;

constexpr auto kEncode = [](const auto& message) { return encode(message); };

void check_addresses(const std::vector<TimedAddress>& addresses) {
    for (const TimedAddress& each : addresses) {
        if (each.address.port == 0) continue;  // nobody listens there, and no text names it
        const auto address = dash::broadcaster::to_peer_address(each.address);
        fuzz::require(dash::broadcaster::parse_peer_address(to_text(address)) == address,
                      "an address is another when read from its text");
        fuzz::require(make_net_address(ip_text(each.address), each.address.port, each.address.services) == each.address,
                      "an IP is another when read from its text");
    }
}

void check_compact_block(dash::ByteSpan payload) {
    fuzz::repeats_exactly(payload, decode_cmpctblock, kEncode);
    fuzz::accepts([&] {
        const CompactBlock block = decode_cmpctblock(payload);
        const ShortIds ids(block.header, block.nonce);
        fuzz::require(ids(block.header.merkle_root) >> 48 == 0, "a short id has 48 bits");
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const dash::ByteSpan payload = input.rest();
    switch (choice % 11) {
        case 0:
            fuzz::repeats(payload, decode_version, kEncode);
            break;
        case 1:
            fuzz::repeats_exactly(payload, decode_inv, encode_inv);
            break;
        case 2:
            fuzz::repeats_exactly(payload, decode_getheaders, kEncode);
            break;
        case 3:
            fuzz::repeats_exactly(payload, decode_headers, encode_headers);
            break;
        case 4:
            fuzz::repeats_exactly(payload, decode_addr, encode_addr);
            fuzz::accepts([&] { check_addresses(decode_addr(payload)); });
            break;
        case 5:
            fuzz::repeats(payload, decode_addrv2, encode_addrv2);
            fuzz::accepts([&] { check_addresses(decode_addrv2(payload)); });
            break;
        case 6:
            fuzz::repeats(payload, decode_sendcmpct, kEncode);
            break;
        case 7:
            fuzz::repeats_exactly(payload, decode_nonce, encode_nonce);
            break;
        case 8:
            check_compact_block(payload);
            break;
        case 9:
            fuzz::repeats_exactly(payload, decode_getblocktxn, kEncode);
            break;
        default:
            fuzz::repeats_exactly(payload, decode_blocktxn, kEncode);
    }
    return 0;
}
