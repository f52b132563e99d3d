#include <doctest/doctest.h>

#include <map>

#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/random.h"

namespace {

using share_chain::LoadedShare;
using share_chain::TypedContents;

constexpr std::size_t kShares = 200;
/// A target that no hash meets.
constexpr std::uint32_t kHardBits = 0x03000001;

LoadedShare load_alone(const TypedContents& typed, const share_chain::Network& network) {
    try {
        return {.share = share_chain::load_share(typed, network), .problem = {}, .misbehaving = false};
    } catch (const dash::PeerMisbehaving& error) {
        return {.share = nullptr, .problem = error.what(), .misbehaving = true};
    } catch (const dash::DecodeError& error) {
        return {.share = nullptr, .problem = error.what(), .misbehaving = false};
    }
}

/// One in two is as it was.
TypedContents damaged(const share_chain::Share& share, tests::Random& random) {
    TypedContents typed{.type = share_chain::kShareType, .contents = share.packed};
    share_chain::ShareContents contents = share.contents;
    switch (random.below(10)) {
        case 0:
            typed.contents.resize(random.below(typed.contents.size()));
            break;
        case 1:
            typed.type = 1;
            break;
        case 2:
            typed.type = share_chain::kShareType + 1;
            break;
        case 3:
            contents.share_info.bits = kHardBits;
            typed.contents = encode_contents(contents);
            break;
        case 4:
            typed.contents = random.bytes(random.below(500));
            break;
        default:
            break;
    }
    return typed;
}

void check_same(const LoadedShare& loaded, const LoadedShare& expected) {
    CHECK(loaded.problem == expected.problem);
    CHECK(loaded.misbehaving == expected.misbehaving);
    REQUIRE((loaded.share == nullptr) == (expected.share == nullptr));
    if (loaded.share == nullptr) return;
    CHECK(loaded.share->hash == expected.share->hash);
    CHECK(loaded.share->header == expected.share->header);
    CHECK(loaded.share->gentx_hash == expected.share->gentx_hash);
    CHECK(loaded.share->target == expected.share->target);
    CHECK(loaded.share->packed == expected.share->packed);
    CHECK(loaded.share->contents == expected.share->contents);
}

}  // namespace

TEST_CASE("many shares at once are judged as each alone") {
    tests::Random random;
    INFO(random.how_to_repeat());
    std::mt19937_64 engine(random.u64());
    const share_chain::Network network = tests::easy_network(100);
    const auto shares = tests::mine_chain(network, kShares, 1700000000, engine);
    std::map<std::string, int> outcomes;
    for (std::size_t count = 0; count <= kShares; count = count < 40 ? count + 1 : count + 80) {
        CAPTURE(count);
        std::vector<TypedContents> batch;
        for (std::size_t i = 0; i < count; ++i)
            batch.push_back(damaged(*shares[i], random));
        const std::vector<LoadedShare> loaded = load_shares(batch, network);
        REQUIRE(loaded.size() == count);
        for (std::size_t i = 0; i < count; ++i) {
            CAPTURE(i);
            const LoadedShare expected = load_alone(batch[i], network);
            check_same(loaded[i], expected);
            ++outcomes[expected.problem];
        }
    }
    CHECK(outcomes[""] > 0);
    CHECK(outcomes["share PoW invalid"] > 0);
    CHECK(outcomes["sent an obsolete share"] > 0);
    CHECK(outcomes.size() > 4);
}
