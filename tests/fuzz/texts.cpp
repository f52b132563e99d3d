// What people type: addresses, hosts, IP networks, base58 and base64, hex, signatures, difficulties, user names.

#include <cmath>

#include "dash/broadcaster/address.h"
#include "dash/primitives/address.h"
#include "dash/primitives/base58.h"
#include "dash/primitives/base64.h"
#include "dash/primitives/signed_message.h"
#include "dash/util/ip_list.h"
#include "p2pool/peers/peer_address.h"
#include "p2pool/stratum/difficulty.h"
#include "p2pool/stratum/messages.h"
#include "p2pool/stratum/user_name.h"
#include "tests/fuzz/target.h"

namespace {

const dash::ChainParams& chain(std::uint8_t choice) {
    switch (choice % 3) {
        case 0:
            return dash::dash_mainnet();
        case 1:
            return dash::dash_testnet();
        default:
            return dash::dash_regtest();
    }
}

void check_address(std::string_view text, const dash::ChainParams& params) {
    fuzz::accepts([&] {
        const dash::Address address = dash::parse_address(text, params);
        fuzz::require(dash::format_address(address, params) == text, "an address has two texts");
        fuzz::require(dash::looks_like_address(text), "an address does not look like one");
    });
    const auto decoded = dash::base58_decode(text);
    fuzz::require(decoded.has_value() == dash::is_base58(text), "base58 is in doubt");
    fuzz::require(!decoded || dash::base58_encode(*decoded) == text, "base58 has two texts");
}

void check_encodings(std::string_view text) {
    const auto decoded = dash::base64_decode(text);
    fuzz::require(!decoded || dash::base64_encode(*decoded) == text, "base64 has two texts");
    fuzz::accepts([&] {
        const dash::Bytes bytes = dash::from_hex(text);
        fuzz::require(dash::from_hex(dash::to_hex(bytes)) == bytes, "hex is another when repeated");
    });
    fuzz::accepts([&] {
        const dash::Uint256 number = dash::Uint256::from_hex(text);
        fuzz::require(dash::Uint256::from_hex(number.to_hex()) == number, "a number is another when repeated");
    });
    const auto word = p2pool::stratum::parse_hex32(text);
    fuzz::require(!word || p2pool::stratum::parse_hex32(p2pool::stratum::hex32(*word)) == word,
                  "a word is another when repeated");
}

void check_host(std::string_view text) {
    const auto dash_peer = dash::broadcaster::parse_peer_address(text);
    fuzz::require(!dash_peer || dash::broadcaster::parse_peer_address(to_text(*dash_peer)) == dash_peer,
                  "a Dash peer is another when read from its text");
    const auto pool_peer = p2pool::peers::parse_peer_address(text, 8999);
    fuzz::require(!pool_peer || p2pool::peers::parse_peer_address(pool_peer->host(), 8999) == pool_peer,
                  "a p2pool node is another when read from its text");
    if (pool_peer) static_cast<void>(pool_peer->text() + pool_peer->group());
    const std::string network(text);
    if (!dash::parse_ip_network(network)) return;
    fuzz::require(dash::IpList({network}).contains(network), "a network is not on a list of itself");
    const std::string subnet = dash::subnet_of(network);
    fuzz::require(dash::subnet_of(subnet) == subnet, "a subnet is in another one");
}

bool is_sound(const std::optional<double>& difficulty) {
    return !difficulty || (*difficulty >= 0 && !std::isnan(*difficulty));
}

void check_user_name(std::string_view text, const dash::ChainParams& params) {
    const auto name = p2pool::stratum::parse_user_name(text, params);
    fuzz::require(name.display.rfind(name.address, 0) == 0, "a worker's name does not begin with his address");
    fuzz::require(is_sound(name.fixed_difficulty) && is_sound(name.share_difficulty), "a difficulty that is none");
    fuzz::require(!name.share_seconds || (*name.share_seconds >= 1 && *name.share_seconds <= 60),
                  "a time between submits beyond its bounds");
    fuzz::require(!(name.payout && !name.refusal.empty()), "a user is refused and paid");
    for (const auto& difficulty : {name.fixed_difficulty, name.share_difficulty}) {
        if (difficulty) static_cast<void>(p2pool::stratum::Difficulty::of(*difficulty));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    switch (choice / 16 % 5) {
        case 0:
            check_address(input.text(), chain(choice));
            break;
        case 1:
            check_encodings(input.text());
            break;
        case 2:
            check_host(input.text());
            break;
        case 3: {
            const std::string_view signature = input.line();
            static_cast<void>(dash::message_signer(input.text(), signature));
            break;
        }
        default:
            check_user_name(input.text(), chain(choice));
    }
    return 0;
}
