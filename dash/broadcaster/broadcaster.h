#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "dash/broadcaster/peer_manager.h"
#include "dash/broadcaster/peer_pool.h"
#include "dash/primitives/chain_params.h"
#include "dash/submission/won_block.h"
#include "dash/util/clock.h"

namespace dash::broadcaster {

/// Where a dashd takes P2P connections.
struct DashdPlace {
    std::string host;
    std::uint16_t port = 0;
};

struct BroadcasterSettings {
    const ChainParams* chain = nullptr;
    Limits limits;  ///< the number of dashds is the pipeline's
    std::string user_agent;
    std::string dashd_host = "127.0.0.1";
    std::uint16_t dashd_port = 0;              ///< P2P
    std::vector<DashdPlace> further_dashds{};  ///< in the pipeline's order
    /// Where all network peers listen; 0: the chain's own port.
    std::uint16_t peer_port = 0;
    std::filesystem::path peer_file;  ///< broadcast_peers.json
    std::filesystem::path database;   ///< the node's SQLite file
    std::chrono::milliseconds check_interval = Upkeep::kCheckInterval;
    std::chrono::milliseconds dial_timeout = PeerManager::kDialTimeout;
    std::chrono::milliseconds save_interval{300'000};
    std::chrono::milliseconds status_interval{1'000};
};

/// The multi-peer broadcaster: keeps connections to peers of the Dash network besides the local dashd, and pushes each
/// won block to all of them at once. It works as a sender of the submission pipeline, on that one's thread.
class Broadcaster {
  public:
    /// Reads the peers of an earlier run and opens the database; connects to nobody yet. Throws ConfigError when that
    /// fails. `clock` outlives this and the senders.
    explicit Broadcaster(BroadcasterSettings settings, const Clock& clock = system_clock());
    ~Broadcaster();
    Broadcaster(const Broadcaster&) = delete;
    Broadcaster& operator=(const Broadcaster&) = delete;

    /// For PipelineSettings::senders; to be used for one sender. It begins to connect when the pipeline starts, and
    /// writes the peer file when it is destroyed.
    [[nodiscard]] submission::BlockSenderFactory factory();

    /// The JSON of /broadcaster_status, at most some seconds old. From any thread.
    [[nodiscard]] nlohmann::json status() const;

  private:
    struct Shared;
    class Sender;
    std::shared_ptr<Shared> shared_;
};

}  // namespace dash::broadcaster
