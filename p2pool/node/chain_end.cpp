#include "p2pool/node/chain_end.h"

#include <algorithm>

namespace p2pool::node {

ChainEnd::Walked ChainEnd::walk() const {
    Walked walked;
    if (tip_.is_zero()) return {{}, true};
    for (dash::Uint256 at = tip_; walked.blocks.size() < kBlocks;) {
        walked.blocks.push_back(at);
        const auto known = headers_.find(at);
        if (known == headers_.end()) return walked;
        at = known->second.previous_block;
        if (at.is_zero()) break;  // genesis
    }
    walked.complete = true;
    return walked;
}

void ChainEnd::take_tip(const dash::Uint256& tip, std::uint32_t next_bits) {
    next_bits_ = next_bits;
    if (tip == tip_) return;
    // What a reorganization took off may come back with the next one, but is not worth remembering till then.
    const std::vector<dash::Uint256> before = walk().blocks;
    std::erase_if(headers_, [&before](const auto& entry) {
        return std::find(before.begin(), before.end(), entry.first) == before.end();
    });
    tip_ = tip;
}

std::optional<dash::Uint256> ChainEnd::missing_header() const {
    const Walked walked = walk();
    if (walked.complete) return std::nullopt;
    return walked.blocks.back();
}

void ChainEnd::take_header(const dash::Uint256& hash, const dash::BlockHeader& header) {
    if (missing_header() == hash) headers_.insert_or_assign(hash, header);
}

std::optional<std::uint32_t> ChainEnd::depth_of(const dash::Uint256& block) const {
    const std::vector<dash::Uint256> blocks = walk().blocks;
    const auto found = std::find(blocks.begin(), blocks.end(), block);
    if (found == blocks.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - blocks.begin());
}

std::optional<std::uint32_t> ChainEnd::bits_after(const dash::Uint256& block) const {
    std::uint32_t bits = next_bits_;
    for (const dash::Uint256& at : walk().blocks) {
        if (at == block) return bits;
        const auto header = headers_.find(at);
        if (header != headers_.end()) bits = header->second.bits;
    }
    return std::nullopt;
}

}  // namespace p2pool::node
