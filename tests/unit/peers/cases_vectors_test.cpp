#include <doctest/doctest.h>

#include <map>
#include <optional>

#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "tests/support/regtest.h"
#include "tests/support/vectors.h"
#include "tests/unit/peers/scripted_peer.h"
#include "tests/unit/peers/transcript.h"

// What strangers said to a running python node, said to ours.

namespace {

using dash::Bytes;
using dash::ByteSpan;
using dash::Uint256;
using nlohmann::json;
using tests::regtest;
using tests::ScriptedNode;
using tests::ScriptedPeer;
using namespace p2pool::peers;

constexpr std::size_t kPrefixBytes = 8;
constexpr std::size_t kHeaderBytes = kPrefixBytes + 12 + 4 + 4;
/// Where the contents of the first share begin, in `shares` and in `sharereply`.
constexpr std::size_t kShareOffsets[] = {5, 38};

/// Where we do better than the python node, and why.
const std::map<std::string, std::string> kBetter{
    {"shares known tip",
     "a share that we have needs no transactions: a peer that relays an old one keeps its connection"},
    {"shares referencing unknown tx", "the same: it is one of the chain's"},
};

const std::vector<share_chain::SharePtr>& chain_of_the_probed_node() {
    static const auto shares = tests::load_share_file("run2/shares_of_B.0", regtest());
    return shares;
}

std::uint32_t u32_at(ByteSpan bytes, std::size_t position) {
    return dash::Reader(bytes.subspan(position)).u32();
}

/// The file keeps only the beginning of long messages. Those about a share of the node's chain can be made whole: the
/// checksum tells whether it is the right one.
std::optional<Bytes> completed(const Bytes& cut, std::size_t whole_size) {
    if (cut.size() == whole_size) return cut;
    if (cut.size() < kHeaderBytes || u32_at(cut, kPrefixBytes + 12) != whole_size - kHeaderBytes) return std::nullopt;
    const ByteSpan payload = ByteSpan(cut).subspan(kHeaderBytes);
    const std::size_t payload_size = whole_size - kHeaderBytes;
    for (const share_chain::SharePtr& share : chain_of_the_probed_node()) {
        for (const std::size_t offset : kShareOffsets) {
            if (payload.size() < offset || offset + share->packed.size() < payload_size) continue;
            Bytes whole(payload.begin(), payload.end());
            dash::append(whole,
                         ByteSpan(share->packed).subspan(payload.size() - offset, payload_size - payload.size()));
            if (static_cast<std::uint32_t>(dash::sha256d(whole).low64()) != u32_at(cut, kPrefixBytes + 16)) continue;
            Bytes frame(cut.begin(), cut.begin() + kHeaderBytes);
            dash::append(frame, whole);
            return frame;
        }
    }
    return std::nullopt;
}

class ProbedNode {
  public:
    ProbedNode() : node_(regtest()) {
        node_.host.load_store(chain_of_the_probed_node());
        node_.start();
        std::vector<KnownTransaction> transactions;
        for (std::uint32_t i = 1; i <= 5; ++i)
            transactions.push_back(tests::make_transaction(i));
        node_.peers->take_template(std::move(transactions));
    }

    [[nodiscard]] ScriptedNode& node() { return node_; }
    [[nodiscard]] ScriptedPeer connect() { return node_.incoming("127.0.0.1", next_port_++); }

