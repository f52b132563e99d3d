#include <doctest/doctest.h>

#include "dash/primitives/transaction.h"
#include "dash/util/error.h"
#include "p2pool/peers/messages.h"
#include "p2pool/peers/peer_transactions.h"
#include "tests/support/vectors.h"

namespace {

using namespace p2pool::peers;
using nlohmann::json;
using tests::uint64_value;

std::vector<dash::Uint256> hash_list(const json& list) {
    std::vector<dash::Uint256> hashes;
    for (const json& hash : list)
        hashes.push_back(tests::uint256_value(hash));
    return hashes;
}

dash::Uint256 hash_or_zero(const json& value) {
    return value.is_null() ? dash::Uint256() : tests::uint256_value(value);
}

NetworkAddress address_value(const json& value) {
    NetworkAddress address;
    address.services = uint64_value(value.at("services"));
    address.address = parse_peer_address(value.at("address").get<std::string>(),
                                         static_cast<std::uint16_t>(uint64_value(value.at("port"))))
                          .value();
    return address;
}

std::vector<share_chain::TypedContents> share_list(const json& list) {
    std::vector<share_chain::TypedContents> shares;
    for (const json& share : list)
        shares.push_back({uint64_value(share.at("type")), tests::bytes_value(share.at("contents"))});
    return shares;
}

KnownTransaction transaction_value(const json& value) {
    dash::Transaction transaction;
    transaction.version = static_cast<std::uint16_t>(uint64_value(value.at("version")));
    transaction.type = static_cast<std::uint16_t>(uint64_value(value.at("type")));
    for (const json& input : value.at("tx_ins")) {
        dash::TxIn in;
        if (!input.at("previous_output").is_null()) {
            in.previous_output.hash = tests::uint256_value(input["previous_output"].at("hash"));
            in.previous_output.index = static_cast<std::uint32_t>(uint64_value(input["previous_output"].at("index")));
        }
        in.script = tests::bytes_value(input.at("script"));
        const json& sequence = input.at("sequence");
        in.sequence = sequence.is_null() ? 0xffffffff : static_cast<std::uint32_t>(uint64_value(sequence));
        transaction.inputs.push_back(std::move(in));
    }
    for (const json& output : value.at("tx_outs"))
        transaction.outputs.push_back({uint64_value(output.at("value")), tests::bytes_value(output.at("script"))});
    transaction.lock_time = static_cast<std::uint32_t>(uint64_value(value.at("lock_time")));
    if (!value.at("extra_payload").is_null()) transaction.extra_payload = tests::bytes_value(value["extra_payload"]);
    return {transaction.txid(), std::make_shared<const dash::Bytes>(transaction.serialize())};
}

dash::BlockHeader header_value(const json& value) {
    dash::BlockHeader header;
    header.version = static_cast<std::uint32_t>(uint64_value(value.at("version")));
    header.previous_block = hash_or_zero(value.at("previous_block"));
    header.merkle_root = tests::uint256_value(value.at("merkle_root"));
    header.timestamp = static_cast<std::uint32_t>(uint64_value(value.at("timestamp")));
    header.bits = static_cast<std::uint32_t>(uint64_value(value.at("bits").at("bits")));
    header.nonce = static_cast<std::uint32_t>(uint64_value(value.at("nonce")));
    return header;
}

Version version_value(const json& value) {
    Version message;
    message.version = static_cast<std::uint32_t>(uint64_value(value.at("version")));
    message.services = uint64_value(value.at("services"));
    message.to = address_value(value.at("addr_to"));
    message.from = address_value(value.at("addr_from"));
    message.nonce = uint64_value(value.at("nonce"));
    message.sub_version = dash::as_text(tests::bytes_value(value.at("sub_version")));
    message.mode = static_cast<std::uint32_t>(uint64_value(value.at("mode")));
    message.best_share_hash = hash_or_zero(value.at("best_share_hash"));
    return message;
}

ShareRequest request_value(const json& value) {
    return {tests::uint256_value(value.at("id")), hash_list(value.at("hashes")), uint64_value(value.at("parents")),
            hash_list(value.at("stops"))};
}

ShareReply reply_value(const json& value) {
    const auto text = value.at("result").get<std::string>();
    const int result = text == "good"       ? 0
                       : text == "too long" ? 1
                                            : std::stoi(text.substr(text.find_first_of("0123456789")));
    return {tests::uint256_value(value.at("id")), static_cast<ShareResult>(result), share_list(value.at("shares"))};
}

RememberTx remember_value(const json& value) {
    RememberTx message;
    message.hashes = hash_list(value.at("tx_hashes"));
    for (const json& transaction : value.at("txs"))
        message.transactions.push_back(transaction_value(transaction));
    return message;
}

Addrs addrs_value(const json& value) {
    Addrs message;
    for (const json& entry : value.at("addrs"))
        message.addresses.push_back({uint64_value(entry.at("timestamp")), address_value(entry.at("address"))});
    return message;
}

/// The payload that the fields give, and the payload that its decoded form gives.
struct BothWays {
    dash::Bytes encoded;
    dash::Bytes again;
};

BothWays both_ways(const std::string& command, const json& value, dash::ByteSpan payload) {
    constexpr Trailing kReject = Trailing::kReject;
    const auto number = [&](const char* name) { return uint64_value(value.at(name)); };
    if (command == "version") return {encode(version_value(value)), encode(decode_version(payload))};
    if (command == "ping") {
        decode_ping(payload, kReject);
        return {encode(Ping{}), {}};
    }
    if (command == "addrme") {
        return {encode(AddrMe{static_cast<std::uint16_t>(number("port"))}), encode(decode_addrme(payload, kReject))};
    }
    if (command == "addrs") return {encode(addrs_value(value)), encode(decode_addrs(payload, kReject))};
    if (command == "getaddrs") {
        return {encode(GetAddrs{static_cast<std::uint32_t>(number("count"))}),
                encode(decode_getaddrs(payload, kReject))};
    }
    if (command == "shares") {
        return {encode(Shares{share_list(value.at("shares"))}), encode(decode_shares(payload, kReject))};
    }
    if (command == "sharereq") return {encode(request_value(value)), encode(decode_sharereq(payload, kReject))};
    if (command == "sharereply") return {encode(reply_value(value)), encode(decode_sharereply(payload, kReject))};
    if (command == "bestblock") {
        return {encode(BestBlock{header_value(value.at("header"))}), encode(decode_bestblock(payload, kReject))};
    }
    if (command == "remember_tx") {
        return {encode(remember_value(value)), encode(decode_remember_tx(payload, kReject))};
    }
    const HaveTx hashes{hash_list(value.at("tx_hashes"))};
    return {encode(hashes), encode(HaveTx{decode_hashes(payload, kReject)})};
}

}  // namespace

