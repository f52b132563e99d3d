#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "share_chain/codec.h"
#include "share_chain/network.h"
#include "share_chain/share.h"
#include "share_chain/tracker.h"

/// Reads the vector files that hold share chains.
namespace tests {

/// The network of a file's "net" object: the one of that name with every number that the file gives, which need not be
/// the real one's.
class FileNetwork {
  public:
    explicit FileNetwork(const nlohmann::json& net);
    FileNetwork(const FileNetwork&) = delete;
    FileNetwork& operator=(const FileNetwork&) = delete;

    [[nodiscard]] const share_chain::Network& network() const { return network_; }

  private:
    dash::ChainParams parent_;
    share_chain::Network network_;
};

/// A file chain_*.json: its shares, decoded and checked one by one, and a tracker that knows them all.
class ChainFile {
  public:
    explicit ChainFile(const std::string& name);

    [[nodiscard]] const nlohmann::json& json() const { return json_; }
    [[nodiscard]] const share_chain::Network& network() const { return network_.network(); }
    [[nodiscard]] const std::vector<share_chain::SharePtr>& shares() const { return shares_; }
    [[nodiscard]] const share_chain::Tracker& tracker() const { return *tracker_; }

  private:
    const nlohmann::json& json_;
    FileNetwork network_;
    std::vector<share_chain::SharePtr> shares_;
    std::unique_ptr<share_chain::Tracker> tracker_;
};

/// The fields as the files write them: null for "none", {"bits": n}, "orphan" or "unk7", hashes as numbers.
[[nodiscard]] share_chain::ShareData share_data_value(const nlohmann::json& value);
[[nodiscard]] share_chain::ShareInfo share_info_value(const nlohmann::json& value);
[[nodiscard]] share_chain::HashLink hash_link_value(const nlohmann::json& value);
/// {"branch": [hash …], "index": 0}
[[nodiscard]] std::vector<dash::Uint256> branch_value(const nlohmann::json& value);
/// Hex, or null for empty.
[[nodiscard]] dash::Bytes optional_bytes_value(const nlohmann::json& value);

}  // namespace tests
