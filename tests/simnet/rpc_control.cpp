#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <optional>

#include "dash/primitives/script.h"
#include "dash/util/error.h"
#include "tests/simnet/daemon.h"

namespace simnet {

namespace asio = boost::asio;

namespace {

constexpr auto kAnswerFirst = std::chrono::milliseconds(50);
constexpr const char* kSimnet = "Simnet";

const std::map<std::string, bool Faults::*>& switches() {
    static const std::map<std::string, bool Faults::*> names{
        {"refuse_rpc", &Faults::refuse_rpc},   {"refuse_p2p", &Faults::refuse_p2p},
        {"hang_rpc", &Faults::hang_rpc},       {"busy_rpc", &Faults::busy_rpc},
        {"garbled_rpc", &Faults::garbled_rpc}, {"reject_credentials", &Faults::reject_credentials},
        {"warming_up", &Faults::warming_up},   {"initial_sync", &Faults::initial_sync},
        {"silent_p2p", &Faults::silent_p2p},
    };
    return names;
}

std::chrono::milliseconds seconds(const Json& value) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(value.get<double>() * 1000));
}

Json faults_json(const Faults& faults) {
    Json result;
    for (const auto& [name, member] : switches())
        result[name] = faults.*member;
    result["rpc_delay"] = static_cast<double>(faults.rpc_delay.count()) / 1000;
    result["false_tip"] = faults.false_tip ? Json(faults.false_tip->to_hex()) : Json();
    return result;
}

Faults read_faults(Daemon& daemon, const Json& request) {
    Faults faults;
    for (const auto& [name, value] : request.items()) {
        const auto found = switches().find(name);
        if (found != switches().end()) {
            faults.*(found->second) = value.get<bool>();
        } else if (name == "rpc_delay") {
            faults.rpc_delay = seconds(value);
        } else if (name == "false_tip") {
            if (value.get<bool>()) faults.false_tip = daemon.world().wallet().random_hash();
        } else if (name != "seconds") {
            throw RpcFailure(RpcFailure::kInvalidParameter, "Unknown fault " + name);
        }
    }
    return faults;
}

Json hashes_json(const std::vector<dash::Uint256>& hashes) {
    Json result = Json::array();
    for (const dash::Uint256& hash : hashes)
        result.push_back(hash.to_hex());
    return result;
}

/// For good without a duration. When the RPC port is to close, its caller gets his answer first.
asio::awaitable<void> apply(Daemon& daemon, Faults faults, std::optional<std::chrono::milliseconds> duration) {
    if (faults.refuse_rpc) co_await daemon.pause(kAnswerFirst);
    if (duration) {
        co_await daemon.set_faults_for(faults, *duration);
    } else {
        daemon.set_faults(faults);
    }
}

asio::awaitable<Json> fault(Daemon& daemon, RpcParams params) {
    if (params.has(0)) {
        const Json& request = params.object(0);
        std::optional<std::chrono::milliseconds> duration;
        if (request.contains("seconds")) duration = seconds(request["seconds"]);
        asio::co_spawn(co_await asio::this_coro::executor, apply(daemon, read_faults(daemon, request), duration),
                       asio::detached);
    }
    co_return faults_json(daemon.faults());
}

asio::awaitable<void> restart_after_answer(Daemon& daemon, std::chrono::milliseconds down,
                                           std::chrono::milliseconds warm_up) {
    co_await daemon.pause(kAnswerFirst);
    co_await daemon.restart(down, warm_up);
}

asio::awaitable<Json> restart(Daemon& daemon, RpcParams params) {
    const auto down = seconds(params.has(0) ? params.number(0) : 1);
    const auto warm_up = seconds(params.has(1) ? params.number(1) : 1);
    asio::co_spawn(co_await asio::this_coro::executor, restart_after_answer(daemon, down, warm_up), asio::detached);
    co_return nullptr;
}

asio::awaitable<Json> mine(Daemon& daemon, RpcParams params) {
    const std::size_t blocks = params.has(0) ? static_cast<std::size_t>(params.number(0)) : 1;
    co_return hashes_json(co_await daemon.mine(blocks, daemon.world().wallet().script()));
}

asio::awaitable<Json> fork(Daemon& daemon, RpcParams params) {
    const auto depth = static_cast<std::uint32_t>(params.number(0));
    co_return hashes_json(co_await daemon.fork(depth, static_cast<std::size_t>(params.number(1))));
}

