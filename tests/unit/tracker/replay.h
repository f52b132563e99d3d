#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "share_chain/tracker.h"
#include "tests/unit/share_chain/chain_file.h"

namespace tests {

/// A file replay_*.json with the chain file that it refers to.
class ReplayFile {
  public:
    /// "regtest" or "mainlike".
    explicit ReplayFile(const std::string& name);

    [[nodiscard]] const nlohmann::json& json() const { return json_; }
    [[nodiscard]] const share_chain::Network& network() const { return chain_.network(); }
    /// By the file's index: good ones, then bad ones.
    [[nodiscard]] const share_chain::SharePtr& share(std::size_t index) const { return shares_.at(index); }
    [[nodiscard]] std::int64_t block_height(const dash::Uint256& block) const { return block_heights_.at(block); }
    [[nodiscard]] std::optional<std::size_t> transaction_size(const dash::Uint256& txid) const;

  private:
    ChainFile chain_;
    nlohmann::json json_;
    std::vector<share_chain::SharePtr> shares_;
    std::unordered_map<dash::Uint256, std::int64_t> block_heights_;
    std::unordered_map<dash::Uint256, std::size_t> transaction_sizes_;
};

/// A tracker that goes through the batches of a replay.
class Replay {
  public:
    explicit Replay(const ReplayFile& file);

    [[nodiscard]] share_chain::Tracker& tracker() { return tracker_; }

    /// Adds the shares of a batch as they came in, and takes over its clock and best block.
    void arrive(const nlohmann::json& batch);

  private:
    const ReplayFile& file_;
    share_chain::Tracker tracker_;
    double now_;
    std::int64_t best_block_height_ = 0;
};

}  // namespace tests
