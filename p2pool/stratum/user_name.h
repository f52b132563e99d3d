#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/hash160.h"

namespace p2pool::stratum {

/// What a miner tells with his user name (python p2pool.work.WorkerBridge.get_user_details):
///
///     ADDRESS[_worker | .worker][+DIFFICULTY][/SHARE_DIFFICULTY][+sSECONDS]
///
/// Whatever else than a letter or digit follows the address ends it, blanks around it do not count.
/// The options may come in any order; of one that is given twice the last that can be read counts, one that cannot be
/// read is passed over.
struct UserName {
    std::string address;                  ///< the part before the worker: an address, or what the miner calls himself
    std::string display;                  ///< "address" or "address.worker"
    std::optional<dash::Hash160> payout;  ///< none: the name holds no address and mines for the node's own payout
    std::optional<double> fixed_difficulty;  ///< "+N": never negative, may be infinite; the difficulty rules clip it
    std::optional<double> share_difficulty;  ///< "/N": likewise; the share chain's rules clip it
    std::optional<double> share_seconds;     ///< "+sN": wished time between submits, 1…60
    /// Why this user cannot be served, in words for him; empty for everybody else. It is a P2SH address, which shares
    /// cannot pay, or something that was meant as an address and is none of this network, or an address behind
    /// something else: work for it would go to the operator.
    std::string refusal;
};

/// What miners call themselves is kept and shown: longer names are refused, or are nobody's.
inline constexpr std::size_t kMaxUserNameBytes = 255;

[[nodiscard]] UserName parse_user_name(std::string_view text, const dash::ChainParams& chain);

}  // namespace p2pool::stratum
