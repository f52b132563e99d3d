#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "dash/p2p/framing.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

namespace {

using dash::Bytes;
using nlohmann::json;

/// The network these vectors were made on, and the commands it knows: the reference drops others without an event.
const Bytes kMagic = dash::from_hex("c0d1e2f3a4b5c6d7");
const std::set<std::string> kKnown{"version",   "ping",        "addrme",     "addrs",     "getaddrs",
                                   "shares",    "sharereq",    "sharereply", "bestblock", "have_tx",
                                   "losing_tx", "remember_tx", "forget_tx"};

/// What the text "see about" in the vectors stands for: a frame of 3145728 bytes "a", then a ping.
Bytes longest_then_ping() {
    Bytes bytes = *dash::p2p::encode_frame(kMagic, "nosuch", Bytes(3'145'728, 'a'));
    dash::append(bytes, *dash::p2p::encode_frame(kMagic, "ping", {}));
    return bytes;
}

/// One entry an event: the command of a frame, or "bad" for a wrong checksum.
std::vector<std::string> events(const json& chunks) {
    std::vector<std::string> found;
    dash::p2p::FrameParser parser(kMagic);
    for (const json& chunk : chunks) {
        parser.feed(chunk == "see about" ? longest_then_ping() : tests::bytes_value(chunk));
        while (true) {
            try {
                const auto frame = parser.next();
                if (!frame) break;
                if (kKnown.count(frame->command) != 0) found.push_back(frame->command);
            } catch (const dash::PeerMisbehaving&) {
                found.emplace_back("bad");
            }
        }
    }
    return found;
}

}  // namespace

TEST_CASE("streams are cut into messages as the reference cuts them") {
    const json vectors = tests::load_vectors("framing.json");
    REQUIRE(!vectors.at("cases").empty());
    for (const json& example : vectors["cases"]) {
        const auto name = example.at("name").get<std::string>();
        CAPTURE(name);
        const auto found = events(example.at("chunks"));
        const json& expected = example.at("events");
        REQUIRE(found.size() == expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            // "disconnect": the payload was wrong, which is not the framing's matter.
            if (expected[i][0] == "packet") CHECK(found[i] == expected[i][1]);
            CHECK((found[i] == "bad") == (expected[i][0] == "badPeerHappened"));
        }
    }
}
