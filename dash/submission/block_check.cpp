#include "dash/submission/block_check.h"

#include "dash/primitives/block.h"
#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"

namespace dash::submission {

std::string damage_of(const WonBlock& won) try {
    const Block block = parse_block(*won.bytes);
    if (x11::hash_number(block.header.serialize()) != won.hash) return "has another hash than it is kept under";
    const auto target = target_if_it_fits(block.header.bits);
    if (!target || won.hash > *target) return "does not meet the target that it names";
    std::vector<Uint256> txids;
    txids.reserve(block.transactions.size());
    for (const Transaction& transaction : block.transactions)
        txids.push_back(transaction.txid());
    if (merkle_root(txids) != block.header.merkle_root) return "has other transactions than its header names";
    return {};
} catch (const DecodeError& error) {
    return std::string("cannot be read: ") + error.what();
}

}  // namespace dash::submission
