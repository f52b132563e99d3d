#include "share_chain/forest.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "tests/support/random.h"

namespace {

using dash::Uint256;
using dash::Wide;
using share_chain::Forest;

/// What a forest means, by definition and without any thought of speed.
class SlowForest {
  public:
    struct Item {
        Uint256 previous;
        Wide work;
        Wide min_work;
    };

    bool add(const Uint256& hash, const Item& item) { return items.emplace(hash, item).second; }

    bool remove(const Uint256& hash) {
        const auto found = items.find(hash);
        if (found == items.end()) return false;
        if (items.count(found->second.previous) != 0 && !children(hash).empty()) return false;
        items.erase(found);
        return true;
    }

    Forest::Line line(Uint256 hash) const {
        Forest::Line line;
        for (auto at = items.find(hash); at != items.end(); at = items.find(hash)) {
            ++line.height;
            line.work += at->second.work;
            line.min_work += at->second.min_work;
            hash = at->second.previous;
        }
        line.tail = hash;
        return line;
    }

    std::vector<Uint256> line_of(Uint256 hash) const {
        std::vector<Uint256> hashes{hash};
        for (auto at = items.find(hash); at != items.end(); at = items.find(hash)) {
            hash = at->second.previous;
            hashes.push_back(hash);
        }
        return hashes;
    }

    std::vector<Uint256> children(const Uint256& hash) const {
        std::vector<Uint256> found;
        for (const auto& [child, item] : items) {
            if (item.previous == hash) found.push_back(child);
        }
        return found;
    }

    std::set<Uint256> heads() const {
        std::set<Uint256> found;
        for (const auto& [hash, item] : items)
            found.insert(hash);
        for (const auto& [hash, item] : items)
            found.erase(item.previous);
        return found;
    }

    std::set<Uint256> tails() const {
        std::set<Uint256> found;
        for (const auto& [hash, item] : items)
            found.insert(item.previous);
        for (const auto& [hash, item] : items)
            found.erase(hash);
        return found;
    }

    std::map<Uint256, Item> items;
};

void check_share(const Forest& forest, const SlowForest& slow, const Uint256& hash) {
    const Forest::Line line = forest.line(hash);
    const Forest::Line expected = slow.line(hash);
    CHECK(line.height == expected.height);
    CHECK(line.tail == expected.tail);
    CHECK(line.work == expected.work);
    CHECK(line.min_work == expected.min_work);
    CHECK(forest.contains(hash) == (slow.items.count(hash) != 0));
    CHECK(forest.children(hash) == slow.children(hash));
}

void check_ancestors(const Forest& forest, const SlowForest& slow, const Uint256& hash, std::uint64_t n) {
    const std::vector<Uint256> line = slow.line_of(hash);
    if (n < line.size()) {
        CHECK(forest.ancestor(hash, n) == line[n]);
        CHECK(forest.is_ancestor(line[n], hash));
    } else {
        CHECK_THROWS_AS((void)forest.ancestor(hash, n), std::out_of_range);
    }
}

void check_all(const Forest& forest, const SlowForest& slow) {
    CHECK(forest.size() == slow.items.size());
    CHECK(forest.heads() == slow.heads());
    CHECK(forest.tails() == slow.tails());
    for (const auto& [hash, item] : slow.items)
        check_share(forest, slow, hash);
    for (const Uint256& tail : slow.tails())
        check_share(forest, slow, tail);
}

/// A family tree of `count` shares that grows like real ones (mostly on a recent share) or like an attacker's.
std::vector<std::pair<Uint256, SlowForest::Item>> family(tests::Random& random, std::size_t count) {
    const std::uint64_t recent = 1 + random.below(6);
    std::vector<std::pair<Uint256, SlowForest::Item>> shares;
    std::vector<Uint256> roots{Uint256(), random.uint256()};
    for (std::size_t i = 0; i < count; ++i) {
        Uint256 parent = roots[random.below(roots.size())];
        if (i > 0 && random.below(40) != 0)
            parent = shares[i - 1 - random.below(std::min<std::uint64_t>(i, recent))].first;
        const Wide work = dash::to_wide(random.uint256_of_any_size());
        shares.push_back({random.uint256(), {parent, work, work / 3}});
    }
    return shares;
}

TEST_CASE("an empty forest knows nothing") {
    Forest forest;
    const Uint256 hash(7);
    CHECK(forest.size() == 0);
    CHECK_FALSE(forest.contains(hash));
    CHECK(forest.line(hash).height == 0);
    CHECK(forest.line(hash).tail == hash);
    CHECK(forest.ancestor(hash, 0) == hash);
    CHECK_THROWS_AS((void)forest.ancestor(hash, 1), std::out_of_range);
    CHECK(forest.is_ancestor(hash, hash));
    CHECK_FALSE(forest.remove(hash));
    CHECK(forest.heads().empty());
    CHECK(forest.tails().empty());
}

TEST_CASE("a share in the middle of its line stays, both ends may go") {
    Forest forest;
    for (std::uint64_t i = 1; i <= 3; ++i)
        CHECK(forest.add(Uint256(i), Uint256(i - 1), {i, 1}));
    CHECK_FALSE(forest.add(Uint256(2), Uint256(9), {1, 1}));
    CHECK_FALSE(forest.remove(Uint256(2)));
    CHECK(forest.line(Uint256(3)).work == 6);
    CHECK(forest.remove(Uint256(1)));
    CHECK(forest.tails() == std::set<Uint256>{Uint256(1)});
    CHECK(forest.line(Uint256(3)).work == 5);
    CHECK(forest.remove(Uint256(3)));
    CHECK(forest.heads() == std::set<Uint256>{Uint256(2)});
    CHECK(forest.add(Uint256(1), Uint256(0), {1, 1}));
    CHECK(forest.line(Uint256(2)).height == 2);
}

TEST_CASE("shares that come and go in any order leave what the definition says") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 30; ++round) {
        const auto shares = family(random, 120);
        Forest forest;
        SlowForest slow;
        for (int step = 0; step < 600; ++step) {
            const auto& [hash, item] = shares[random.below(shares.size())];
            const bool grows = random.below(100) < (step < 300 ? 80U : 30U);
            if (grows) {
                CHECK(forest.add(hash, item.previous, {item.work, item.min_work}) == slow.add(hash, item));
            } else {
                CHECK(forest.remove(hash) == slow.remove(hash));
            }
            const Uint256& asked = shares[random.below(shares.size())].first;
            check_share(forest, slow, asked);
            check_ancestors(forest, slow, asked, random.below(40));
            if (step % 50 == 0) check_all(forest, slow);
        }
        check_all(forest, slow);
    }
}