  private:
    ScriptedNode node_;
    std::uint16_t next_port_ = 40000;
};

std::vector<std::string> commands_of(const json& received) {
    std::vector<std::string> commands;
    for (const json& message : received)
        commands.push_back(message.at(0).get<std::string>());
    return commands;
}

bool contains(const std::vector<std::string>& commands, const std::string& command) {
    return std::find(commands.begin(), commands.end(), command) != commands.end();
}

/// The file tells of a node that had the shares we have here.
bool same_chain() {
    static const bool same = [] {
        for (const json& example : tests::load_vectors("p2p_cases.json").at("cases")) {
            if (!example.contains("log") || example["log"].at(0).at("received").empty()) continue;
            const json& first = example["log"].at(0)["received"].at(0);
            if (first.at(0) != Version::kCommand) continue;
            const Uint256 best = decode_version(tests::bytes_value(first.at(1))).best_share_hash;
            const auto& shares = chain_of_the_probed_node();
            return std::any_of(shares.begin(), shares.end(),
                               [&](const share_chain::SharePtr& share) { return share->hash == best; });
        }
        return false;
    }();
    return same;
}

/// The answers that the protocol decides; who is told which address is chance.
void check_answers(const std::vector<dash::p2p::Frame>& heard, const json& received) {
    if (!same_chain()) return;
    for (const json& message : received) {
        const auto command = message.at(0).get<std::string>();
        if (command != "sharereply") continue;
        const auto found = std::find_if(heard.begin(), heard.end(),
                                        [&](const dash::p2p::Frame& frame) { return frame.command == command; });
        REQUIRE(found != heard.end());
        const Bytes beginning = tests::bytes_value(message.at(1));
        CHECK(found->payload.size() == tests::uint64_value(message.at(2)));
        REQUIRE(found->payload.size() >= beginning.size());
        CHECK(Bytes(found->payload.begin(), found->payload.begin() + static_cast<std::ptrdiff_t>(beginning.size())) ==
              beginning);
    }
}

void check_handshake(const std::vector<dash::p2p::Frame>& heard, const json& received) {
    // Also what the probes before left behind goes away in these moments.
    const auto joined = [](const std::vector<std::string>& commands) {
        std::string text;
        for (const std::string& command : commands)
            text += command == "losing_tx" ? "" : command + " ";
        return text;
    };
    std::vector<std::string> found;
    for (const dash::p2p::Frame& frame : heard)
        found.push_back(frame.command);
    CHECK(joined(found) == joined(commands_of(received)));
    if (heard.empty()) return;
    const Version ours = decode_version(heard[0].payload);
    const Bytes theirs_bytes = tests::bytes_value(received.at(0).at(1));
    const Version theirs = decode_version(theirs_bytes);
    CHECK(ours.version == theirs.version);
    CHECK(ours.services == theirs.services);
    CHECK(ours.mode == theirs.mode);
    if (same_chain()) CHECK(ours.best_share_hash == theirs.best_share_hash);
}

/// The best share that the stranger's version named, as the python node's question for it tells; or none.
Uint256 announced_share(const json& received) {
    for (const json& message : received) {
        if (message.at(0) != ShareRequest::kCommand) continue;
        return decode_sharereq(tests::bytes_value(message.at(1)), Trailing::kReject).hashes.at(0);
    }
    return {};
}

/// Says what the case says. False when the file does not hold all of it.
bool say(ScriptedPeer& peer, ScriptedNode& node, const json& step, const Uint256& asked_id) {
    const auto sent = step.at("sent").get<std::string>();
    if (sent.rfind("version", 0) == 0) {
        peer.shake_hands(kProtocolVersion, announced_share(step.at("received")));
    } else if (sent.rfind("wait ", 0) == 0) {
        node.run(std::stod(sent.substr(5)));
    } else if (sent == "getaddrs") {
        peer.say(GetAddrs{1});
    } else {
        const Bytes cut = dash::from_hex(sent);
        std::size_t whole = step.value("sent_len", cut.size());
        if (!step.contains("sent_len") && cut.size() >= kHeaderBytes) {
            whole = kHeaderBytes + u32_at(cut, kPrefixBytes + 12);
        }
        std::optional<Bytes> frame = completed(cut, whole);
        if (!frame) return false;
        const bool is_reply = dash::as_text(ByteSpan(*frame).subspan(kPrefixBytes, 10)) == "sharereply";
        if (is_reply && !asked_id.is_zero()) {
            // An answer to what the python node had asked; ours asks under another id.
            ShareReply reply = decode_sharereply(ByteSpan(*frame).subspan(kHeaderBytes), Trailing::kReject);
            reply.id = asked_id;
            frame = *make_frame(regtest().p2p_prefix, reply);
        }
        peer.say_bytes(*frame);
    }
    node.run(0.1);
    return true;
}

/// False when the file does not hold all that was said.
bool replay(ProbedNode& probed, const json& example) {
    ScriptedPeer peer = probed.connect();
    Uint256 asked_id;
    bool begun = false;
    for (const json& step : example.at("log")) {
        const auto sent = step.at("sent").get<std::string>();
        if (!say(peer, probed.node(), step, asked_id)) {
            peer.hang_up();
            return false;
        }
        const auto heard = peer.heard();
        for (const dash::p2p::Frame& frame : heard) {
            if (frame.command == "sharereq") asked_id = decode_sharereq(frame.payload, Trailing::kReject).id;
        }
        const json& received = step.at("received");
        if (!begun && contains(commands_of(received), "ping")) {
            check_handshake(heard, received);
        } else {
            check_answers(heard, received);
        }
        begun = true;
    }
    const bool expected = !example.at("closed").is_null() && kBetter.count(example.at("name")) == 0;
    CHECK(peer.is_closed() == expected);
    peer.hang_up();
    return true;
}

}  // namespace

TEST_CASE("strangers get from us what they got from the python node") {
    const json& file = tests::load_vectors("p2p_cases.json");
    ProbedNode probed;  // one for all: some say what earlier ones taught it
    std::size_t replayed = 0;
    std::string skipped;
    for (const json& example : file.at("cases")) {
        if (!example.contains("log")) continue;  // several connections: below
        const auto name = example.at("name").get<std::string>();
        CAPTURE(name);
        if (replay(probed, example)) {
            ++replayed;
        } else {
            skipped += name + "; ";
        }
    }
    MESSAGE(replayed << " cases replayed; not held in full by the file: " << skipped);
    CHECK(replayed > 0);
}

TEST_CASE("the second connection with the same nonce, and the fourth from a neighbourhood, are refused") {
    ProbedNode probed;
    Version version;
    version.nonce = 77;
    version.sub_version = "twin";
    ScriptedPeer first = probed.connect();
    first.say(version);
    ScriptedPeer second = probed.connect();
    second.say(version);
    CHECK(!first.is_closed());
    CHECK(second.is_closed());

    const json& file = tests::load_vectors("p2p_cases.json");
    for (const json& example : file.at("cases")) {
        if (!example.contains("closed") || !example["closed"].is_array()) continue;
        ProbedNode another;
        for (const json& closed : example["closed"]) {
            ScriptedPeer peer = another.connect();
            CHECK(peer.line().started == closed.is_null());
        }
    }
}
