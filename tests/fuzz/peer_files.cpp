// The files in which peers are kept: broadcast_peers.json, and addrs of the p2pool network.

#include <random>

#include "dash/broadcaster/peer_file.h"
#include "p2pool/peers/address_book.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::size_t kMostAddresses = 100;

void check_broadcast_peers(const std::string& text) {
    using namespace dash::broadcaster;
    PeerFile file;
    if (!fuzz::accepts([&] { file = parse_peer_file(text); })) return;
    const std::string written = to_json_text(file);
    fuzz::require(to_json_text(parse_peer_file(written)) == written, "broadcast_peers.json is another when rewritten");
}

void check_addrs(std::string_view text) {
    using namespace p2pool::peers;
    AddressBook book(kMostAddresses);
    if (!fuzz::accepts([&] { static_cast<void>(book.load_json(text)); })) return;
    fuzz::require(book.size() <= kMostAddresses, "the book is too full");
    const std::string written = book.to_json();
    AddressBook again(kMostAddresses);
    fuzz::require(again.load_json(written) == book.size() && again.to_json() == written,
                  "addrs is another when rewritten");
    std::mt19937_64 random(1);
    for (const AddressRecord& record : book.good(kMostAddresses, AddressBook::Family::kAny, 1.7e9, random))
        fuzz::require(record.last_seen >= 0 && record.last_seen < 1e18, "a time that no peer can be told");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    if (input.byte() % 2 == 0) {
        check_broadcast_peers(std::string(input.text()));
    } else {
        check_addrs(input.text());
    }
    return 0;
}
