#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dash/primitives/hash160.h"
#include "dash/primitives/serialize.h"
#include "share_chain/network.h"
#include "share_chain/share.h"
#include "share_chain/weights.h"

/// Whom the coinbase of a share pays: the miners of the last shares, those whom Dash itself demands, and the authors.
namespace share_chain {

/// The script that a payment of a share goes to, or nullopt for a payment that is passed over in silence: no payee, the
/// old "script:" notation, no address, an address of another chain. Throws DecodeError where the whole share is
/// refused: "!" followed by anything but hex, and a good address with more bytes behind it in the same base58 text.
[[nodiscard]] std::optional<dash::Bytes> payment_script(dash::ByteSpan payee, const dash::ChainParams& chain);

/// The outputs of the coinbases that one block template leads to, whoever finds the share.
class Payouts {
  public:
    /// The payments come out of the subsidy; of what is left, 49/50 go to the weights, the fiftieth to the finder of
    /// the share, all fractions to the donation. Throws DecodeError when the payments exceed the subsidy.
    Payouts(const PayoutWeights& weights, std::uint64_t subsidy_duffs, std::span<const Payment> payments,
            const dash::ChainParams& chain);

    /// Writes the number of outputs, one more than there are here for the reference, and the outputs in consensus
    /// order: workers by their scripts, payments, donation.
    void write_outputs(dash::Writer& writer, const dash::Hash160& finder) const;

  private:
    struct Worker {
        dash::Bytes script;
        std::uint64_t value_duffs = 0;
        std::size_t offset = 0;  ///< of its output in packed_workers_
    };

    std::vector<Worker> workers_;  ///< ascending by script, no zero values, neither finder's bonus nor donation
    dash::Bytes packed_workers_;   ///< the same as outputs, because most of them go into every coinbase as they are
    dash::Bytes packed_payments_;  ///< in the order of the share
    std::size_t payment_count_ = 0;
    std::uint64_t workers_total_ = 0;
    std::uint64_t finder_bonus_ = 0;
    std::uint64_t worker_payout_ = 0;  ///< all but the payments
};

}  // namespace share_chain
