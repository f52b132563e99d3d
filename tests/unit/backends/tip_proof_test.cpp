#include "dash/backends/tip_proof.h"

#include <doctest/doctest.h>

#include "dash/primitives/target.h"
#include "dash/x11/x11.h"

namespace {

using dash::Uint256;
using dash::backends::doubt_about_tip;

constexpr std::uint32_t kHeight = 700;
constexpr std::uint32_t kBits = 0x207fffff;

/// A header with its proof of work, or, if so wanted, without.
dash::rpc::HeaderInfo header(bool with_work) {
    dash::rpc::HeaderInfo info;
    info.height = kHeight;
    info.chain_work = Uint256(1402);
    info.header.bits = kBits;
    for (;; ++info.header.nonce) {
        info.hash = dash::x11::hash_number(info.header.serialize());
        if ((info.hash <= dash::target_from_bits(kBits)) == with_work) return info;
    }
}

dash::rpc::BlockTemplate above(const dash::rpc::HeaderInfo& info) {
    dash::rpc::BlockTemplate block;
    block.previous_block = info.hash;
    block.height = kHeight + 1;
    return block;
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a tip with its header is not doubted") {
    const auto info = header(true);
    CHECK(doubt_about_tip(above(info), info).empty());
}

TEST_CASE("a tip without its proof is doubted, and it is said why") {
    auto info = header(true);
    auto block = above(info);
    SUBCASE("the daemon does not have the block") {
        CHECK(contains(doubt_about_tip(block, std::nullopt), "does not have that block"));
    }
    SUBCASE("the header is another block's") {
        block.previous_block = Uint256(77);
        CHECK(contains(doubt_about_tip(block, info), "proof of work"));
    }
    SUBCASE("nobody worked for the header") {
        info = header(false);
        CHECK(contains(doubt_about_tip(above(info), info), "proof of work"));
    }
    SUBCASE("bits that are no target") {
        info.header.bits = 0xff7fffff;
        info.hash = dash::x11::hash_number(info.header.serialize());
        CHECK(contains(doubt_about_tip(above(info), info), "proof of work"));
    }
    SUBCASE("the height does not fit") {
        block.height = kHeight + 5;
        CHECK(contains(doubt_about_tip(block, info), "height"));
    }
    SUBCASE("its chain's work is not told") {
        info.chain_work.reset();
        CHECK(contains(doubt_about_tip(block, info), "how much work"));
    }
}
