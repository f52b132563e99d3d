#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "dash/util/clock.h"
#include "tests/simnet/faults.h"
#include "tests/simnet/world.h"

namespace simnet {

struct SimnetSettings {
    WorldSettings world{};
    std::string address = "127.0.0.1";
    std::uint16_t rpc_port = 0;  ///< 0: any free one
    std::uint16_t p2p_port = 0;
    std::string rpc_user = "simnet";
    std::string rpc_password = "simnet";
};

/// A Dash regtest daemon in this process, for tests: it listens when the constructor returns, and everything it does
/// happens on a thread of its own. All methods may be called from any one other thread; they wait until the daemon has
/// done it and rethrow what it threw (dash::Error).
class Simnet {
  public:
    explicit Simnet(SimnetSettings settings = {}, const dash::Clock& clock = dash::system_clock());
    ~Simnet();
    Simnet(const Simnet&) = delete;
    Simnet& operator=(const Simnet&) = delete;

    [[nodiscard]] std::uint16_t rpc_port() const;
    [[nodiscard]] std::uint16_t p2p_port() const;

    /// Runs a function on the daemon's thread: the way to look at everything and to change what has no method here.
    void with_world(const std::function<void(World&)>& function);

    [[nodiscard]] std::uint32_t height();
    [[nodiscard]] dash::Uint256 tip();
    /// False when the time was over before the chain was that high.
    [[nodiscard]] bool wait_for_height(std::uint32_t height, std::chrono::milliseconds timeout);

    std::vector<dash::Uint256> mine(std::size_t blocks = 1);
    /// A branch of `length` blocks from the block `depth` below the tip: a reorganisation when it is longer, a
    /// competing tip when it is as long.
    std::vector<dash::Uint256> fork(std::uint32_t depth, std::size_t length);
    std::vector<dash::Uint256> send(const TrafficRequest& request);
    void set_faults(const Faults& faults);
    /// Gone for `down`, warming up for `warm_up`, then back. Returns at once.
    void restart(std::chrono::milliseconds down, std::chrono::milliseconds warm_up);

    /// One more P2P port, at its own loopback address if one is given; returns its port.
    std::uint16_t add_p2p_port(const std::string& address = "127.0.0.1");

    /// Any RPC method, as over HTTP; an error answer is thrown as dash::Error.
    [[nodiscard]] nlohmann::json call(const std::string& method, const nlohmann::json& params);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace simnet
