#include "tests/unit/tracker/replay.h"

#include <doctest/doctest.h>

#include "share_chain/codec.h"
#include "tests/support/vectors.h"

namespace tests {

ReplayFile::ReplayFile(const std::string& name)
    : chain_("chain_" + name + ".json"), json_(load_vectors("replay_" + name + ".json")), shares_(chain_.shares()) {
    for (const nlohmann::json& bad : chain_.json().at("bad_shares")) {
        const auto typed = share_chain::parse_typed_contents(bytes_value(bad.at("raw")));
        shares_.push_back(share_chain::load_share(typed, network()));
    }
    for (const auto& [hash, height] : json_.at("block_heights").items()) {
        block_heights_[hash_value(hash)] = height.get<std::int64_t>();
    }
    for (const auto& [txid, bytes] : chain_.json().at("txs").items()) {
        transaction_sizes_[hash_value(txid)] = bytes_value(bytes).size();
    }
}

std::optional<std::size_t> ReplayFile::transaction_size(const dash::Uint256& txid) const {
    const auto found = transaction_sizes_.find(txid);
    return found == transaction_sizes_.end() ? std::nullopt : std::optional(found->second);
}

Replay::Replay(const ReplayFile& file)
    : file_(file),
      tracker_(file.network(),
               {[this](const dash::Uint256& block) { return file_.block_height(block) - best_block_height_; },
                [this](const dash::Uint256& txid) { return file_.transaction_size(txid); },
                {}}),
      now_(file.json().at("t0").get<double>() + 10) {}

void Replay::arrive(const nlohmann::json& batch) {
    const std::string source = batch.at("peer").at(0).get<std::string>() + ":" + batch.at("peer").at(1).dump();
    std::uint64_t duplicates = 0;
    for (const nlohmann::json& id : batch.at("ids")) {
        now_ += 0.25;
        if (!tracker_.add(file_.share(id.get<std::size_t>()), now_, {source})) ++duplicates;
    }
    CHECK(duplicates == batch.at("duplicates").get<std::uint64_t>());
    now_ = batch.at("now").get<double>();
    best_block_height_ = batch.at("best_block_height").get<std::int64_t>();
}

}  // namespace tests
