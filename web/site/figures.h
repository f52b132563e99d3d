#pragma once

#include <optional>
#include <string>

#include "dash/primitives/chain_params.h"
#include "web/json_text.h"
#include "web/model/model.h"
#include "web/site/site.h"

/// What several pages compute in the same way.
namespace web {

[[nodiscard]] inline double coins(std::uint64_t duffs) {
    return static_cast<double>(duffs) / dash::kDuffsPerCoin;
}

/// Of a graph by worker; the others are summed up.
inline constexpr std::size_t kMostSeries = 200;
/// Of a list of miners' connections.
inline constexpr std::size_t kMostConnections = 1000;

/// 64 hex digits of a path; throws BadRequest.
[[nodiscard]] dash::Uint256 hash_argument(const std::string& text);

/// A number of the query; throws BadRequest when it is none from `least` to `most`.
[[nodiscard]] double number_parameter(const Request& request, const char* name, double fallback, double least,
                                      double most);

[[nodiscard]] Json hashes_json(const std::vector<dash::Uint256>& hashes);
/// null, "orphan", "doa", or "unk<n>" for what no node of today says.
[[nodiscard]] Json stale_word(std::uint8_t stale_info);

[[nodiscard]] Json block_json(const Model& model, const BlockLuck& luck);
[[nodiscard]] std::string explorer_url(const Model& model, const FoundBlock& block);

/// Of the shares of the best chain within the last hour, those of this node.
struct OwnLastHour {
    std::uint64_t in_chain = 0;
    std::uint64_t orphans_told = 0;  ///< that our shares in the chain announce
    std::uint64_t late_told = 0;
    double work = 0;     ///< average attempts of those in the chain
    double seconds = 0;  ///< that these shares cover

    [[nodiscard]] std::uint64_t total() const { return in_chain + orphans_told + late_told; }
};
[[nodiscard]] OwnLastHour own_last_hour(const Model& model);

/// How good this node is, compared with the pool: 1 = as good. nullopt without shares.
struct Efficiency {
    std::optional<double> with_late;
    std::optional<double> without_late;  ///< as if no share had been late, which is the miners' doing
};
[[nodiscard]] Efficiency efficiency(const Model& model);

/// The public key hash that a worker is paid at; nullopt for one whose name holds none, and of whom nothing is known.
[[nodiscard]] std::optional<dash::Hash160> payout_of(Model& model, const std::string& worker);

/// /broadcaster_status. Where the operator's own dashds are, strangers are not told.
[[nodiscard]] Json broadcaster_json(const PageContext& context);

/// A miner's connection, with the IP address as its reader may see it.
[[nodiscard]] Json connection_json(const p2pool::stratum::ConnectionStatus& connection, const std::string& shown_ip);

/// Expected payout if a block were found now; 0 for an unknown address.
[[nodiscard]] std::uint64_t payout_now(const Model& model, const dash::Hash160& miner);

}  // namespace web
