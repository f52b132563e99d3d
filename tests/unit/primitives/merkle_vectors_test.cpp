#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dash/primitives/merkle.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::Uint256;
using nlohmann::json;

namespace {

std::vector<Uint256> hashes_value(const json& values) {
    std::vector<Uint256> hashes;
    for (const json& value : values)
        hashes.push_back(tests::hash_value(value));
    return hashes;
}

/// Long lists are given by the rule that made them: hash i of n is SHA-256 of the text "n-i", read in display order.
std::vector<Uint256> leaves_of(const json& entry) {
    if (entry.at("hashes").is_array()) return hashes_value(entry.at("hashes"));
    const auto count = entry.at("n").get<std::size_t>();
    std::vector<Uint256> hashes;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = std::to_string(count) + "-" + std::to_string(i);
        hashes.push_back(Uint256::from_hex(dash::to_hex(dash::sha256(dash::as_bytes(text)))));
    }
    return hashes;
}

}  // namespace

TEST_CASE("merkle roots and branches") {
    const json& file = tests::load_vectors("merkle.json");
    CHECK(dash::merkle_root({}) == tests::hash_value(file.at("empty")));
    for (const json& entry : file.at("merkle")) {
        CAPTURE(entry.at("n").dump());
        const std::vector<Uint256> leaves = leaves_of(entry);
        const Uint256 root = tests::hash_value(entry.at("root"));
        CHECK(dash::merkle_root(leaves) == root);
        for (const json& link : entry.at("links")) {
            if (link.contains("exc")) continue;  // links of other leaves than the first that the reference cannot make
            CAPTURE(link.dump());
            const auto branch = hashes_value(link.at("branch"));
            const auto index = link.at("index").get<std::uint64_t>();
            CHECK(dash::root_from_branch(leaves.at(index), branch, index) == root);
            if (index == 0) CHECK(dash::first_leaf_branch(std::span(leaves).subspan(1)) == branch);
        }
    }
}

TEST_CASE("roots from branches, also with an index that does not fit") {
    const json& file = tests::load_vectors("merkle.json");
    for (const json& entry : file.at("check")) {
        CAPTURE(entry.dump());
        const Uint256 tip = tests::hash_value(entry.at("tip"));
        const auto branch = hashes_value(entry.at("link").at("branch"));
        const auto index = entry.at("link").at("index").get<std::uint64_t>();
        if (entry.at("result").contains("ok")) {
            CHECK(dash::root_from_branch(tip, branch, index) == tests::hash_value(entry.at("result").at("ok")));
        } else {
            CHECK_THROWS_AS((void)dash::root_from_branch(tip, branch, index), dash::DecodeError);
        }
    }
}