TEST_CASE("relation of any two shares") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const auto shares = family(random, 150);
    Forest forest;
    SlowForest slow;
    for (const auto& [hash, item] : shares) {
        forest.add(hash, item.previous, {item.work, item.min_work});
        slow.add(hash, item);
    }
    for (int i = 0; i < 3000; ++i) {
        const Uint256& a = shares[random.below(shares.size())].first;
        const Uint256& b = shares[random.below(shares.size())].first;
        const std::vector<Uint256> line = slow.line_of(b);
        CHECK(forest.is_ancestor(a, b) == (std::find(line.begin(), line.end(), a) != line.end()));
    }
}

TEST_CASE("sums of the largest possible efforts do not wrap") {
    Forest forest;
    const Wide most = Wide(1) << 256;
    for (std::uint64_t i = 1; i <= 1000; ++i)
        forest.add(Uint256(i), Uint256(i - 1), {most, most});
    CHECK(forest.line(Uint256(1000)).work == most * 1000);
    CHECK(forest.line(Uint256(1000)).min_work == most * 1000);
}

/// A line that came newest first, and one that forks at every share, must not make any operation slow: each would take
/// a square of their lengths, and this test would not end in time.
TEST_CASE("long and ragged lines stay fast") {
    constexpr std::uint64_t kLength = 50000;
    std::uint64_t wrong = 0;
    Forest backwards;
    for (std::uint64_t i = kLength; i >= 1; --i) {
        backwards.add(Uint256(i), Uint256(i - 1), {1, 1});
        wrong += backwards.line(Uint256(kLength)).height != kLength - i + 1;
    }
    Forest ragged;
    for (std::uint64_t i = 1; i <= kLength; ++i) {
        ragged.add(Uint256(i + kLength), Uint256(i - 1), {1, 1});
        ragged.add(Uint256(i), Uint256(i - 1), {1, 1});
    }
    CHECK(ragged.heads().size() == kLength + 1);
    for (std::uint64_t i = 1; i <= kLength; ++i) {
        wrong += ragged.line(Uint256(i + kLength)).height != i;
        wrong += ragged.ancestor(Uint256(kLength), kLength - i) != Uint256(i);
    }
    for (std::uint64_t i = 1; i <= kLength; ++i) {
        wrong += !ragged.remove(Uint256(i + kLength));
        wrong += !ragged.remove(Uint256(i));
    }
    CHECK(wrong == 0);
    CHECK(ragged.size() == 0);
    CHECK(ragged.tails().empty());
}

}  // namespace
