#include "dash/rpc/daemon.h"

#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "dash/rpc/json_fields.h"

namespace dash::rpc {
namespace {

using boost::asio::awaitable;
using nlohmann::json;
namespace fields = json_fields;

/// Parameters of a call with one. (An initializer list inside a coroutine is more than g++ 12 compiles.)
json only(json parameter) {
    return json::array({std::move(parameter)});
}

json template_request() {
    return only({{"mode", "template"}});
}

/// Runs a reader of an answer; what does not fit its form is dashd's fault.
template <typename Read>
auto reading(const char* method, Read read) {
    try {
        return read();
    } catch (const DecodeError& error) {
        throw RpcError(RpcError::Kind::kBadAnswer,
                       std::string("dashd's answer to ") + method + " is not what Dash Core gives: " + error.what(),
                       200);
    }
}

/// The result, or nullopt when dashd answers with the error that here means "no such thing".
awaitable<std::optional<json>> call_or_none(Client& client, const char* method, json params, int none_code) {
    try {
        co_return co_await client.call(method, std::move(params));
    } catch (const RpcError& error) {
        if (error.code() != none_code) throw;
    }
    co_return std::nullopt;
}

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

HeaderInfo parse_header_info(const json& result) {
    HeaderInfo info;
    info.hash = fields::hash_field(result, "hash");
    info.height = fields::u32_field(result, "height");
    info.confirmations = fields::signed_field(result, "confirmations");
    info.chainlock = fields::find(result, "chainlock") != nullptr && fields::bool_field(result, "chainlock");
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

constexpr const char* kWrongDaemon =
    "Check failed! Make sure that you're connected to the right dashd with --dashd-rpc-port!";

}  // namespace

Daemon::Daemon(Client& client, const ChainParams& chain) : client_(client), chain_(chain) {}

awaitable<DaemonCheck> Daemon::check() {
    DaemonCheck check;
    check.chain = co_await get_blockchain_info();
    if (check.chain.chain != chain_.rpc_chain) {
        check.problem = std::string(kWrongDaemon) + " (dashd works on the chain \"" + check.chain.chain +
                        "\", this node on \"" + chain_.rpc_chain + "\")";
        co_return check;
    }
    if (!chain_.known_block_hash.empty()) {
        const auto known = co_await get_block_header(Uint256::from_hex(chain_.known_block_hash));
        if (!known) {
            check.problem = std::string(kWrongDaemon) + " (dashd does not have block " + chain_.known_block_hash +
                            (check.chain.initial_block_download ? " yet: it is still synchronising)" : ")");
            co_return check;
        }
    }
    if ((co_await get_network_info()).version < kOldestDaemonVersion) {
        check.problem = "dash version too old! Upgrade to v20.0.0 or newer!";
        co_return check;
    }
    check.usable = true;
    co_return check;
}

awaitable<BlockTemplate> Daemon::get_block_template() {
    constexpr const char* kMethod = "getblocktemplate";
    json result = co_await client_.call(kMethod, template_request());
    const bool height_missing = reading(kMethod, [&] { return fields::find(result, "height") == nullptr; });
    if (height_missing) {
        const Uint256 previous = reading(kMethod, [&] { return fields::hash_field(result, "previousblockhash"); });
        const auto header = co_await get_block_header(previous);
        if (header) result["height"] = header->height + 1;
    }
    co_return reading(kMethod, [&] { return parse_block_template(result); });
}

awaitable<std::optional<std::string>> Daemon::submit_block(ByteSpan block) {
    const json result = co_await client_.call("submitblock", only(to_hex(block)));
    if (result.is_null()) co_return std::nullopt;
    if (result.is_string()) co_return result.get<std::string>();
    throw RpcError(RpcError::Kind::kBadAnswer, "dashd's answer to submitblock is neither null nor a word", 200);
}

awaitable<std::optional<HeaderInfo>> Daemon::get_block_header(Uint256 hash) {
    constexpr const char* kMethod = "getblockheader";
    const auto result = co_await call_or_none(client_, kMethod, only(hash.to_hex()), code::kInvalidAddressOrKey);
    if (!result) co_return std::nullopt;
    co_return reading(kMethod, [&] { return parse_header_info(*result); });
}

awaitable<std::optional<Uint256>> Daemon::get_block_hash(std::uint32_t height) {
    constexpr const char* kMethod = "getblockhash";
    const auto result = co_await call_or_none(client_, kMethod, only(height), code::kInvalidParameter);
    if (!result) co_return std::nullopt;
    co_return reading(kMethod, [&] { return fields::as_hash(*result, "result"); });
}

awaitable<std::optional<ChainLock>> Daemon::get_best_chainlock() {
    constexpr const char* kMethod = "getbestchainlock";
    const auto result = co_await call_or_none(client_, kMethod, json::array(), code::kInternal);
    if (!result) co_return std::nullopt;
    co_return reading(kMethod, [&] {
        return ChainLock{fields::hash_field(*result, "blockhash"), fields::u32_field(*result, "height")};
    });
}

awaitable<ChainInfo> Daemon::get_blockchain_info() {
    constexpr const char* kMethod = "getblockchaininfo";
    const json result = co_await client_.call(kMethod, json::array());
    co_return reading(kMethod, [&] {
        ChainInfo info;
        info.chain = fields::text_field(result, "chain");
        info.blocks = fields::u32_field(result, "blocks");
        info.headers = fields::u32_field(result, "headers");
        info.best_block = fields::hash_field(result, "bestblockhash");
        info.initial_block_download = fields::bool_field(result, "initialblockdownload");
        const json* progress = fields::find(result, "verificationprogress");
        if (progress != nullptr && progress->is_number()) info.verification_progress = progress->get<double>();
        return info;
    });
}

awaitable<NetworkInfo> Daemon::get_network_info() {
    constexpr const char* kMethod = "getnetworkinfo";
    const json result = co_await client_.call(kMethod, json::array());
    co_return reading(kMethod, [&] {
        NetworkInfo info;
        info.version = fields::signed_field(result, "version");
        info.subversion = fields::text_field(result, "subversion");
        info.protocol_version = fields::u32_field(result, "protocolversion");
        info.connections = fields::u32_field(result, "connections");
        info.local_addresses = local_addresses(result);
        info.warnings = joined_warnings(result);
        return info;
    });
}

awaitable<std::vector<PeerInfo>> Daemon::get_peer_info() {
    constexpr const char* kMethod = "getpeerinfo";
    const json result = co_await client_.call(kMethod, json::array());
    co_return reading(kMethod, [&] {
        std::vector<PeerInfo> peers;
        if (!result.is_array()) throw DecodeError("not a list of peers");
        for (const json& each : result) {
            PeerInfo peer;
            peer.address = fields::text_field(each, "addr");
            peer.inbound = fields::bool_field(each, "inbound");
            const json* ping = fields::find(each, "minping");
            // A peer that has not answered a ping yet has a "minping" of 0.
            if (ping != nullptr && ping->is_number() && ping->get<double>() > 0)
                peer.ping_seconds = ping->get<double>();
            peers.push_back(std::move(peer));
        }
        return peers;
    });
}

awaitable<AddressInfo> Daemon::validate_address(std::string address) {
    constexpr const char* kMethod = "validateaddress";
    const json result = co_await client_.call(kMethod, only(std::move(address)));
    co_return reading(kMethod, [&] {
        AddressInfo info;
        info.valid = fields::bool_field(result, "isvalid");
        if (fields::find(result, "ismine") != nullptr) info.mine = fields::bool_field(result, "ismine");
        return info;
    });
}

awaitable<void> Daemon::precious_block(Uint256 hash) {
    co_await client_.call("preciousblock", only(hash.to_hex()));
}

}  // namespace dash::rpc
