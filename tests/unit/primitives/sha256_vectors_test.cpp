#include <doctest/doctest.h>

#include <algorithm>

#include "dash/primitives/sha256.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::Bytes;
using dash::ByteSpan;
using dash::Sha256;
using dash::Uint256;
using nlohmann::json;
using tests::bytes_value;

namespace {

/// Double SHA-256 continued from the state of a hash link, of which `ending` is the part that every link shares.
Uint256 continued(const json& link, const Bytes& ending, const Bytes& suffix) {
    const auto length = tests::uint64_value(link.at("length"));
    Bytes known = bytes_value(link.at("extra_data"));
    dash::append(known, ending);
    const ByteSpan pending = ByteSpan(known).last(std::min<std::size_t>(length % Sha256::kBlockBytes, known.size()));
    Sha256 hasher(dash::state_from_bytes(bytes_value(link.at("state"))), pending, length);
    hasher.update(suffix);
    return Uint256::from_bytes(dash::sha256(hasher.finish()));
}

Uint256 whole(const json& entry) {
    Bytes data = bytes_value(entry.at("prefix"));
    dash::append(data, bytes_value(entry.at("suffix")));
    return dash::sha256d(data);
}

}  // namespace

TEST_CASE("states after prefixes of many lengths, and hashes continued from them") {
    const json& file = tests::load_vectors("hash_link.json");
    for (const json& entry : file.at("plain")) {
        CAPTURE(entry.at("prefix").dump());
        const Bytes prefix = bytes_value(entry.at("prefix"));
        Sha256 hasher;
        hasher.update(prefix);
        CHECK(dash::to_hex(dash::state_to_bytes(hasher.state())) == entry.at("state"));
        CHECK(dash::to_hex(hasher.pending()) == entry.at("buf"));
        CHECK(hasher.length() * 8 == tests::uint64_value(entry.at("length_bits")));
        CHECK(dash::to_hex(dash::sha256(prefix)) == entry.at("sha256"));
        CHECK(continued(entry.at("hash_link"), {}, bytes_value(entry.at("suffix"))) ==
              tests::hash_value(entry.at("check")));
        CHECK(whole(entry) == tests::hash_value(entry.at("check")));
    }
}

TEST_CASE("hash links that leave out the end of the prefix") {
    const json& file = tests::load_vectors("hash_link.json");
    const Bytes ending = bytes_value(file.at("gentx_before_refhash"));
    for (const json& entry : file.at("const_ending")) {
        CAPTURE(entry.dump());
        CHECK(continued(entry.at("hash_link"), ending, bytes_value(entry.at("suffix"))) ==
              tests::hash_value(entry.at("check")));
        CHECK(whole(entry) == tests::hash_value(entry.at("check")));
    }
}

TEST_CASE("hash links that lie give another hash, not an error") {
    const json& file = tests::load_vectors("hash_link.json");
    const Bytes ending = bytes_value(file.at("gentx_before_refhash"));
    for (const json& entry : file.at("bad")) {
        // How much extra data a link must carry is a rule of the share chain, tested there.
        if (entry.at("result").contains("exc")) continue;
        CAPTURE(entry.dump());
        CHECK(continued(entry.at("hash_link"), ending, bytes_value(entry.at("suffix"))) ==
              tests::hash_value(entry.at("result").at("ok")));
    }
}
