#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "dash/primitives/address.h"
#include "dash/primitives/merkle.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "share_chain/context_check.h"
#include "share_chain/hash_link.h"
#include "tests/support/vectors.h"
#include "tests/unit/share_chain/chain_file.h"

using nlohmann::json;

namespace {

const std::string kChainFiles[] = {"chain_regtest.json", "chain_mainlike.json", "chain_testnet_real.json"};

dash::Bytes typed_bytes(const share_chain::Share& share) {
    dash::Writer writer;
    share_chain::write_typed_contents(writer, share_chain::kShareType, share.packed);
    return std::move(writer).take();
}

/// What both the chain files and the real shares say of a decoded share.
void check_decoded(const share_chain::Share& share, const json& decoded) {
    const share_chain::ShareContents& contents = share.contents;
    CHECK(share.info() == tests::share_info_value(decoded.at("share_info")));
    CHECK(contents.hash_link == tests::hash_link_value(decoded.at("hash_link")));
    CHECK(contents.merkle_branch == tests::branch_value(decoded.at("merkle_link")));
    CHECK(contents.ref_merkle_branch == tests::branch_value(decoded.at("ref_merkle_link")));
    CHECK(contents.last_txout_nonce == tests::uint64_value(decoded.at("last_txout_nonce")));
    CHECK(contents.coinbase_payload == tests::optional_bytes_value(decoded.at("coinbase_payload_contents")));
}

void check_identity(const share_chain::Share& share, const json& values) {
    CHECK(dash::to_hex(share.header.serialize()) == values.at("header"));
    CHECK(share.hash == tests::hash_value(values.at("hash")));
    CHECK(share.hash == tests::hash_value(values.at("pow_hash")));
    CHECK(share.gentx_hash == tests::hash_value(values.at("gentx_hash")));
}

share_chain::GroundworkRequest groundwork_request(const json& gen) {
    share_chain::GroundworkRequest request;
    request.share_data = tests::share_data_value(gen.at("share_data"));
    request.block_attempts = (dash::Wide(1) << 256) / (tests::wide_value(gen.at("block_target")) + 1);
    for (const json& transaction : gen.at("txs"))
        request.transaction_hashes.push_back(tests::hash_value(transaction.at(0)));
    return request;
}

share_chain::GenerationRequest generation_request(const json& gen) {
    const share_chain::ShareData data = tests::share_data_value(gen.at("share_data"));
    share_chain::GenerationRequest request;
    request.pubkey_hash = data.pubkey_hash;
    request.nonce = data.nonce;
    request.donation = data.donation;
    request.stale_info = data.stale_info;
    request.desired_timestamp = gen.at("desired_timestamp");
    // Python's integers have no end; what is easier than every target is clipped all the same.
    const dash::Wide greatest = dash::to_wide(dash::Uint256::max());
    request.desired_target = dash::to_uint256(std::min(tests::wide_value(gen.at("desired_target")), greatest));
    request.ref_merkle_branch = tests::branch_value(gen.at("ref_merkle_link"));
    return request;
}

std::uint64_t nonce_value(const json& hex) {
    const dash::Bytes bytes = tests::bytes_value(hex);
    return dash::Reader(bytes).u64();
}

enum class Outcome { kOk, kRefused, kBanned };

/// How the reference ended, from "ok" or {"exc": class, …}.
Outcome expected_outcome(const json& value) {
    if (value.is_string()) return Outcome::kOk;
    return value.at("exc") == "PeerMisbehavingError" ? Outcome::kBanned : Outcome::kRefused;
}

template <typename Action>
Outcome outcome_of(Action action) {
    try {
        action();
        return Outcome::kOk;
    } catch (const dash::PeerMisbehaving&) {
        return Outcome::kBanned;
    } catch (const dash::DecodeError&) {
        return Outcome::kRefused;
    }
}

}  // namespace

