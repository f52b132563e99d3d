#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dash/x11/functions.h"
#include "dash/x11/x11.h"
#include "tests/support/random.h"

using dash::Bytes;
using dash::ByteSpan;
namespace x11 = dash::x11;

TEST_CASE("Every implementation has a set of functions, portable code first") {
    const auto& implementations = x11::implementations();
    const auto& sets = x11::function_sets();
    REQUIRE(implementations.size() == sets.size());
    for (std::size_t i = 0; i < sets.size(); ++i)
        CHECK(implementations[i].name == sets[i].name);
    CHECK(implementations.front().name == "portable");
}

TEST_CASE("What this processor cannot run is told, as no test here sees it") {
    constexpr std::string_view kLevels[] = {"portable", "sse4.1+aes", "avx2+aes", "avx512+gfni+vaes"};
    const auto& sets = x11::function_sets();
    REQUIRE(sets.size() <= std::size(kLevels));
    for (std::size_t i = 0; i < std::size(kLevels); ++i) {
        if (i >= sets.size()) {
            MESSAGE("not tested on this processor: ", std::string(kLevels[i]));
        } else {
            CHECK(sets[i].name == kLevels[i]);
        }
    }
    for (const x11::LaneSet& lanes : x11::lane_sets()) {
        CHECK(std::any_of(sets.begin(), sets.end(), [&](const auto& set) { return set.name == lanes.name; }));
    }
}

TEST_CASE("The implementations of a function agree") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const x11::FunctionSet& portable = x11::function_sets().front();
    std::vector<std::size_t> lengths;
    for (std::size_t length = 0; length <= 300; ++length)
        lengths.push_back(length);
    for (int i = 0; i < 20; ++i)
        lengths.push_back(random.below(5000));

    for (const std::size_t length : lengths) {
        CAPTURE(length);
        const Bytes input = random.bytes(length);
        for (std::size_t i = 0; i < portable.members.size(); ++i) {
            const x11::Digest512 expected = portable.members[i].function(input);
            for (const x11::FunctionSet& set : x11::function_sets()) {
                CAPTURE(std::string(set.name));
                CAPTURE(std::string(set.members[i].name));
                CHECK(set.members[i].function(input) == expected);
            }
        }
    }
}

TEST_CASE("The implementations of the chain agree") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t length = 0; length <= 300; ++length) {
        CAPTURE(length);
        const Bytes input = random.bytes(length);
        const x11::Digest expected = x11::implementations().front().hash(input);
        for (const x11::Implementation& implementation : x11::implementations()) {
            CAPTURE(std::string(implementation.name));
            CHECK(implementation.hash(input) == expected);
        }
        CHECK(x11::hash(input) == expected);
    }
}

TEST_CASE("Input may begin at any address") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const Bytes header = random.bytes(80);
    const x11::Digest expected = x11::hash(header);
    for (std::size_t offset = 0; offset < 64; ++offset) {
        CAPTURE(offset);
        Bytes shifted(offset);
        dash::append(shifted, header);
        for (const x11::Implementation& implementation : x11::implementations()) {
            CHECK(implementation.hash(ByteSpan(shifted).subspan(offset)) == expected);
        }
    }
}

TEST_CASE("Every bit of a header counts") {
    tests::Random random;
    INFO(random.how_to_repeat());
    Bytes header = random.bytes(80);
    const x11::Digest before = x11::hash(header);
    for (std::size_t bit = 0; bit < 8 * header.size(); ++bit) {
        const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
        header[bit / 8] ^= mask;
        CHECK(x11::hash(header) != before);
        header[bit / 8] ^= mask;
    }
    CHECK(x11::hash(header) == before);
}

TEST_CASE("As a number, a hash has its first byte as the least significant") {
    const Bytes input = {1, 2, 3};
    const x11::Digest digest = x11::hash(input);
    const Bytes reversed(digest.rbegin(), digest.rend());
    CHECK(x11::hash_number(input).to_hex() == dash::to_hex(reversed));
}

namespace {

x11::HeaderBytes random_header(tests::Random& random) {
    x11::HeaderBytes header;
    const Bytes bytes = random.bytes(header.size());
    std::copy(bytes.begin(), bytes.end(), header.begin());
    return header;
}

std::vector<x11::HeaderBytes> random_headers(tests::Random& random, std::size_t count) {
    std::vector<x11::HeaderBytes> headers(count);
    for (x11::HeaderBytes& header : headers)
        header = random_header(random);
    return headers;
}

constexpr int kBatches = 50;

}  // namespace

TEST_CASE("Side by side, each function gives every message its own digest") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const x11::FunctionSet& portable = x11::function_sets().front();
    for (const x11::LaneSet& set : x11::lane_sets()) {
        CAPTURE(std::string(set.name));
        std::vector<x11::Digest512> expected(set.batch);
        std::vector<x11::Digest512> digests(set.batch);
        for (int batch = 0; batch < kBatches; ++batch) {
            const std::vector<x11::HeaderBytes> headers = random_headers(random, set.batch);
            set.blake512(headers.data(), digests.data());
            for (std::size_t i = 0; i < set.batch; ++i)
                expected[i] = portable.members[0].function(headers[i]);
            CHECK(digests == expected);
            for (std::size_t member = 0; member < set.others.size(); ++member) {
                REQUIRE(set.others[member].name == portable.members[1 + member].name);
                CAPTURE(std::string(set.others[member].name));
                digests = expected;
                set.others[member].function(digests.data());
                for (x11::Digest512& digest : expected)
                    digest = portable.members[1 + member].function(digest);
                CHECK(digests == expected);
            }
        }
    }
}

TEST_CASE("Side by side, the chain gives every header its own hash") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (const x11::ManyLanes& lanes : x11::many_lanes()) {
        CAPTURE(std::string(lanes.name));
        std::vector<x11::Digest> digests(lanes.batch);
        for (int batch = 0; batch < kBatches; ++batch) {
            const std::vector<x11::HeaderBytes> headers = random_headers(random, lanes.batch);
            lanes.hash(headers.data(), digests.data());
            for (std::size_t i = 0; i < lanes.batch; ++i) {
                for (const x11::Implementation& implementation : x11::implementations()) {
                    CAPTURE(std::string(implementation.name));
                    CHECK(implementation.hash(headers[i]) == digests[i]);
                }
            }
        }
    }
}

TEST_CASE("Any number of headers is hashed, and nothing beside them is written") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t count = 0; count <= 70; ++count) {
        CAPTURE(count);
        const std::vector<x11::HeaderBytes> headers = random_headers(random, count);
        constexpr x11::Digest kUntouched = {1, 2, 3};
        std::vector<x11::Digest> digests(count + 2, kUntouched);
        x11::hash_many(headers, std::span(digests).subspan(1, count));
        CHECK(digests.front() == kUntouched);
        CHECK(digests.back() == kUntouched);
        for (std::size_t i = 0; i < count; ++i)
            CHECK(digests[1 + i] == x11::implementations().front().hash(headers[i]));
    }
    std::vector<x11::Digest> one(1);
    CHECK_THROWS_AS(x11::hash_many({}, one), std::invalid_argument);
}
