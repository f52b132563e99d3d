#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/merkle.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::Block;
using dash::Bytes;
using dash::Transaction;
using dash::Uint256;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> recordings(const std::string& folder, const std::string& ending) {
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::directory_iterator(tests::recording_dir() / folder)) {
        const std::string name = entry.path().filename().string();
        if (name.size() >= ending.size() && name.substr(name.size() - ending.size()) == ending) {
            paths.push_back(entry.path());
        }
    }
    REQUIRE_FALSE(paths.empty());
    return paths;
}

std::vector<Uint256> txids_of(const Block& block) {
    std::vector<Uint256> txids;
    for (const Transaction& transaction : block.transactions)
        txids.push_back(transaction.txid());
    return txids;
}

/// The parsed block, after checking that it serializes to the same bytes.
Block parsed_back(const Bytes& raw) {
    Block block = dash::parse_block(raw);
    CHECK(block.serialize() == raw);
    return block;
}

void check_transaction(const Transaction& transaction, const json& shown) {
    CHECK(transaction.txid().to_hex() == shown.at("txid"));
    CHECK(transaction.version == shown.at("version"));
    CHECK(transaction.type == shown.at("type"));
    CHECK(transaction.lock_time == shown.at("locktime"));
    CHECK(transaction.serialize().size() == shown.at("size"));
    CHECK(transaction.extra_payload.size() == shown.value("extraPayloadSize", 0U));
    CHECK(dash::to_hex(transaction.extra_payload) == shown.value("extraPayload", ""));

    REQUIRE(transaction.inputs.size() == shown.at("vin").size());
    for (std::size_t i = 0; i < transaction.inputs.size(); ++i) {
        const dash::TxIn& input = transaction.inputs[i];
        const json& vin = shown.at("vin").at(i);
        CHECK(input.sequence == vin.at("sequence"));
        if (vin.contains("coinbase")) {
            CHECK(transaction.is_coinbase());
            CHECK(dash::to_hex(input.script) == vin.at("coinbase"));
        } else {
            CHECK(input.previous_output.hash.to_hex() == vin.at("txid"));
            CHECK(input.previous_output.index == vin.at("vout"));
            CHECK(dash::to_hex(input.script) == vin.at("scriptSig").at("hex"));
        }
    }
    REQUIRE(transaction.outputs.size() == shown.at("vout").size());
    for (std::size_t i = 0; i < transaction.outputs.size(); ++i) {
        const json& vout = shown.at("vout").at(i);
        CHECK(transaction.outputs[i].value_duffs == vout.at("valueSat"));
        CHECK(dash::to_hex(transaction.outputs[i].script) == vout.at("scriptPubKey").at("hex"));
    }
}

void check_header(const dash::BlockHeader& header, const json& shown) {
    CHECK(header.version == shown.at("version"));
    CHECK(header.previous_block.to_hex() == shown.at("previousblockhash"));
    CHECK(header.merkle_root.to_hex() == shown.at("merkleroot"));
    CHECK(header.timestamp == shown.at("time"));
    CHECK(header.nonce == shown.at("nonce"));
    dash::Writer bits;
    for (int shift = 24; shift >= 0; shift -= 8)
        bits.u8(static_cast<std::uint8_t>(header.bits >> shift));
    CHECK(dash::to_hex(bits.bytes()) == shown.at("bits"));
}

}  // namespace

TEST_CASE("blocks of the main chain") {
    const json& file = tests::load_recording("mainnet/blocks.json");
    REQUIRE_FALSE(file.at("blocks").empty());
    for (const json& entry : file.at("blocks")) {
        CAPTURE(entry.at("height").dump());
        const Bytes raw = tests::bytes_value(entry.at("raw"));
        CHECK(raw.size() == entry.at("size"));
        const Block block = parsed_back(raw);
        CHECK(block.header.previous_block == tests::hash_value(entry.at("previous")));
        const auto txids = txids_of(block);
        REQUIRE(txids.size() == entry.at("txids").size());
        for (std::size_t i = 0; i < txids.size(); ++i) {
            CHECK(txids[i] == tests::hash_value(entry.at("txids").at(i)));
            if (block.transactions[i].has_payload()) CHECK(block.transactions[i].type == entry.at("types").at(i));
        }
        CHECK(dash::merkle_root(txids) == block.header.merkle_root);
        REQUIRE_FALSE(block.transactions.empty());
        CHECK(block.transactions[0].is_coinbase());
    }
}

TEST_CASE("blocks of the recorded regtest chains are what Dash Core shows of them") {
    for (const fs::path& path : recordings("blocks", "_raw.hex")) {
        CAPTURE(path.filename().string());
        const Block block = parsed_back(dash::from_hex(tests::read_text(path)));
        CHECK(dash::merkle_root(txids_of(block)) == block.header.merkle_root);

        std::string shown_name = path.filename().string();
        shown_name.replace(shown_name.find("_raw.hex"), std::string::npos, "_v2.json");
        const json& shown = tests::load_recording("blocks/" + shown_name);
        check_header(block.header, shown);
        REQUIRE(block.transactions.size() == shown.at("tx").size());
        for (std::size_t i = 0; i < block.transactions.size(); ++i) {
            check_transaction(block.transactions[i], shown.at("tx").at(i));
        }
    }
}

TEST_CASE("blocks that were submitted: all parse but the one with a byte behind it") {
    json reasons;
    for (const json& entry : tests::load_recording("submitblock/_results_1.json")) {
        if (entry.contains("hex_file"))
            reasons[entry.at("hex_file").get<std::string>()] = entry.at("response").at("result");
    }
    for (const fs::path& path : recordings("submitblock", ".hex")) {
        const std::string name = path.filename().string();
        CAPTURE(name);
        Bytes raw = dash::from_hex(tests::read_text(path));
        if (name == "trailing_bytes.hex") {
            CHECK_THROWS_AS((void)dash::parse_block(raw), dash::DecodeError);
            raw.pop_back();
        }
        const Block block = parsed_back(raw);
        const bool root_is_wrong = reasons.value(name, json()) == "bad-txnmrklroot";
        CHECK((dash::merkle_root(txids_of(block)) == block.header.merkle_root) == !root_is_wrong);
        REQUIRE_FALSE(block.transactions.empty());
        CHECK(block.transactions[0].is_coinbase() == (name != "first_tx_not_coinbase.hex"));
    }
}

TEST_CASE("transactions of block templates have the hash the template says") {
    std::size_t checked = 0;
    for (const fs::path& path : recordings("gbt", ".json")) {
        CAPTURE(path.filename().string());
        const json& block_template = tests::load_recording("gbt/" + path.filename().string());
        if (!block_template.contains("transactions")) continue;  // the index of the folder
        for (const json& entry : block_template.at("transactions")) {
            const Bytes raw = tests::bytes_value(entry.at("data"));
            const Transaction transaction = dash::parse_transaction(raw);
            CHECK(transaction.serialize() == raw);
            CHECK(transaction.txid() == tests::hash_value(entry.at("hash")));
            ++checked;
        }
    }
    CHECK(checked > 0);
}
