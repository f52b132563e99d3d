#include "dash/backends/tip_proof.h"

#include "dash/primitives/target.h"
#include "dash/x11/x11.h"

namespace dash::backends {

std::string doubt_about_tip(const rpc::BlockTemplate& block, const std::optional<rpc::HeaderInfo>& header) {
    const std::string tip = "gives work on block " + block.previous_block.to_hex();
    if (!header) return tip + ", but does not have that block";
    const Uint256 hash = x11::hash_number(header->header.serialize());
    const auto target = target_if_it_fits(header->header.bits);
    if (hash != block.previous_block || !target || hash > *target) {
        return tip + ", but shows a header without that block's proof of work";
    }
    if (header->height + 1 != block.height) {
        return tip + " for height " + std::to_string(block.height) + ", but has that block at height " +
               std::to_string(header->height);
    }
    if (!header->chain_work) return tip + ", but does not tell how much work its chain has";
    return {};
}

}  // namespace dash::backends
