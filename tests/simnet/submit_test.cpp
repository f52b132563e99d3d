#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "tests/simnet/block_workshop.h"
#include "tests/simnet/recordings.h"
#include "tests/simnet/validation.h"

using namespace simnet;

namespace {

constexpr const char* kDecodeFailed = "Block decode failed";
constexpr const char* kNoCoinbase = "Block does not start with a coinbase";

dash::Uint256 hash_of(const dash::Bytes& block) {
    return dash::x11::hash_number(dash::ByteSpan(block).first(dash::BlockHeader::kBytes));
}

/// submitblock without the RPC around it.
Reject submit(World& world, const dash::Bytes& bytes) {
    auto block = std::make_shared<dash::Block>();
    try {
        *block = decode_block(bytes);
    } catch (const dash::DecodeError&) {
        return kDecodeFailed;
    }
    if (block->transactions.empty() || !block->transactions[0].is_coinbase()) return kNoCoinbase;
    return world.chain().submit(std::move(block));
}

void set_script_size(dash::Transaction& coinbase, std::size_t size) {
    coinbase.inputs[0].script.assign(size, 0x51);
}

/// Every recorded submission, rebuilt on this chain. Some of them submit one of those before again.
class Table {
  public:
    Table() : world_(WorldSettings{}, dash::system_clock()), shop_(world_) {
        add_races();
        add_headers();
        add_payloads();
        add_payees();
        add_good_coinbases();
        add_bytes();
        add_commitments();
        add_transactions();
    }

    [[nodiscard]] bool knows(const std::string& name) const { return makers_.count(name) != 0; }

    Reject submit_named(const std::string& name) {
        last_ = makers_.at(name)();
        return submit(world_, last_);
    }

  private:
    using Coinbase = dash::Transaction&;
    using Header = dash::BlockHeader&;

    void mine(bool with_mempool = false) { REQUIRE(!submit(world_, shop_.finish(shop_.fresh(with_mempool)))); }
    void add(const std::string& name, std::function<dash::Bytes()> maker) { makers_[name] = std::move(maker); }
    void add_coinbase(const std::string& name, std::function<void(Coinbase)> change) {
        add(name, [this, change] { return shop_.with_coinbase(change); });
    }
    void add_payload(const std::string& name, std::function<void(CbTx&)> change) {
        add(name, [this, change] { return shop_.with_payload(change); });
    }
    void add_header(const std::string& name, std::function<void(Header)> change) {
        add(name, [this, change] { return shop_.with_header(change); });
    }
    void again(const std::string& name) {
        add(name, [this] { return last_; });
    }

    void add_races() {
        add("good", [this] { return shop_.finish(shop_.fresh()); });
        again("duplicate");
        add("stale_sibling_of_tip", [this] { return shop_.finish(shop_.above(world_.chain().tip().parent->hash)); });
        again("stale_sibling_again");
        add("stale_old_fork", [this] {
            return shop_.finish(shop_.above(ancestor(world_.chain().tip(), world_.chain().tip().height - 4).hash));
        });
        add("prev_is_invalid_block", [this] {
            const dash::Bytes invalid =
                shop_.with_coinbase([](Coinbase coinbase) { --owner_output(coinbase).value_duffs; });
            REQUIRE(submit(world_, invalid) == "bad-cb-payee");
            return shop_.finish(shop_.above(hash_of(invalid)));
        });
        // The recording had a second daemon: the block reaches this one by P2P, and then by RPC.
        add("good_on_peer", [this] { return shop_.finish(shop_.fresh()); });
        add("p2p_won_race", [this] {
            const dash::Bytes block = shop_.finish(shop_.fresh());
            const Outcome outcome =
                world_.chain().accept_block(std::make_shared<dash::Block>(decode_block(block)), false);
            REQUIRE(outcome.kind == Outcome::Kind::kConnected);
            return block;
        });
    }

    void add_headers() {
        add("bad_pow", [this] { return shop_.without_work(shop_.fresh()); });
        again("bad_pow_again");
        add_header("unknown_prev", [this](Header header) { header.previous_block = world_.wallet().random_hash(); });
        add_header("bad_merkle_root", [this](Header header) { header.merkle_root = world_.wallet().random_hash(); });
        add_header("bad_bits", [](Header header) { header.bits = 0x207ffffe; });
        add_header("time_too_old",
                   [this](Header header) { header.timestamp = Chain::median_time_past(world_.chain().tip()); });
        add_header("time_too_new",
                   [this](Header header) { header.timestamp = world_.chain().now() + kMaxFutureSeconds + 60; });
        add_header("ok_mintime",
                   [this](Header header) { header.timestamp = Chain::median_time_past(world_.chain().tip()) + 1; });
        for (const std::uint32_t version : {1U, 2U, 3U}) {
            add_header("bad_version_" + std::to_string(version),
                       [version](Header header) { header.version = version; });
        }
        add_header("ok_version_rolled", [](Header header) { header.version |= 0x1fffe000; });
    }

