#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "dash/primitives/uint256.h"
#include "tests/unit/p2p/fake_peer.h"
#include "tests/unit/rpc/fake_rpc_server.h"

namespace tests {

/// What a dashd says about blocks, as a test sets it. Thread-safe.
class ScriptedChain {
  public:
    struct Standing {
        std::int64_t confirmations = 1;
        bool chainlock = false;
    };

    /// dashd knows the block at this height; 1 and more confirmations put it on the main chain.
    void put(const dash::Uint256& hash, std::uint32_t height, Standing standing);
    void forget(const dash::Uint256& hash);
    /// What submitblock answers from now on; null, as at first: accepted.
    void answer(nlohmann::json word);
    /// The block that submitblock brings when it accepts: it becomes the tip.
    void expect(const dash::Uint256& hash, std::uint32_t height);
    /// The next calls of submitblock end with this error.
    void fail_submits(int times, int code, const std::string& message);
    void hang_submits(bool hang);

    [[nodiscard]] RpcReply reply(const RpcRequest& request);

  private:
    [[nodiscard]] RpcReply reply_to_submit(const RpcRequest& request);
    [[nodiscard]] RpcReply reply_to_header(const RpcRequest& request);
    [[nodiscard]] RpcReply reply_to_hash(const RpcRequest& request);

    struct Known {
        std::uint32_t height;
        Standing standing;
    };
    std::mutex mutex_;
    std::map<dash::Uint256, Known> blocks_;
    nlohmann::json word_;
    std::optional<std::pair<dash::Uint256, std::uint32_t>> expected_;
    int failures_ = 0;
    int failure_code_ = 0;
    std::string failure_message_;
    bool hang_ = false;
};

/// RPC and P2P of one dashd, each on its port, that can be stopped and started.
struct ScriptedDashd {
    ScriptedDashd();

    void start();
    void stop();

    ScriptedChain chain;
    std::uint16_t rpc_port = 0;
    std::uint16_t p2p_port = 0;
    std::unique_ptr<FakeRpcServer> rpc;
    std::unique_ptr<FakePeer> peer;
};

}  // namespace tests
