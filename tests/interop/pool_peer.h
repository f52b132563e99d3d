#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dash/p2p/framing.h"
#include "p2pool/peers/messages.h"
#include "share_chain/network.h"
#include "tests/support/blocking_socket.h"

namespace interop {

/// A peer of the p2pool network that only asks. Every call waits, with a limit, and throws std::runtime_error when it
/// is reached.
class PoolPeer {
  public:
    /// Connects to 127.0.0.1 and exchanges `version` messages.
    PoolPeer(std::uint16_t port, const share_chain::Network& network);

    /// What the node said of itself.
    [[nodiscard]] const p2pool::peers::Version& version() const { return version_; }

    /// A share and at most `parents` before it, newest first; empty when the node does not know it.
    [[nodiscard]] std::vector<share_chain::TypedContents> ask_for(const dash::Uint256& share, std::uint64_t parents);

  private:
    /// The next message of this command; others are dropped.
    [[nodiscard]] dash::Bytes wait_for(std::string_view command);
    template <typename Message>
    void send(const Message& message);

    tests::BlockingSocket socket_;
    dash::Bytes prefix_;
    dash::p2p::FrameParser parser_;
    p2pool::peers::Version version_;
    std::uint64_t next_id_ = 1;
};

}  // namespace interop
