#include "p2pool/work/aux_work.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dash/primitives/merkle.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/rpc/json_fields.h"
#include "dash/util/error.h"

namespace p2pool::work {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic{0xfa, 0xbe, 'm', 'm'};
constexpr unsigned kMostHeight = 30;
using Level = std::map<std::uint32_t, dash::Uint256>;

/// The specification's pseudorandom place of a chain; arithmetic modulo 2^32 does, as the size divides that.
std::uint32_t place_of(std::uint32_t chain_id, unsigned height) {
    const std::uint32_t number = 1103515245U * chain_id + 1103515245U * 12345U + 12345U;
    return number & ((1U << height) - 1);
}

std::optional<std::vector<std::uint32_t>> places_of(const std::vector<AuxBlock>& blocks, unsigned height) {
    std::vector<std::uint32_t> places;
    for (const AuxBlock& block : blocks) {
        const std::uint32_t place = place_of(block.chain_id, height);
        if (std::find(places.begin(), places.end(), place) != places.end()) return std::nullopt;
        places.push_back(place);
    }
    return places;
}

/// Empty places hold zero; of them whole subtrees are alike, so that only the paths of the blocks are computed.
dash::Uint256 at(const Level& level, std::uint32_t place, const dash::Uint256& empty) {
    const auto found = level.find(place);
    return found == level.end() ? empty : found->second;
}

dash::Uint256 parent_of(const dash::Uint256& left, const dash::Uint256& right) {
    return dash::merkle_root(std::array{left, right});
}

/// Calls visit(level, empty) for each level from the leaves up, the root's included.
template <typename Visit>
void climb(const std::vector<AuxBlock>& blocks, const std::vector<std::uint32_t>& places, unsigned height,
           Visit visit) {
    Level level;
    for (std::size_t i = 0; i < blocks.size(); ++i)
        level[places[i]] = blocks[i].hash;
    dash::Uint256 empty;
    for (unsigned rest = height;; --rest) {
        visit(level, empty);
        if (rest == 0) return;
        Level above;
        for (const auto& [place, hash] : level) {
            const std::uint32_t left = place & ~1U;
            above[place / 2] = parent_of(at(level, left, empty), at(level, left + 1, empty));
        }
        level = std::move(above);
        empty = parent_of(empty, empty);
    }
}

void write_branch(dash::Writer& writer, std::span<const dash::Uint256> branch, std::uint32_t index) {
    writer.varint(branch.size());
    for (const dash::Uint256& hash : branch)
        writer.uint256(hash);
    writer.u32(index);
}

std::optional<dash::Uint256> read_target(const nlohmann::json& answer) {
    const bool has_usual_name = dash::rpc::json_fields::find(answer, "target") != nullptr;
    const auto text = dash::rpc::json_fields::text_field(answer, has_usual_name ? "target" : "_target");
    if (text == "p2pool") return std::nullopt;
    return dash::Uint256::from_bytes(dash::from_hex(text));
}

}  // namespace

AuxBlock read_aux_block(const nlohmann::json& answer, std::size_t daemon) {
    try {
        return {.chain_id = dash::rpc::json_fields::u32_field(answer, "chainid"),
                .hash = dash::rpc::json_fields::hash_field(answer, "hash"),
                .target = read_target(answer),
                .daemon = daemon};
    } catch (const dash::DecodeError& error) {
        throw dash::DecodeError(std::string("its answer to getauxblock cannot be read: ") + error.what());
    }
}

AuxTree::AuxTree(std::vector<AuxBlock> blocks) : blocks_(std::move(blocks)) {
    if (blocks_.empty()) throw std::invalid_argument("a merged-mining tree without blocks");
    while (height_ <= kMostHeight) {
        if (auto places = places_of(blocks_, height_)) {
            places_ = std::move(*places);
            return;
        }
        ++height_;
    }
    throw std::invalid_argument("two chains to merge-mine have the same chain number");
}

dash::Bytes AuxTree::commitment() const {
    dash::Uint256 root;
    climb(blocks_, places_, height_, [&](const Level& level, const dash::Uint256&) { root = level.begin()->second; });
    auto root_bytes = root.to_bytes();
    std::reverse(root_bytes.begin(), root_bytes.end());
    dash::Writer writer;
    writer.raw(kMagic);
    writer.raw(root_bytes);
    writer.u32(1U << height_);
    writer.u32(0);
    return std::move(writer).take();
}

dash::Uint256 AuxTree::easiest_target(const dash::Uint256& share_target) const {
    dash::Uint256 easiest = share_target;
    for (const AuxBlock& block : blocks_)
        easiest = std::max(easiest, block.target.value_or(share_target));
    return easiest;
}

std::vector<dash::Uint256> AuxTree::branch(std::size_t i) const {
    std::vector<dash::Uint256> siblings;
    std::uint32_t place = places_.at(i);
    climb(blocks_, places_, height_, [&](const Level& level, const dash::Uint256& empty) {
        if (siblings.size() < height_) siblings.push_back(at(level, place ^ 1U, empty));
        place /= 2;
    });
    return siblings;
}

dash::Bytes encode_aux_proof(const AuxTree& tree, std::size_t i, const dash::BlockHeader& header,
                             const dash::Uint256& hash, dash::ByteSpan coinbase,
                             std::span<const dash::Uint256> coinbase_branch) {
    const auto header_bytes = header.serialize();
    dash::Writer writer;
    writer.raw(coinbase);
    writer.uint256(hash);
    write_branch(writer, coinbase_branch, 0);
    write_branch(writer, tree.branch(i), tree.place(i));
    writer.raw(header_bytes);
    return std::move(writer).take();
}

}  // namespace p2pool::work
