#include <doctest/doctest.h>

#include <vector>

#include "dash/primitives/merkle.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::Bytes;
using dash::Uint256;

namespace {

/// Straight from the definition: the root of a list is the hash of the roots' pair one level up.
Uint256 naive_root(std::vector<Uint256> hashes) {
    if (hashes.size() == 1) return hashes[0];
    if (hashes.size() % 2 != 0) hashes.push_back(hashes.back());
    std::vector<Uint256> parents;
    for (std::size_t i = 0; i < hashes.size(); i += 2) {
        Bytes pair;
        dash::append(pair, hashes[i].to_bytes());
        dash::append(pair, hashes[i + 1].to_bytes());
        parents.push_back(dash::sha256d(pair));
    }
    return naive_root(parents);
}

std::vector<Uint256> random_hashes(tests::Random& random, std::size_t count) {
    std::vector<Uint256> hashes;
    for (std::size_t i = 0; i < count; ++i)
        hashes.push_back(random.uint256());
    return hashes;
}

}  // namespace

TEST_CASE("root of no and of one hash") {
    CHECK(dash::merkle_root({}) == Uint256());
    const std::vector<Uint256> one{Uint256(5)};
    CHECK(dash::merkle_root(one) == Uint256(5));
    CHECK(dash::first_leaf_branch({}).empty());
    CHECK(dash::root_from_branch(Uint256(5), {}) == Uint256(5));
}

TEST_CASE("root and first branch agree with the definition for every count") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t count = 1; count <= 70; ++count) {
        CAPTURE(count);
        const auto hashes = random_hashes(random, count);
        const Uint256 root = naive_root(hashes);
        CHECK(dash::merkle_root(hashes) == root);
        const auto branch = dash::first_leaf_branch(std::span(hashes).subspan(1));
        CHECK(dash::root_from_branch(hashes[0], branch) == root);
        CHECK((std::size_t{1} << branch.size()) >= count);
    }
}

TEST_CASE("the index says on which side a sibling stands") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const auto h = random_hashes(random, 4);
    const auto pair = [](const Uint256& left, const Uint256& right) { return naive_root({left, right}); };
    const Uint256 root = naive_root(h);
    CHECK(dash::root_from_branch(h[0], std::vector{h[1], pair(h[2], h[3])}, 0) == root);
    CHECK(dash::root_from_branch(h[1], std::vector{h[0], pair(h[2], h[3])}, 1) == root);
    CHECK(dash::root_from_branch(h[2], std::vector{h[3], pair(h[0], h[1])}, 2) == root);
    CHECK(dash::root_from_branch(h[3], std::vector{h[2], pair(h[0], h[1])}, 3) == root);
}

TEST_CASE("an index that the branch cannot hold is refused") {
    const std::vector<Uint256> branch(2);
    CHECK_NOTHROW((void)dash::root_from_branch(Uint256(1), branch, 3));
    CHECK_THROWS_AS((void)dash::root_from_branch(Uint256(1), branch, 4), dash::DecodeError);
    CHECK_THROWS_AS((void)dash::root_from_branch(Uint256(1), {}, 1), dash::DecodeError);
    CHECK_NOTHROW((void)dash::root_from_branch(Uint256(1), std::vector<Uint256>(70), UINT64_MAX));
}
