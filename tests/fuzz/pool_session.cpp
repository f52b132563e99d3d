// A whole node of the p2pool network, and a peer that says anything before or after a proper handshake.

#include <random>

#include "tests/fuzz/target.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/peers/scripted_peer.h"

namespace {

constexpr std::size_t kChainLength = 12;
constexpr std::uint32_t kNow = 1'700'000'000;
constexpr double kSecondsAfter = 30;

const share_chain::Network& network() {
    static const share_chain::Network easy = tests::easy_network(kChainLength);
    return easy;
}

const std::vector<share_chain::SharePtr>& shares() {
    static const std::vector<share_chain::SharePtr> chain = [] {
        std::mt19937_64 random(1);
        return tests::mine_chain(network(), kChainLength, kNow, random);
    }();
    return chain;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    tests::ScriptedNode node(network());
    node.host.load_store(shares());
    node.start();
    tests::ScriptedPeer peer = node.incoming("203.0.113.7");
    if (choice % 2 == 1) peer.shake_hands();
    if (choice & 2U) node.run(1);

    // One message: a command of twelve bytes and its payload, framed so that the checksum holds; else bytes as they
    // are.
    if (choice & 4U) {
        peer.say_bytes(input.rest());
    } else {
        while (!input.empty()) {
            const std::string command(input.line().substr(0, dash::p2p::kCommandBytes));
            dash::Bytes payload;
            if (!fuzz::accepts([&] { payload = dash::from_hex(input.line()); })) break;
            peer.say_bytes(*dash::p2p::encode_frame(network().p2p_prefix, command, payload));
        }
    }
    node.run(kSecondsAfter);
    static_cast<void>(peer.heard());
    static_cast<void>(node.peers->status());
    return 0;
}
