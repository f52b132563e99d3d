#include <doctest/doctest.h>

#include <string>

#include "dash/primitives/address.h"
#include "dash/primitives/base58.h"
#include "dash/primitives/script.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::Address;
using dash::Bytes;
using nlohmann::json;
using tests::bytes_value;

namespace {

const json& vectors() {
    return tests::load_vectors("address.json");
}

const dash::ChainParams& chain_of(const json& entry) {
    const auto name = entry.at("net").get<std::string>();
    for (const dash::ChainParams* chain : {&dash::dash_mainnet(), &dash::dash_testnet(), &dash::dash_regtest()}) {
        if (chain->name == name) return *chain;
    }
    FAIL("unknown network ", name);
    return dash::dash_mainnet();
}

Bytes script_of(const std::string& address, const dash::ChainParams& chain) {
    return dash::address_script(dash::parse_address(address, chain));
}

/// A push and OP_CHECKSIG, which the reference shows as the address of the pushed key's hash; here it is no address.
bool pays_to_bare_pubkey(const Bytes& script) {
    return script.size() >= 2 && script.front() + std::size_t{2} == script.size() && script.back() == 0xac;
}

}  // namespace

TEST_CASE("addresses of both kinds on every network") {
    for (const json& entry : vectors().at("valid")) {
        CAPTURE(entry.dump());
        const dash::ChainParams& chain = chain_of(entry);
        const Bytes hash_bytes = bytes_value(entry.at("pubkey_hash"));
        dash::Hash160 hash{};
        REQUIRE(hash_bytes.size() == hash.size());
        std::copy(hash_bytes.begin(), hash_bytes.end(), hash.begin());

        const Address pubkey_address{Address::Kind::kPubkeyHash, hash};
        const Address script_address{Address::Kind::kScriptHash, hash};
        CHECK(dash::format_address(pubkey_address, chain) == entry.at("address"));
        CHECK(dash::format_address(script_address, chain) == entry.at("script_address"));
        CHECK(dash::parse_address(entry.at("address").get<std::string>(), chain) == pubkey_address);
        CHECK(dash::parse_address(entry.at("script_address").get<std::string>(), chain) == script_address);
        CHECK(dash::p2pkh_script(hash) == bytes_value(entry.at("pubkey_hash_to_script2")));
        CHECK(dash::p2sh_script(hash) == bytes_value(entry.at("pubkey_hash_script_to_script2")));
        CHECK(script_of(entry.at("address"), chain) == bytes_value(entry.at("address_to_script2")));
        CHECK(script_of(entry.at("script_address"), chain) == bytes_value(entry.at("script_address_to_script2")));
        CHECK(dash::script_address(dash::p2pkh_script(hash)) == pubkey_address);
        CHECK(dash::script_address(dash::p2sh_script(hash)) == script_address);
    }
}

TEST_CASE("candidates are addresses exactly where the reference says so") {
    for (const json& entry : vectors().at("candidates")) {
        CAPTURE(entry.dump());
        const std::string text = dash::as_text(bytes_value(entry.at("address")));
        const dash::ChainParams& chain = chain_of(entry);
        const json& script = entry.at("address_to_script2");
        if (script.contains("ok")) {
            CHECK(script_of(text, chain) == bytes_value(script.at("ok")));
            CHECK(dash::to_hex(dash::parse_address(text, chain).hash) == entry.at("address_to_pubkey_hash").at("ok"));
            CHECK(dash::looks_like_address(text));
        } else {
            CHECK_THROWS_AS((void)dash::parse_address(text, chain), dash::DecodeError);
        }
    }
}

TEST_CASE("scripts pay to the addresses the reference shows") {
    for (const json& entry : vectors().at("scripts")) {
        CAPTURE(entry.dump());
        const Bytes script = bytes_value(entry.at("script"));
        const json& expected = entry.at("script2_to_address").at("ok");
        const auto address = dash::script_address(script);
        if (expected.is_null() || pays_to_bare_pubkey(script)) {
            CHECK_FALSE(address.has_value());
        } else {
            REQUIRE(address.has_value());
            CHECK(dash::format_address(*address, chain_of(entry)) == expected);
        }
    }
}

TEST_CASE("base58 and the hash of public keys") {
    for (const json& entry : vectors().at("base58")) {
        CAPTURE(entry.dump());
        const Bytes data = bytes_value(entry.at("data"));
        CHECK(dash::base58_encode(data) == entry.at("b58"));
        CHECK(dash::base58_decode(entry.at("b58").get<std::string>()) == data);
    }
    for (const json& entry : vectors().at("hash160")) {
        CAPTURE(entry.dump());
        CHECK(dash::to_hex(dash::hash160(bytes_value(entry.at("data")))) == entry.at("hash160"));
    }
}
