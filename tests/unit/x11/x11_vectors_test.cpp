#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "dash/x11/x11.h"
#include "tests/support/vectors.h"

using dash::Bytes;
using dash::ByteSpan;
using nlohmann::json;
namespace fs = std::filesystem;
namespace x11 = dash::x11;

namespace {

constexpr std::size_t kHeaderBytes = 80;

void check_block_hash(const std::string& raw_hex, const dash::Uint256& expected) {
    const Bytes raw = dash::from_hex(raw_hex);
    REQUIRE(raw.size() > kHeaderBytes);
    const ByteSpan header = ByteSpan(raw).first(kHeaderBytes);
    CHECK(x11::hash_number(header) == expected);
    for (const x11::Implementation& implementation : x11::implementations()) {
        CAPTURE(std::string(implementation.name));
        CHECK(dash::Uint256::from_bytes(implementation.hash(header)) == expected);
    }
}

}  // namespace

TEST_CASE("X11 of the reference implementation") {
    const json file = tests::load_vectors("x11.json");
    REQUIRE_FALSE(file.at("vectors").empty());
    for (const json& vector : file.at("vectors")) {
        const std::string name = vector.value("name", "");
        CAPTURE(name);
        const Bytes data = tests::bytes_value(vector.at("data"));
        for (const x11::Implementation& implementation : x11::implementations()) {
            CAPTURE(std::string(implementation.name));
            CHECK(dash::to_hex(implementation.hash(data)) == vector.at("hash"));
        }
    }
}

TEST_CASE("Hashes of blocks of the main network") {
    const json file = tests::load_recording("mainnet/blocks.json");
    REQUIRE_FALSE(file.at("blocks").empty());
    for (const json& block : file.at("blocks")) {
        CAPTURE(block.at("height").get<int>());
        check_block_hash(block.at("raw"), tests::hash_value(block.at("hash")));
    }
}

TEST_CASE("Hashes of recorded blocks") {
    constexpr std::string_view kEnding = "_raw.hex";
    std::size_t checked = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(tests::recording_dir() / "blocks")) {
        const std::string name = entry.path().filename().string();
        if (name.size() < kEnding.size() || !name.ends_with(kEnding)) continue;
        CAPTURE(name);
        const std::string decoded = name.substr(0, name.size() - kEnding.size()) + "_v2.json";
        const json block = tests::load_recording("blocks/" + decoded);
        check_block_hash(tests::read_text(entry.path()), tests::hash_value(block.at("hash")));
        ++checked;
    }
    CHECK(checked > 0);
}