    void add_payloads() {
        add_coinbase("cb_missing_payload_v2", [](Coinbase coinbase) {
            coinbase.version = 2;
            coinbase.type = kPlain;
        });
        again("resubmit_invalid");
        add_coinbase("cb_missing_payload_v3t5", [](Coinbase coinbase) { coinbase.extra_payload.clear(); });
        add_coinbase("cb_payload_trailing_byte", [](Coinbase coinbase) { coinbase.extra_payload.push_back(0); });
        add_payload("cb_payload_wrong_height", [](CbTx& payload) { --payload.height; });
        add_payload("cb_payload_wrong_mnroot", [](CbTx& payload) { payload.masternode_root = dash::Uint256(1); });
        add_payload("cb_payload_wrong_quorumroot", [](CbTx& payload) { payload.quorum_root = dash::Uint256(1); });
        add_payload("cb_payload_wrong_creditpool", [](CbTx& payload) { ++payload.credit_pool_duffs; });
        add_payload("cb_payload_version2_after_v20", [](CbTx& payload) { payload.version = 2; });
        add_payload("cb_payload_bad_clsig", [this](CbTx& payload) {
            payload.chain_lock_height_diff = 1;
            payload.chain_lock_signature = world_.wallet().random_signature();
        });
    }

    void add_payees() {
        add_coinbase("cb_no_platform_output", [](Coinbase coinbase) {
            miner_output(coinbase).value_duffs += platform_output(coinbase).value_duffs;
            coinbase.outputs.erase(coinbase.outputs.begin() + 1);
        });
        add_coinbase("cb_no_mn_output",
                     [](Coinbase coinbase) { coinbase.outputs.erase(coinbase.outputs.begin() + 2); });
        add_coinbase("cb_mn_amount_minus1", [](Coinbase coinbase) { --owner_output(coinbase).value_duffs; });
        add_coinbase("cb_mn_amount_plus1", [](Coinbase coinbase) {
            ++owner_output(coinbase).value_duffs;
            --miner_output(coinbase).value_duffs;
        });
        add_coinbase("cb_platform_script_6a00", [](Coinbase coinbase) {
            platform_output(coinbase).script = {kOpReturn, 0};
        });
        add_coinbase("cb_overpay_1", [](Coinbase coinbase) { ++miner_output(coinbase).value_duffs; });
        add_coinbase("cb_mn_and_miner_merged", [](Coinbase coinbase) {
            owner_output(coinbase).value_duffs += miner_output(coinbase).value_duffs;
            coinbase.outputs.erase(coinbase.outputs.begin());
        });
        add_coinbase("cb_scriptsig_0bytes", [](Coinbase coinbase) { set_script_size(coinbase, 0); });
        add_coinbase("cb_scriptsig_101bytes", [](Coinbase coinbase) { set_script_size(coinbase, 101); });
    }

    void add_good_coinbases() {
        add_coinbase("ok_scriptsig_1byte", [](Coinbase coinbase) { set_script_size(coinbase, 1); });
        add_coinbase("ok_scriptsig_100bytes", [](Coinbase coinbase) { set_script_size(coinbase, 100); });
        add_coinbase("ok_scriptsig_no_height", [](Coinbase coinbase) { set_script_size(coinbase, 20); });
        add_coinbase("ok_underpay", [](Coinbase coinbase) { miner_output(coinbase).value_duffs /= 2; });
        add_coinbase("ok_outputs_reversed",
                     [](Coinbase coinbase) { std::reverse(coinbase.outputs.begin(), coinbase.outputs.end()); });
        add_coinbase("ok_miner_last_split", [this](Coinbase coinbase) {
            const std::uint64_t third = miner_output(coinbase).value_duffs / 3;
            coinbase.outputs.erase(coinbase.outputs.begin());
            coinbase.outputs.push_back({third, world_.wallet().script()});
            coinbase.outputs.push_back({third, dash::p2sh_script({})});
            coinbase.outputs.push_back({third, dash::p2pkh_script({})});
            coinbase.outputs.push_back({0, {kOpReturn, 2, 1, 2}});
        });
        add_coinbase("ok_400_outputs", [](Coinbase coinbase) {
            for (int i = 0; i < 400; ++i)
                coinbase.outputs.push_back({0, dash::p2pkh_script({})});
        });
        add_coinbase("ok_dup_payee_merged_miner", [](Coinbase coinbase) { miner_output(coinbase).value_duffs = 0; });
    }

