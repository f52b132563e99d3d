#include "p2pool/work/aux_work.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "dash/primitives/merkle.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "tests/support/random.h"

using dash::Uint256;
using p2pool::work::AuxBlock;
using p2pool::work::AuxTree;

namespace {

/// A block whose hash is made of its chain's number.
AuxBlock block_of(std::uint32_t chain_id) {
    std::array<std::uint8_t, Uint256::kBytes> bytes{};
    bytes.fill(static_cast<std::uint8_t>(chain_id));
    return {.chain_id = chain_id, .hash = Uint256::from_bytes(bytes), .target = std::nullopt, .daemon = 0};
}

AuxTree tree_of(const std::vector<std::uint32_t>& chain_ids) {
    std::vector<AuxBlock> blocks;
    for (const std::uint32_t id : chain_ids)
        blocks.push_back(block_of(id));
    return AuxTree(std::move(blocks));
}

/// Of the chains 1, 2 and 5 for chain 5, made by the python node.
constexpr const char* kProof =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff03616263ffffffff01"
    "05000000000000000151000000008f3e495d39cde422f919640098e936ca6abfe73b822713d47945aabe274acc0402090000"
    "00000000000000000000000000000000000000000000000000000000000a0000000000000000000000000000000000000000"
    "000000000000000000000000000000030000000000000000000000000000000000000000000000000000000000000000e2f6"
    "1c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9c770b5e629d0e2d11cbe90786b919771d483fe33"
    "da8003cb656621ce53dd73e00700000000000020050000000000000000000000000000000000000000000000000000000000"
    "0000060000000000000000000000000000000000000000000000000000000000000007000000ffff7f2008000000";

}  // namespace

TEST_CASE("an answer to getauxblock is taken as it is meant, or refused") {
    const std::string hash(64, 'a');
    nlohmann::json answer = {{"chainid", 98U}, {"hash", hash}, {"target", "ffff" + std::string(60, '0')}};
    const AuxBlock block = p2pool::work::read_aux_block(answer, 3);
    CHECK(block == AuxBlock{.chain_id = 98, .hash = Uint256::from_hex(hash), .target = Uint256(0xffff), .daemon = 3});
    answer["target"] = "p2pool";
    CHECK_FALSE(p2pool::work::read_aux_block(answer, 3).target.has_value());
    answer.erase("target");
    answer["_target"] = std::string(62, '0') + "01";
    CHECK(p2pool::work::read_aux_block(answer, 3).target == Uint256({0, 0, 0, 1ULL << 56U}));
    const std::vector<std::pair<const char*, nlohmann::json>> wrong = {
        {"chainid", -1}, {"chainid", 1e300}, {"chainid", "98"}, {"chainid", 1ULL << 32U},
        {"hash", "aa"},  {"hash", 5},        {"_target", "ff"}, {"_target", 7}};
    for (const auto& each : wrong) {
        nlohmann::json broken = answer;
        broken[each.first] = each.second;
        const std::string text = broken.dump();
        CAPTURE(text);
        CHECK_THROWS_AS(static_cast<void>(p2pool::work::read_aux_block(broken, 3)), dash::DecodeError);
    }
    CHECK_THROWS_AS(static_cast<void>(p2pool::work::read_aux_block(nullptr, 3)), dash::DecodeError);
    CHECK_THROWS_AS(static_cast<void>(p2pool::work::read_aux_block({1, 2}, 3)), dash::DecodeError);
}

TEST_CASE("coinbases commit to other chains' blocks as the python node's do") {
    const auto commitment = [](const std::vector<std::uint32_t>& ids) {
        return dash::to_hex(tree_of(ids).commitment());
    };
    CHECK(commitment({1}) ==
          "fabe6d6d01010101010101010101010101010101010101010101010101010101010101010100000000000000");
    CHECK(commitment({1, 7, 20, 98}) ==
          "fabe6d6d2dcfc082b199547bf6d44116f079576deb76c2daa699e2b15381cac25221712e0400000000000000");
    CHECK(commitment({1, 2, 5}) ==
          "fabe6d6d368f090a74a334a90368be5cf9ba56972c0c0700eac60be28598bde96170abf40800000000000000");
    CHECK(commitment({3, 1000, 77777}) ==
          "fabe6d6d6f776683f33b63b57aaa8aac9dd1f720dda610711321078c6743e021a205e8980400000000000000");
}

TEST_CASE("a proof is made as the python node makes it") {
    dash::BlockHeader header;
    header.version = 0x20000000;
    header.previous_block = Uint256(5);
    header.merkle_root = Uint256(6);
    header.timestamp = 7;
    header.bits = 0x207fffff;
    header.nonce = 8;
    const dash::Bytes coinbase = dash::from_hex(
        "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff03616263ffffffff"
        "010500000000000000015100000000");
    const std::array branch{Uint256(9), Uint256(10)};
    const AuxTree tree = tree_of({1, 2, 5});
    const Uint256 hash = dash::x11::hash_number(header.serialize());
    CHECK(dash::to_hex(encode_aux_proof(tree, 2, header, hash, coinbase, branch)) == kProof);
}

TEST_CASE("each block's branch leads to the root, whatever the chains' numbers") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 200; ++round) {
        std::set<std::uint32_t> ids;
        const std::size_t count = 1 + random.below(6);
        while (ids.size() < count)
            ids.insert(static_cast<std::uint32_t>(random.below(2) != 0 ? random.u64() : random.below(50)));
        const AuxTree tree = tree_of({ids.begin(), ids.end()});
        const dash::Bytes commitment = tree.commitment();
        std::array<std::uint8_t, Uint256::kBytes> root{};
        std::reverse_copy(commitment.begin() + 4, commitment.begin() + 36, root.begin());
        for (std::size_t i = 0; i < tree.blocks().size(); ++i)
            CHECK(dash::root_from_branch(tree.blocks()[i].hash, tree.branch(i), tree.place(i)) ==
                  Uint256::from_bytes(root));
    }
}

TEST_CASE("two chains of one number cannot be mined together") {
    CHECK_THROWS_AS((void)tree_of({4, 4}), std::invalid_argument);
    CHECK_THROWS_AS((void)tree_of({}), std::invalid_argument);
}

TEST_CASE("work is as easy as the easiest block that it can make") {
    const Uint256 share(1000);
    AuxBlock hard = block_of(1);
    hard.target = Uint256(10);
    AuxBlock easy = block_of(2);
    easy.target = Uint256(5000);
    CHECK(AuxTree({hard}).easiest_target(share) == share);
    CHECK(AuxTree({hard, easy}).easiest_target(share) == Uint256(5000));
    CHECK(AuxTree({block_of(3)}).easiest_target(share) == share);
}
