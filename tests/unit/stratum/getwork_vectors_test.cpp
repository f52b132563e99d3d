#include <doctest/doctest.h>

#include "p2pool/stratum/getwork_data.h"
#include "tests/support/vectors.h"

namespace {

using nlohmann::json;

dash::BlockHeader header_of(const json& fields, std::uint32_t nonce) {
    dash::BlockHeader header;
    header.version = static_cast<std::uint32_t>(tests::uint64_value(fields["version"]));
    header.previous_block = tests::uint256_value(fields["previous_block"]);
    header.merkle_root = tests::uint256_value(fields["merkle_root"]);
    header.timestamp = static_cast<std::uint32_t>(tests::uint64_value(fields["timestamp"]));
    header.bits = static_cast<std::uint32_t>(tests::uint64_value(fields["bits"]["bits"]));
    header.nonce = nonce;
    return header;
}

}  // namespace

TEST_CASE("getwork data is laid out as the reference lays it out") {
    const json vectors = tests::load_vectors("getwork_http.json");
    for (const json& test : vectors["cases"]) {
        const dash::BlockHeader header = header_of(test["args"], 0);
        const json result = p2pool::stratum::getwork_result(header, tests::uint256_value(test["args"]["share_target"]));
        for (const char* field : {"data", "hash1", "midstate", "target"}) {
            CAPTURE(field);
            CHECK(result[field] == test["getwork"][field]);
        }
        const json& decoded = test["decoded"];
        CHECK(p2pool::stratum::decode_getwork_data(test["getwork"]["data"].get<std::string>()) ==
              header_of(decoded, static_cast<std::uint32_t>(tests::uint64_value(decoded["nonce"]))));
    }
}
