#include "tests/unit/submission/scripted_dashd.h"

#include "tests/support/vectors.h"

namespace tests {

using nlohmann::json;

void ScriptedChain::put(const dash::Uint256& hash, std::uint32_t height, Standing standing) {
    const std::lock_guard lock(mutex_);
    blocks_[hash] = {height, standing};
}

void ScriptedChain::forget(const dash::Uint256& hash) {
    const std::lock_guard lock(mutex_);
    blocks_.erase(hash);
}

void ScriptedChain::answer(json word) {
    const std::lock_guard lock(mutex_);
    word_ = std::move(word);
}

void ScriptedChain::expect(const dash::Uint256& hash, std::uint32_t height) {
    const std::lock_guard lock(mutex_);
    expected_ = {hash, height};
}

void ScriptedChain::fail_submits(int times, int code, const std::string& message) {
    const std::lock_guard lock(mutex_);
    failures_ = times;
    failure_code_ = code;
    failure_message_ = message;
}

void ScriptedChain::hang_submits(bool hang) {
    const std::lock_guard lock(mutex_);
    hang_ = hang;
}

RpcReply ScriptedChain::reply(const RpcRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.method == "submitblock") return reply_to_submit(request);
    if (request.method == "getblockheader") return reply_to_header(request);
    if (request.method == "getblockhash") return reply_to_hash(request);
    if (request.method == "preciousblock") return rpc_result(request, nullptr);
    return rpc_error(request, -32601, "Method not found");
}

RpcReply ScriptedChain::reply_to_submit(const RpcRequest& request) {
    if (failures_ > 0) {
        --failures_;
        return rpc_error(request, failure_code_, failure_message_);
    }
    RpcReply reply = rpc_result(request, word_);
    if (hang_) {
        reply.then = RpcReply::Then::kHang;
    } else if (word_.is_null() && expected_) {
        blocks_.try_emplace(expected_->first, Known{expected_->second, Standing{}});
    }
    return reply;
}

RpcReply ScriptedChain::reply_to_header(const RpcRequest& request) {
    const auto hash = dash::Uint256::from_hex(request.params.at(0).get<std::string>());
    const auto found = blocks_.find(hash);
    if (found == blocks_.end()) return rpc_error(request, -5, "Block not found");
    json header = load_recording("misc/getblockheader.json");
    header["hash"] = hash.to_hex();
    header["height"] = found->second.height;
    header["confirmations"] = found->second.standing.confirmations;
    header["chainlock"] = found->second.standing.chainlock;
    return rpc_result(request, header);
}

RpcReply ScriptedChain::reply_to_hash(const RpcRequest& request) {
    for (const auto& [hash, known] : blocks_) {
        if (known.height == request.params.at(0) && known.standing.confirmations > 0) {
            return rpc_result(request, hash.to_hex());
        }
    }
    return rpc_error(request, -8, "Block height out of range");
}

ScriptedDashd::ScriptedDashd() {
    start();
}

void ScriptedDashd::start() {
    rpc = std::make_unique<FakeRpcServer>([this](const RpcRequest& request) { return chain.reply(request); }, rpc_port);
    peer = std::make_unique<FakePeer>(FakePeer::Manner::kPolite, p2p_port);
    rpc_port = rpc->port();
    p2p_port = peer->port();
}

void ScriptedDashd::stop() {
    rpc.reset();
    peer.reset();
}

}  // namespace tests