    void add_bytes() {
        add("garbage_hex", [] { return dash::Bytes{0xde, 0xad, 0xbe, 0xef}; });
        add("empty", [] { return dash::Bytes(); });
        add("truncated", [this] {
            dash::Bytes bytes = shop_.finish(shop_.fresh());
            bytes.resize(bytes.size() - 1);
            return bytes;
        });
        add("header_only_80", [this] {
            dash::Bytes bytes = shop_.finish(shop_.fresh());
            bytes.resize(dash::BlockHeader::kBytes);
            return bytes;
        });
        add("header_zero_tx", [this] {
            dash::Block block = shop_.fresh();
            block.transactions.clear();
            return block.serialize();
        });
        add("trailing_bytes", [this] {
            dash::Bytes bytes = shop_.finish(shop_.fresh());
            bytes.push_back(0);
            return bytes;
        });
        add_coinbase("first_tx_not_coinbase", [](Coinbase coinbase) {
            coinbase.inputs[0].previous_output = {dash::Uint256(1), 0};
        });
    }

    /// Mines until all types of commitments are due, so that a block carries several.
    dash::Block in_window() {
        while (world_.chain().tip().height % 24 != 12)
            mine();
        dash::Block block = shop_.fresh();
        REQUIRE(block.transactions.size() == 6);
        return block;
    }

    void add_commitments() {
        add("qc_all_omitted", [this] {
            dash::Block block = in_window();
            block.transactions.resize(1);
            return shop_.finish(block);
        });
        add("qc_one_omitted", [this] {
            dash::Block block = in_window();
            block.transactions.erase(block.transactions.begin() + 3);
            return shop_.finish(block);
        });
        add("qc_reordered", [this] {
            dash::Block block = in_window();
            std::reverse(block.transactions.begin() + 1, block.transactions.end());
            return shop_.finish(block);
        });
        add("qc_good", [this] { return shop_.finish(shop_.fresh()); });
    }

    /// A block with transactions, outside of the window of the commitments: coinbase, then parent, child, others.
    dash::Block with_transactions(const TrafficRequest& request) {
        while (world_.chain().tip().height % 24 < 20)
            mine();
        world_.mempool().clear();
        world_.wallet().send(request);
        return shop_.fresh(true);
    }
    dash::Block with_payments() {
        TrafficRequest request;
        request.chain = 2;
        request.payments = 1;
        return with_transactions(request);
    }
    dash::Block with_lock() {
        TrafficRequest request;
        request.asset_locks = 1;
        return with_transactions(request);
    }
    dash::Block with_registration() {
        TrafficRequest request;
        request.masternodes = 1;
        return with_transactions(request);
    }

    /// The block of the same template without its last transaction: amounts of the miner, and of masternodes if wanted,
    /// are those for what is left; the payload stays.
    dash::Block without_last(const dash::Block& from, bool fix_masternodes) {
        const MempoolEntry* last = world_.mempool().find(from.transactions.back().txid());
        const BlockTemplate whole = make_template(world_.chain(), world_.chain().tip(), &world_.mempool());
        std::vector<TemplateEntry> rest = whole.transactions;
        rest.pop_back();
        const BlockTemplate part = make_template(world_.chain(), world_.chain().tip(), rest);
        dash::Block block = from;
        block.transactions.pop_back();
        dash::Transaction& coinbase = block.transactions[0];
        if (fix_masternodes) {
            coinbase.outputs = assemble(part, world_.wallet().script(), {}).transactions[0].outputs;
        } else {
            miner_output(coinbase).value_duffs -= last->fee_duffs;
        }
        return block;
    }