TEST_CASE("every message packs to the reference's bytes and reads back") {
    const json& file = tests::load_vectors("p2p_messages.json");
    CHECK(uint64_value(file.at("protocol_version")) == kProtocolVersion);
    CHECK(uint64_value(file.at("max_payload")) == dash::p2p::kMaxPayloadBytes);
    CHECK(uint64_value(file.at("max_remembered_txs_size")) == PeerTransactions::kMostRememberedBytes);
    std::size_t checked = 0;
    for (const auto& item : file.at("nets").items()) {
        const std::string net = item.key();
        const json& entry = item.value();
        const dash::Bytes prefix = tests::bytes_value(entry.at("prefix"));
        for (const json& message : entry.at("messages")) {
            if (message.contains("exc")) continue;  // what the reference cannot send has no form here
            const auto command = message.at("command").get<std::string>();
            CAPTURE(net);
            CAPTURE(command);
            CAPTURE(message.at("value").dump().substr(0, 200));
            const dash::Bytes payload = tests::bytes_value(message.at("payload"));
            const BothWays ways = both_ways(command, message.at("value"), payload);
            CHECK(ways.encoded == payload);
            CHECK(ways.again == payload);
            CHECK(*dash::p2p::encode_frame(prefix, command, ways.encoded) == tests::bytes_value(message.at("frame")));
            ++checked;
        }
    }
    CHECK(checked > 0);
}

TEST_CASE("what ends too early, or too late, is refused") {
    const json& file = tests::load_vectors("p2p_messages.json");
    for (const json& net : file.at("nets")) {
        for (const json& message : net.at("messages")) {
            if (message.contains("exc")) continue;
            const auto command = message.at("command").get<std::string>();
            CAPTURE(command);
            dash::Bytes payload = tests::bytes_value(message.at("payload"));
            payload.push_back(0);
            CHECK_THROWS_AS((void)both_ways(command, message.at("value"), payload), dash::DecodeError);
        }
    }
}
