#include "dash/rpc/daemon.h"

#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "dash/rpc/daemon_answers.h"
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

awaitable<std::optional<std::string>> Daemon::submit_block(std::string block_hex) {
    const json result = co_await client_.call_with_text("submitblock", "[\"" + block_hex + "\"]");
    if (result.is_null()) co_return std::nullopt;
    if (result.is_string()) co_return result.get<std::string>();
    throw RpcError(RpcError::Kind::kBadAnswer, "dashd's answer to submitblock is neither null nor a word", 200);
}

awaitable<std::optional<HeaderInfo>> Daemon::get_block_header(Uint256 hash) {
    constexpr const char* kMethod = "getblockheader";
    const auto result = co_await call_or_none(client_, kMethod, only(hash.to_hex()), code::kInvalidAddressOrKey);
    if (!result) co_return std::nullopt;
    co_return reading(kMethod, [&] { return read_header_info(*result); });
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
    co_return reading(kMethod, [&] { return read_chainlock(*result); });
}

awaitable<ChainInfo> Daemon::get_blockchain_info() {
    constexpr const char* kMethod = "getblockchaininfo";
    const json result = co_await client_.call(kMethod, json::array());
    co_return reading(kMethod, [&] { return read_chain_info(result); });
}

awaitable<NetworkInfo> Daemon::get_network_info() {
    constexpr const char* kMethod = "getnetworkinfo";
    const json result = co_await client_.call(kMethod, json::array());
    co_return reading(kMethod, [&] { return read_network_info(result); });
}

awaitable<std::vector<PeerInfo>> Daemon::get_peer_info() {
    constexpr const char* kMethod = "getpeerinfo";
    const json result = co_await client_.call(kMethod, json::array());
    co_return reading(kMethod, [&] { return read_peers(result); });
}

awaitable<AddressInfo> Daemon::validate_address(std::string address) {
    constexpr const char* kMethod = "validateaddress";
    const json result = co_await client_.call(kMethod, only(std::move(address)));
    co_return reading(kMethod, [&] { return read_address_info(result); });
}

awaitable<void> Daemon::precious_block(Uint256 hash) {
    co_await client_.call("preciousblock", only(hash.to_hex()));
}

}  // namespace dash::rpc