    void add_transactions() {
        add("tx_drop_one_keep_amounts", [this] {
            dash::Block block = with_payments();
            block.transactions.pop_back();
            return shop_.finish(block);
        });
        add("tx_drop_one_fix_miner_only", [this] { return shop_.finish(without_last(with_payments(), false)); });
        add("tx_all_dropped_unchanged", [this] {
            dash::Block block = with_payments();
            block.transactions.resize(1);
            return shop_.finish(block);
        });
        add("ok_tx_drop_one_mn_recomputed", [this] { return shop_.finish(without_last(with_payments(), true)); });
        add("tx_child_before_parent", [this] {
            dash::Block block = with_payments();
            std::reverse(block.transactions.begin() + 1, block.transactions.end());
            return shop_.finish(block);
        });
        add("tx_duplicated", [this] {
            dash::Block block = with_payments();
            // To an odd number: with an even one the merkle tree alone would give it away.
            REQUIRE(block.transactions.size() == 4);
            block.transactions.push_back(block.transactions.back());
            return shop_.finish(block);
        });
        add("tx_double_spend_garbage", [this] {
            dash::Block block = with_payments();
            block.transactions.back().inputs[0].previous_output = {world_.wallet().random_hash(), 0};
            return shop_.finish(block);
        });
        add("good_with_txs", [this] { return shop_.finish(with_payments()); });
        add("assetlock_dropped", [this] {
            dash::Block block = with_lock();
            block.transactions.pop_back();
            return shop_.finish(block);
        });
        add("assetlock_dropped_amounts_fixed", [this] { return shop_.finish(without_last(with_lock(), true)); });
        add("assetlock_good", [this] { return shop_.finish(with_lock()); });
        add("proregtx_dropped_amounts_fixed", [this] { return shop_.finish(without_last(with_registration(), true)); });
        add("proregtx_good", [this] { return shop_.finish(with_registration()); });
    }

    World world_;
    BlockWorkshop shop_;
    std::map<std::string, std::function<dash::Bytes()>> makers_;
    dash::Bytes last_;
};

/// The recorded answer: null, a string, or the text of an error.
Reject recorded_result(const recorded::OrderedJson& entry) {
    const auto& response = entry["response"];
    if (!response["error"].is_null()) {
        CHECK(response["error"]["code"] == -22);
        return response["error"]["message"].get<std::string>();
    }
    return response["result"].is_null() ? Reject() : Reject(response["result"].get<std::string>());
}

}  // namespace

TEST_CASE("submitted blocks are judged as the recorded daemon judged their like") {
    const recorded::OrderedJson recordings = recorded::load("submitblock/_results_1.json");
    Table table;
    for (const auto& entry : recordings) {
        const auto name = entry["name"].get<std::string>();
        CAPTURE(name);
        REQUIRE(table.knows(name));
        CHECK(table.submit_named(name).value_or("accepted") == recorded_result(entry).value_or("accepted"));
    }
}

TEST_CASE("a superblock must pay its proposals, in their order") {
    WorldSettings settings;
    settings.rules.budget_start = 500;
    settings.rules.superblock_start = 600;
    settings.blocks = 639;
    World world(settings, dash::system_clock());
    BlockWorkshop shop(world);
    const std::vector<dash::TxOut> proposals{{330'000'000, dash::p2pkh_script({1})},
                                             {110'000'000, dash::p2sh_script({2})}};
    REQUIRE(world.schedule_superblock(proposals) == 640);
    CHECK_THROWS_AS(world.schedule_superblock({{1'000'000 * kCoin, {}}}), dash::Error);

    const auto drop = [&](std::size_t count) {
        return shop.with_coinbase(
            [&](dash::Transaction& coinbase) { coinbase.outputs.resize(coinbase.outputs.size() - count); });
    };
    CHECK(submit(world, drop(2)) == "bad-cb-amount");
    CHECK(submit(world, drop(1)) == "bad-cb-amount");
    CHECK(submit(world, shop.with_coinbase([](dash::Transaction& coinbase) {
              std::swap(coinbase.outputs.end()[-1], coinbase.outputs.end()[-2]);
          })) == "bad-cb-amount");
    CHECK(submit(world, shop.with_coinbase([](dash::Transaction& coinbase) {
              miner_output(coinbase).value_duffs += 440'000'000;
              coinbase.outputs.resize(coinbase.outputs.size() - 2);
          })) == "bad-cb-amount");
    CHECK(!submit(world, shop.finish(shop.fresh())));
    CHECK(!submit(world, shop.finish(shop.fresh())));
}

TEST_CASE("a block that competes with a ChainLock is bad-chainlock, then duplicate") {
    World world(WorldSettings{}, dash::system_clock());
    BlockWorkshop shop(world);
    const dash::Bytes rival = shop.finish(shop.fresh());
    REQUIRE(!submit(world, shop.finish(shop.fresh())));
    REQUIRE(world.lock(world.chain().tip().hash));
    CHECK(submit(world, rival) == "bad-chainlock");
    CHECK(submit(world, rival) == "duplicate");
    CHECK(world.chain().find(hash_of(rival))->conflicting);
    CHECK(!submit(world, shop.finish(shop.fresh())));
}