TEST_CASE("shares decode to the reference's fields and pack to the same bytes") {
    for (const std::string& name : kChainFiles) {
        const tests::ChainFile file(name);
        const json& entries = file.json().at("shares");
        REQUIRE(!entries.empty());
        for (std::size_t i = 0; i < entries.size(); ++i) {
            INFO(name, " share ", i);
            const share_chain::Share& share = *file.shares()[i];
            const json& decoded = entries[i].at("decoded");
            CHECK(dash::to_hex(typed_bytes(share)) == entries[i].at("raw"));
            check_decoded(share, decoded);
            check_identity(share, decoded);
            CHECK(share.target == tests::uint256_value(decoded.at("target")));
            CHECK(share.max_target == tests::uint256_value(decoded.at("max_target")));
            CHECK(share.claims_block() == decoded.at("is_block").get<bool>());
            CHECK(dash::to_hex(share.header.merkle_root.to_bytes()) ==
                  dash::to_hex(tests::hash_value(decoded.at("merkle_root")).to_bytes()));
            CHECK(dash::to_hex(share.payout_script()) == decoded.at("new_script"));
            const std::optional<dash::Address> address = dash::script_address(share.payout_script());
            REQUIRE(address);
            CHECK(dash::format_address(*address, *file.network().parent) == decoded.at("address"));
            const dash::Uint256 reference =
                share_chain::reference_hash(file.network(), share.info(), share.contents.ref_merkle_branch);
            CHECK(dash::to_hex(reference.to_bytes()) == decoded.at("ref_hash"));
        }
    }
}

TEST_CASE("generation gives the reference's share info, coinbase and share") {
    for (const std::string& name : kChainFiles) {
        const tests::ChainFile file(name);
        const json& entries = file.json().at("shares");
        for (std::size_t i = 0; i < entries.size(); ++i) {
            INFO(name, " share ", i);
            const json& gen = entries[i].at("gen");
            const share_chain::Share& share = *file.shares()[i];
            const auto groundwork = share_chain::lay_groundwork(file.tracker(), groundwork_request(gen));
            const share_chain::Generation generation = share_chain::generate(groundwork, generation_request(gen));
            const std::uint64_t nonce = nonce_value(gen.at("coinbase_nonce"));

            CHECK(generation.info() == share.info());
            CHECK(dash::to_hex(generation.coinbase(nonce)) == gen.at("gentx"));
            CHECK(generation.coinbase_hash(nonce) == share.gentx_hash);
            CHECK(share_chain::share_contents(generation, share.header, nonce) == share.contents);
        }
    }
}

TEST_CASE("every share of the chains checks against its ancestors") {
    for (const std::string& name : kChainFiles) {
        const tests::ChainFile file(name);
        for (const share_chain::SharePtr& share : file.shares()) {
            INFO(name, " share ", share->hash.to_hex());
            CHECK_NOTHROW(share_chain::check_in_context(file.tracker(), *share));
        }
    }
}

TEST_CASE("a coinbase that the rules do not dictate is refused") {
    for (const std::string& name : kChainFiles) {
        const tests::ChainFile file(name);
        if (!file.json().contains("bad_shares")) continue;
        share_chain::Tracker tracker(file.network(), share_chain::TrackerEnvironment());
        for (const share_chain::SharePtr& share : file.shares())
            tracker.add(share, 0);
        for (const json& entry : file.json().at("bad_shares")) {
            INFO(name, " bad share ", entry.at("index").dump());
            const auto share = share_chain::load_share(
                share_chain::parse_typed_contents(tests::bytes_value(entry.at("raw"))), file.network());
            CHECK(share->hash == tests::hash_value(entry.at("hash")));
            tracker.add(share, 0);
            // The files say in words which of them the reference refuses; a child of a bad share may itself be good.
            const bool refused = entry.at("note").get<std::string>().find("fails check") != std::string::npos;
            CHECK((outcome_of([&] { share_chain::check_in_context(tracker, *share); }) == Outcome::kRefused) ==
                  refused);
        }
    }
}

TEST_CASE("invalid shares end as in the reference") {
    const json& file = tests::load_vectors("invalid_shares.json");
    const tests::ChainFile chain("chain_regtest.json");
    REQUIRE(!file.at("cases").empty());
    for (const json& entry : file.at("cases")) {
        if (entry.at("raw").is_null()) continue;  // what the reference itself cannot write
        INFO(entry.at("name").get<std::string>());
        const dash::Bytes raw = tests::bytes_value(entry.at("raw"));
        share_chain::SharePtr share;
        const Outcome loaded = outcome_of(
            [&] { share = share_chain::load_share(share_chain::parse_typed_contents(raw), chain.network()); });
        CHECK(loaded == expected_outcome(entry.at("load")));
        if (!share || !entry.contains("check")) continue;
        CHECK(share->hash == tests::hash_value(entry.at("hash")));
        const Outcome checked = outcome_of([&] { share_chain::check_in_context(chain.tracker(), *share); });
        CHECK((checked == Outcome::kOk) == (expected_outcome(entry.at("check")) == Outcome::kOk));
    }
}

