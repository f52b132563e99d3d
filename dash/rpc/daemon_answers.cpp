#include "dash/rpc/daemon_answers.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "dash/rpc/json_fields.h"
#include "dash/util/error.h"

namespace dash::rpc {
namespace {

using nlohmann::json;
namespace fields = json_fields;

/// Text, or a list of texts in newer releases.
std::string joined_warnings(const json& result) {
    const json* warnings = fields::find(result, "warnings");
    if (warnings == nullptr) return {};
    if (warnings->is_string()) return warnings->get<std::string>();
    std::string joined;
    for (const json& warning : *warnings) {
        if (!warning.is_string()) continue;
        if (!joined.empty()) joined += "; ";
        joined += warning.get<std::string>();
    }
    return joined;
}

/// "localaddresses" as "host:port".
std::vector<std::string> local_addresses(const json& result) {
    std::vector<std::string> addresses;
    const json* list = fields::find(result, "localaddresses");
    if (list == nullptr || !list->is_array()) return addresses;
    for (const json& each : *list) {
        const std::string host = fields::text_field(each, "address");
        const bool v6 = host.find(':') != std::string::npos;
        addresses.push_back((v6 ? "[" + host + "]" : host) + ":" + std::to_string(fields::u32_field(each, "port")));
    }
    return addresses;
}

}  // namespace

HeaderInfo read_header_info(const json& result) {
    HeaderInfo info;
    info.hash = fields::hash_field(result, "hash");
    info.height = fields::u32_field(result, "height");
    info.confirmations = fields::signed_field(result, "confirmations");
    info.chainlock = fields::find(result, "chainlock") != nullptr && fields::bool_field(result, "chainlock");
    if (fields::find(result, "chainwork") != nullptr) info.chain_work = fields::hash_field(result, "chainwork");
    info.header.version = fields::version_field(result, "version");
    // The first block has none.
    if (fields::find(result, "previousblockhash") != nullptr) {
        info.header.previous_block = fields::hash_field(result, "previousblockhash");
    }
    info.header.merkle_root = fields::hash_field(result, "merkleroot");
    info.header.timestamp = fields::u32_field(result, "time");
    info.header.bits = fields::bits_field(result, "bits");
    info.header.nonce = fields::u32_field(result, "nonce");
    return info;
}

ChainLock read_chainlock(const json& result) {
    return {fields::hash_field(result, "blockhash"), fields::u32_field(result, "height")};
}

ChainInfo read_chain_info(const json& result) {
    ChainInfo info;
    info.chain = fields::text_field(result, "chain");
    info.blocks = fields::u32_field(result, "blocks");
    info.headers = fields::u32_field(result, "headers");
    info.best_block = fields::hash_field(result, "bestblockhash");
    info.initial_block_download = fields::bool_field(result, "initialblockdownload");
    const json* progress = fields::find(result, "verificationprogress");
    if (progress != nullptr && progress->is_number()) info.verification_progress = progress->get<double>();
    return info;
}

NetworkInfo read_network_info(const json& result) {
    NetworkInfo info;
    info.version = fields::signed_field(result, "version");
    info.subversion = fields::text_field(result, "subversion");
    info.protocol_version = fields::u32_field(result, "protocolversion");
    info.connections = fields::u32_field(result, "connections");
    info.local_addresses = local_addresses(result);
    info.warnings = joined_warnings(result);
    return info;
}

std::vector<PeerInfo> read_peers(const json& result) {
    std::vector<PeerInfo> peers;
    if (!result.is_array()) throw DecodeError("not a list of peers");
    for (const json& each : result) {
        PeerInfo peer;
        peer.address = fields::text_field(each, "addr");
        peer.inbound = fields::bool_field(each, "inbound");
        const json* ping = fields::find(each, "minping");
        // A peer that has not answered a ping yet has a "minping" of 0.
        if (ping != nullptr && ping->is_number() && ping->get<double>() > 0) peer.ping_seconds = ping->get<double>();
        peers.push_back(std::move(peer));
    }
    return peers;
}

AddressInfo read_address_info(const json& result) {
    AddressInfo info;
    info.valid = fields::bool_field(result, "isvalid");
    if (fields::find(result, "ismine") != nullptr) info.mine = fields::bool_field(result, "ismine");
    return info;
}

}  // namespace dash::rpc