TEST_CASE("a ChainLock on the losing branch reorganises the chain and may not be left out of later coinbases") {
    World world(WorldSettings{}, dash::system_clock());
    BlockWorkshop shop(world);
    const dash::Bytes rival = shop.finish(shop.fresh());
    REQUIRE(!submit(world, shop.finish(shop.fresh())));
    REQUIRE(submit(world, rival) == "inconclusive");
    REQUIRE(world.lock(hash_of(rival)));
    CHECK(world.chain().tip().hash == hash_of(rival));
    REQUIRE(!submit(world, shop.finish(shop.fresh())));
    CHECK(submit(world, shop.with_payload([](CbTx& payload) {
              payload.chain_lock_height_diff = 0;
              payload.chain_lock_signature = {};
          })) == "bad-cbtx-null-clsig");
    CHECK(submit(world, shop.with_payload([](CbTx& payload) { ++payload.chain_lock_height_diff; })) ==
          "bad-cbtx-older-clsig");
    CHECK(submit(world, shop.with_payload([](CbTx& payload) { --payload.chain_lock_height_diff; })) ==
          "bad-cbtx-invalid-clsig");
    CHECK(!submit(world, shop.finish(shop.fresh())));
}

TEST_CASE("the longer branch wins, its transactions and those of the other change places") {
    World world(WorldSettings{}, dash::system_clock());
    BlockWorkshop shop(world);
    const dash::Uint256 base = world.chain().tip().hash;
    TrafficRequest request;
    request.chain = 3;
    world.wallet().send(request);
    REQUIRE(!submit(world, shop.finish(shop.fresh(true))));
    CHECK(world.mempool().entries().empty());
    const dash::Bytes first = shop.finish(shop.above(base));
    REQUIRE(submit(world, first) == "inconclusive");
    const dash::Bytes second = shop.finish(shop.above(hash_of(first)));
    CHECK(!submit(world, second));
    CHECK(world.chain().tip().hash == hash_of(second));
    CHECK(world.mempool().entries().size() == 3);
    CHECK(!submit(world, shop.finish(shop.fresh(true))));
    CHECK(world.mempool().entries().empty());
}

TEST_CASE("an invalid block in the middle of a longer branch keeps the chain where it is") {
    World world(WorldSettings{}, dash::system_clock());
    BlockWorkshop shop(world);
    const dash::Uint256 base = world.chain().tip().hash;
    REQUIRE(!submit(world, shop.finish(shop.fresh())));
    const dash::Uint256 tip = world.chain().tip().hash;
    dash::Block bad = shop.above(base);
    ++owner_output(bad.transactions[0]).value_duffs;
    --miner_output(bad.transactions[0]).value_duffs;
    const dash::Bytes invalid = shop.finish(bad);
    REQUIRE(submit(world, invalid) == "inconclusive");
    const dash::Bytes child = shop.finish(shop.above(hash_of(invalid)));
    // The daemon learns of the fault only when it tries the branch, and then tells nothing about the child itself.
    CHECK(submit(world, child) == "inconclusive");
    CHECK(world.chain().tip().hash == tip);
    CHECK(submit(world, invalid) == "duplicate-invalid");
    CHECK(submit(world, child) == "duplicate-invalid");
    CHECK(!submit(world, shop.finish(shop.fresh())));
}

TEST_CASE("preciousblock prefers a competing tip") {
    World world(WorldSettings{}, dash::system_clock());
    BlockWorkshop shop(world);
    const dash::Bytes rival = shop.finish(shop.fresh());
    REQUIRE(!submit(world, shop.finish(shop.fresh())));
    REQUIRE(submit(world, rival) == "inconclusive");
    CHECK(world.chain().make_precious(hash_of(rival)));
    CHECK(world.chain().tip().hash == hash_of(rival));
    CHECK(!world.chain().make_precious(dash::Uint256(7)));
}

TEST_CASE("recorded and real blocks pass the checks that need nothing but the block") {
    for (const char* name :
         {"good", "good_with_txs", "ft_superblock", "ft_assetunlock", "ft_real_commitment", "mn_rr_h350"}) {
        CAPTURE(name);
        const auto file = tests::recording_dir() / "blocks" / (std::string(name) + "_raw.hex");
        const dash::Bytes bytes = dash::from_hex(tests::read_text(file));
        CHECK(!check_block(decode_block(bytes), hash_of(bytes)));
    }
}