TEST_CASE("shares of the live chain decode and hash") {
    const json& file = tests::load_vectors("mainnet_shares.json");
    const share_chain::Network* network = share_chain::find_network(file.at("net").get<std::string>());
    REQUIRE(network != nullptr);
    REQUIRE(!file.at("shares").empty());
    for (const json& entry : file.at("shares")) {
        INFO(entry.at("hash").get<std::string>());
        const auto share =
            share_chain::load_share(share_chain::parse_typed_contents(tests::bytes_value(entry.at("raw"))), *network);
        CHECK(dash::to_hex(typed_bytes(*share)) == entry.at("raw"));
        check_identity(*share, entry);
        const json& decoded = entry.at("decoded");
        check_decoded(*share, decoded);
        const json& header = decoded.at("min_header");
        CHECK(share->contents.min_header.version == tests::uint64_value(header.at("version")));
        CHECK(share->contents.min_header.previous_block == tests::uint256_value(header.at("previous_block")));
        CHECK(share->contents.min_header.timestamp == tests::uint64_value(header.at("timestamp")));
        CHECK(share->contents.min_header.bits == tests::uint64_value(header.at("bits").at("bits")));
        CHECK(share->contents.min_header.nonce == tests::uint64_value(header.at("nonce")));
    }
}

TEST_CASE("hash links of coinbase prefixes") {
    const json& file = tests::load_vectors("hash_link.json");
    CHECK(dash::to_hex(share_chain::coinbase_constant_ending()) == file.at("gentx_before_refhash"));
    REQUIRE(!file.at("const_ending").empty());
    for (const json& entry : file.at("const_ending")) {
        INFO("prefix ", entry.at("prefix").get<std::string>());
        const share_chain::HashLink link = share_chain::hash_link_of(tests::bytes_value(entry.at("prefix")));
        CHECK(link == tests::hash_link_value(entry.at("hash_link")));
        CHECK(share_chain::hash_through_link(link, tests::bytes_value(entry.at("suffix"))) ==
              tests::hash_value(entry.at("check")));
    }
    for (const json& entry : file.at("bad")) {
        INFO(entry.dump());
        const json& result = entry.at("result");
        if (entry.contains("prefix")) {
            CHECK_THROWS_AS((void)share_chain::hash_link_of(tests::bytes_value(entry.at("prefix"))), dash::DecodeError);
            continue;
        }
        const share_chain::HashLink link = tests::hash_link_value(entry.at("hash_link"));
        const dash::Bytes suffix = tests::bytes_value(entry.at("suffix"));
        if (result.contains("exc")) {
            CHECK_THROWS_AS((void)share_chain::hash_through_link(link, suffix), dash::DecodeError);
        } else {
            CHECK(share_chain::hash_through_link(link, suffix) == tests::hash_value(result.at("ok")));
        }
    }
}

TEST_CASE("typed shares pack and unpack as in the reference") {
    const json& file = tests::load_vectors("pack.json");
    std::size_t seen = 0;
    for (const json& entry : file.at("decode")) {
        if (entry.at("type") != "share_type") continue;
        INFO(entry.dump());
        ++seen;
        const dash::Bytes data = tests::bytes_value(entry.at("data"));
        const json& result = entry.at("result");
        if (result.contains("exc")) {
            CHECK_THROWS_AS((void)share_chain::parse_typed_contents(data), dash::DecodeError);
            continue;
        }
        const share_chain::TypedContents typed = share_chain::parse_typed_contents(data);
        CHECK(typed.type == tests::uint64_value(result.at("ok").at("type")));
        CHECK(dash::to_hex(typed.contents) == result.at("ok").at("contents"));
        dash::Writer writer;
        share_chain::write_typed_contents(writer, typed.type, typed.contents);
        CHECK(dash::to_hex(writer.bytes()) == result.at("repack"));
    }
    CHECK(seen > 0);
}