Json fill_mempool(Daemon& daemon, const RpcParams& params) {
    const Json request = params.object(0);
    const std::map<std::string, std::size_t TrafficRequest::*> counts{
        {"payments", &TrafficRequest::payments},
        {"chain", &TrafficRequest::chain},
        {"asset_locks", &TrafficRequest::asset_locks},
        {"asset_unlocks", &TrafficRequest::asset_unlocks},
        {"masternodes", &TrafficRequest::masternodes},
        {"service_updates", &TrafficRequest::service_updates},
        {"hard_fork_signals", &TrafficRequest::hard_fork_signals},
    };
    TrafficRequest traffic;
    for (const auto& [name, value] : request.items()) {
        const auto found = counts.find(name);
        if (found == counts.end())
            throw RpcFailure(RpcFailure::kInvalidParameter, "Unknown kind of transactions: " + name);
        traffic.*(found->second) = value.get<std::size_t>();
    }
    return hashes_json(daemon.send(traffic));
}

Json lock(Daemon& daemon, const RpcParams& params) {
    World& world = daemon.world();
    const dash::Uint256 hash = params.has(0) ? dash::Uint256::from_hex(params.text(0)) : world.chain().tip().hash;
    if (!world.lock(hash)) throw RpcFailure(RpcFailure::kInvalidAddressOrKey, "Block not found or invalid");
    return nullptr;
}

Json superblock(Daemon& daemon, const RpcParams& params) {
    std::vector<dash::TxOut> payments;
    for (const Json& payment : params.array(0)) {
        const auto address = dash::parse_address(payment.at("address").get<std::string>(), dash::dash_regtest());
        payments.push_back({payment.at("amount").get<std::uint64_t>(), dash::address_script(address)});
    }
    return daemon.world().schedule_superblock(std::move(payments));
}

Json received(const Daemon& daemon) {
    Json result = Json::array();
    for (const auto& listener : daemon.listeners()) {
        for (const ReceivedMessage& message : listener->received()) {
            result.push_back({{"port", listener->port()},
                              {"session", message.session},
                              {"command", message.command},
                              {"bytes", message.bytes},
                              {"block", message.block ? Json(message.block->to_hex()) : Json()}});
        }
    }
    return result;
}

}  // namespace

void add_control_methods(Daemon& daemon) {
    RpcTable& table = daemon.table();
    using P = const RpcParams&;
    table.add({kSimnet, "simnet_mine", {"blocks"}, 0, "( blocks )", [&](RpcParams params) {
                   return mine(daemon, std::move(params));
               }});
    table.add({kSimnet, "simnet_fork", {"depth", "length"}, 2, "depth length", [&](RpcParams params) {
                   return fork(daemon, std::move(params));
               }});
    table.add(
        {kSimnet,
         "simnet_mempool",
         {"request"},
         1,
         "{\"payments\":n,\"chain\":n,\"asset_locks\":n,\"asset_unlocks\":n,\"masternodes\":n,\"service_updates\":n,"
         "\"hard_fork_signals\":n}",
         {}},
        [&](P params) { return fill_mempool(daemon, params); });
    table.add({kSimnet, "simnet_clear_mempool", {}, 0, "", {}}, [&](P) {
        daemon.world().mempool().clear();
        return nullptr;
    });
    table.add({kSimnet, "simnet_lock", {"blockhash"}, 0, "( \"blockhash\" )", {}},
              [&](P params) { return lock(daemon, params); });
    table.add({kSimnet, "simnet_superblock", {"payments"}, 1, "[{\"address\":\"…\",\"amount\":duffs},...]", {}},
              [&](P params) { return superblock(daemon, params); });
    table.add({kSimnet, "simnet_finish_quorums", {"type"}, 1, "type", {}}, [&](P params) {
        daemon.world().finish_quorums(static_cast<std::uint8_t>(params.number(0)));
        return nullptr;
    });
    table.add({kSimnet,
               "simnet_fault",
               {"faults"},
               0,
               "( {\"<fault>\":true,\"rpc_delay\":seconds,\"false_tip\":true,\"seconds\":how long} )",
               [&](RpcParams params) { return fault(daemon, std::move(params)); }});
    table.add({kSimnet,
               "simnet_restart",
               {"down_seconds", "warm_up_seconds"},
               0,
               "( down_seconds warm_up_seconds )",
               [&](RpcParams params) { return restart(daemon, std::move(params)); }});
    table.add({kSimnet, "simnet_received", {}, 0, "", {}}, [&](P) { return received(daemon); });
}

}  // namespace simnet
