#include "p2pool/work/template_limit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "dash/primitives/script.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "share_chain/payouts.h"
#include "tests/support/random.h"
#include "tests/support/vectors.h"

namespace {

using dash::rpc::BlockTemplate;
using dash::rpc::TemplatePayment;
using dash::rpc::TemplateTransaction;
using p2pool::work::kWireOverhead;
using p2pool::work::limit_template;
using p2pool::work::LimitedTemplate;
using p2pool::work::without_fees;

constexpr std::uint16_t kOrdinary = 0;
constexpr std::uint16_t kAssetLock = 8;

/// Bytes that begin like a transaction of this type.
TemplateTransaction transaction(std::uint32_t number, std::uint16_t type, std::size_t size, std::uint64_t fee_duffs,
                                std::vector<std::uint32_t> depends = {}) {
    TemplateTransaction made;
    dash::Writer writer;
    writer.u16(3).u16(type).u32(number);
    made.data = std::move(writer).take();
    made.data.resize(std::max(made.data.size(), size));
    made.txid = dash::sha256d(made.data);
    made.fee_duffs = fee_duffs;
    made.depends = std::move(depends);
    return made;
}

/// How Dash shares what a block earns, in the words of its rules.
struct Reward {
    std::uint64_t subsidy = 0;
    std::uint64_t thousandths = 750;  ///< for the masternode and Platform
    bool platform = true;             ///< 375/1000 of the masternode part of the subsidy
    std::uint64_t operator_ten_thousandths = 0;
    bool masternode = true;
    std::vector<std::uint64_t> superblock;

    [[nodiscard]] std::vector<std::uint64_t> amounts(std::uint64_t fees) const {
        std::vector<std::uint64_t> result;
        const std::uint64_t to_platform = platform ? subsidy * thousandths / 1000 * 375 / 1000 : 0;
        if (to_platform > 0) result.push_back(to_platform);
        if (masternode) {
            const std::uint64_t part = (subsidy + fees) * thousandths / 1000 - to_platform;
            const std::uint64_t to_operator = part * operator_ten_thousandths / 10000;
            if (part > to_operator) result.push_back(part - to_operator);
            if (to_operator > 0) result.push_back(to_operator);
        }
        result.insert(result.end(), superblock.begin(), superblock.end());
        return result;
    }

    void pay(BlockTemplate& block, std::uint64_t fees) const {
        block.coinbase_value_duffs = subsidy + fees;
        for (const std::uint64_t amount : superblock)
            block.coinbase_value_duffs += amount;
        const std::vector<std::uint64_t> all = amounts(fees);
        for (std::size_t i = 0; i < all.size(); ++i) {
            TemplatePayment payment;
            payment.script = platform && i == 0 ? dash::Bytes{0x6a} : dash::Bytes(25, static_cast<std::uint8_t>(i));
            payment.payee = "payee " + std::to_string(i);
            payment.amount_duffs = all[i];
            payment.superblock = i >= all.size() - superblock.size();
            block.payments.push_back(payment);
            block.payment_total_duffs += all[i];
        }
    }
};

std::uint64_t total_fees(const BlockTemplate& block) {
    std::uint64_t total = 0;
    for (const TemplateTransaction& each : block.transactions)
        total += each.fee_duffs.value_or(0);
    return total;
}

std::size_t wire_size(const BlockTemplate& block) {
    std::size_t total = 0;
    for (const TemplateTransaction& each : block.transactions)
        total += each.data.size() + kWireOverhead;
    return total;
}

std::vector<std::uint64_t> amounts(const BlockTemplate& block) {
    std::vector<std::uint64_t> result;
    for (const TemplatePayment& payment : block.payments)
        result.push_back(payment.amount_duffs);
    return result;
}

BlockTemplate random_template(tests::Random& random, const Reward& reward) {
    BlockTemplate block;
    const auto count = static_cast<std::uint32_t>(random.below(40));
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto type = static_cast<std::uint16_t>(random.below(6) == 0 ? 1 + random.below(9) : 0);
        std::vector<std::uint32_t> depends;
        for (std::uint32_t parent = 1; parent <= i && depends.size() < 3; ++parent) {
            if (random.below(8) == 0) depends.push_back(parent);
        }
        block.transactions.push_back(
            transaction(i, type, 8 + random.below(400), random.below(100'000), std::move(depends)));
    }
    reward.pay(block, total_fees(block));
    return block;
}

Reward random_reward(tests::Random& random) {
    Reward reward;
    reward.subsidy = 1'000'000'000 + random.below(50'000'000'000);
    if (random.below(3) == 0) reward.thousandths = random.below(1001);
    reward.platform = random.below(3) != 0;
    reward.masternode = random.below(8) != 0;
    if (random.below(2) == 0) reward.operator_ten_thousandths = random.below(10'001);
    for (std::uint64_t i = random.below(3); i > 0; --i)
        reward.superblock.push_back(1 + random.below(1'000'000'000));
    return reward;
}

/// Positions in `before` of what `after` holds: ascending, the transactions themselves unchanged.
std::vector<std::size_t> positions(const BlockTemplate& before, const BlockTemplate& after) {
    std::vector<std::size_t> result;
    std::size_t next = 0;
    for (const TemplateTransaction& each : after.transactions) {
        while (next < before.transactions.size() && before.transactions[next].txid != each.txid)
            ++next;
        REQUIRE(next < before.transactions.size());
        CHECK(before.transactions[next].data == each.data);
        CHECK(before.transactions[next].fee_duffs == each.fee_duffs);
        result.push_back(next++);
    }
    return result;
}

/// Special transactions and what they spend from, as defined.
std::set<std::size_t> untouchable(const BlockTemplate& block) {
    std::set<std::size_t> result;
    for (std::size_t i = block.transactions.size(); i-- > 0;) {
        const bool special = block.transactions[i].data[2] != 0;
        if (!special && result.count(i) == 0) continue;
        result.insert(i);
        for (const std::uint32_t parent : block.transactions[i].depends)
            result.insert(parent - 1);
    }
    return result;
}

void check_same_parents(const BlockTemplate& before, const BlockTemplate& after, const std::vector<std::size_t>& kept) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const std::vector<std::uint32_t>& old_depends = before.transactions[kept[i]].depends;
        const std::vector<std::uint32_t>& new_depends = after.transactions[i].depends;
        REQUIRE(old_depends.size() == new_depends.size());
        for (std::size_t k = 0; k < old_depends.size(); ++k) {
            REQUIRE(new_depends[k] >= 1);
            REQUIRE(new_depends[k] <= i);
            CHECK(after.transactions[new_depends[k] - 1].txid == before.transactions[old_depends[k] - 1].txid);
        }
    }
}

/// What is left out is no more than it takes, and from the end.
void check_taken_from_the_end(const BlockTemplate& before, const LimitedTemplate& after, std::size_t limit,
                              const std::vector<std::size_t>& kept) {
    const std::set<std::size_t> stays(kept.begin(), kept.end());
    const std::set<std::size_t> fixed = untouchable(before);
    for (const std::size_t position : fixed)
        CHECK(stays.count(position) == 1);
    std::size_t first_left_out = before.transactions.size();
    for (std::size_t i = before.transactions.size(); i-- > 0;) {
        if (stays.count(i) == 0) first_left_out = i;
    }
    for (std::size_t i = first_left_out; i < before.transactions.size(); ++i)
        CHECK((stays.count(i) == 1) == (fixed.count(i) == 1));
    const std::size_t one_more = before.transactions[first_left_out].data.size() + kWireOverhead;
    CHECK(wire_size(after.block) + one_more > limit);
}

}  // namespace

TEST_CASE("a template within the limit is left alone") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const BlockTemplate block = random_template(random, random_reward(random));
    const LimitedTemplate limited = limit_template(block, {.wire_bytes = wire_size(block)});
    CHECK(limited.fits);
    CHECK(limited.left_out == 0);
    CHECK(limited.block.transactions.size() == block.transactions.size());
    CHECK(amounts(limited.block) == amounts(block));
}

TEST_CASE("any template is cut to any limit such that it is one that Dash could have given") {
    tests::Random random;
    INFO(random.how_to_repeat());
    int cut = 0;
    for (int round = 0; round < 2000; ++round) {
        const Reward reward = random_reward(random);
        const BlockTemplate block = random_template(random, reward);
        const std::size_t limit = random.below(wire_size(block) + 1);
        const LimitedTemplate limited = limit_template(block, {.wire_bytes = limit});
        if (!limited.fits) {
            std::size_t fixed = 0;
            for (const std::size_t position : untouchable(block))
                fixed += block.transactions[position].data.size() + kWireOverhead;
            CHECK(fixed > limit);
            CHECK(wire_size(limited.block) == wire_size(block));
            CHECK(amounts(limited.block) == amounts(block));
            continue;
        }
        CHECK(wire_size(limited.block) <= limit);
        const std::vector<std::size_t> kept = positions(block, limited.block);
        CHECK(limited.left_out == block.transactions.size() - kept.size());
        check_same_parents(block, limited.block, kept);
        BlockTemplate expected;
        reward.pay(expected, total_fees(limited.block));
        CHECK(amounts(limited.block) == amounts(expected));
        CHECK(limited.block.coinbase_value_duffs == expected.coinbase_value_duffs);
        CHECK(limited.block.payment_total_duffs == expected.payment_total_duffs);
        if (limited.left_out == 0) continue;
        check_taken_from_the_end(block, limited, limit, kept);
        ++cut;
    }
    CHECK(cut > 200);
}

TEST_CASE("signature operations are limited, too") {
    Reward reward;
    reward.subsidy = 371'428'572;
    BlockTemplate block;
    for (std::uint32_t i = 0; i < 10; ++i) {
        block.transactions.push_back(transaction(i, kOrdinary, 300, 1000));
        block.transactions.back().sigops = 100 * i;
    }
    block.transactions[0].sigops.reset();
    reward.pay(block, total_fees(block));
    CHECK(limit_template(block, {.sigops = 4500}).left_out == 0);
    CHECK(limit_template(block, {.sigops = 4499}).left_out == 1);
    CHECK(limit_template(block, {.sigops = 2800}).left_out == 2);
    CHECK(limit_template(block, {.sigops = 0}).left_out == 9);
    CHECK(limit_template(block, {.bytes = 3000}).left_out == 0);
    CHECK(limit_template(block, {.bytes = 2999}).left_out == 1);
}

TEST_CASE("a full template is cut so that a block in which each share pays another miner is within Dash's limits") {
    struct Case {
        const char* network;
        std::uint32_t sigops;  // of a transaction: few, or so many that they are what is short
    };
    for (const Case& test : {Case{"dash", 1}, Case{"dash", 40}, Case{"dash_regtest", 1}, Case{"dash_regtest", 40}}) {
        CAPTURE(test.network);
        CAPTURE(test.sigops);
        const share_chain::Network& network = *share_chain::find_network(test.network);
        Reward reward;
        reward.subsidy = 371'428'572;
        reward.operator_ten_thousandths = 1000;
        reward.superblock = {330'000'000, 110'000'000};
        BlockTemplate block;
        // As full as dashd makes it.
        constexpr std::size_t kTransactionBytes = 2000;
        for (std::uint32_t i = 0; i < 1'999'000 / kTransactionBytes; ++i) {
            block.transactions.push_back(transaction(i, kOrdinary, kTransactionBytes, 1000));
            block.transactions.back().sigops = test.sigops;
        }
        block.coinbase_payload.assign(177, 1);
        reward.pay(block, total_fees(block));
        const LimitedTemplate limited = limit_template(block, p2pool::work::limits_beside_payouts(block, network));
        CHECK(limited.fits);

        share_chain::PayoutWeights weights;
        for (std::uint32_t i = 1; i < network.chain_length; ++i) {
            dash::Hash160 hash{};
            std::memcpy(hash.data(), &i, sizeof i);
            weights.by_script[dash::p2pkh_script(hash)] = 1;
        }
        weights.total = weights.by_script.size();
        std::vector<share_chain::Payment> payments;
        for (const TemplatePayment& payment : limited.block.payments) {
            const std::string payee = "!" + dash::to_hex(payment.script);
            const dash::ByteSpan bytes = dash::as_bytes(payee);
            payments.push_back({.payee = {bytes.begin(), bytes.end()}, .amount_duffs = payment.amount_duffs});
        }
        dash::Hash160 finder{};
        finder.fill(0xff);
        dash::Writer outputs;
        share_chain::Payouts(weights, limited.block.coinbase_value_duffs, payments, *network.parent)
            .write_outputs(outputs, finder);
        constexpr std::size_t kReferenceOutput = 51;
        const std::size_t coinbase = 4 + 1 + 36 + 1 + 100 + 4 + outputs.bytes().size() + kReferenceOutput + 4 + 1 +
                                     block.coinbase_payload.size();
        const std::size_t transactions = limited.block.transactions.size();
        const std::size_t size = 80 + 3 + coinbase + transactions * kTransactionBytes;
        CHECK(size <= p2pool::work::kMaxBlockBytes);
        const std::size_t sigops = test.sigops * transactions + network.chain_length + 1 + payments.size();
        CHECK(sigops <= p2pool::work::kMaxBlockSigops);
        // No more is left out than that takes, but for what a stranger coinbase could have.
        const bool is_full = size + kTransactionBytes + 200 > p2pool::work::kMaxBlockBytes ||
                             sigops + test.sigops + 250 > p2pool::work::kMaxBlockSigops;
        CHECK(is_full);
    }
}

TEST_CASE("what dashd gave for other fees is what comes out without them") {
    // Three templates of one day: the same subsidy, other transactions.
    const auto load = [](const std::string& name) {
        return dash::rpc::parse_block_template(tests::load_recording("gbt/" + name + ".json"));
    };
    const BlockTemplate rich = load("20_mempool_txs_dependents_h670");
    for (const char* name : {"21_asset_lock_in_mempool_h672", "22_proregtx_in_mempool_mnrr_h674"}) {
        CAPTURE(name);
        const BlockTemplate poor = load(name);
        const auto less = without_fees(rich, total_fees(rich) - total_fees(poor));
        REQUIRE(less.has_value());
        CHECK(less->coinbase_value_duffs == poor.coinbase_value_duffs);
        CHECK(amounts(*less) == amounts(poor));
        CHECK(less->payment_total_duffs == poor.payment_total_duffs);
        CHECK(less->payments[1].payee == rich.payments[1].payee);
    }
}

TEST_CASE("proposals are paid whole whatever the fees") {
    Reward reward;
    reward.subsidy = 371'428'572;
    reward.superblock = {330'000'000, 110'000'000};
    BlockTemplate block;
    reward.pay(block, 1'000'003);
    const auto less = without_fees(block, 1'000'003);
    REQUIRE(less.has_value());
    CHECK(amounts(*less) == std::vector<std::uint64_t>{104'464'285, 174'107'144, 330'000'000, 110'000'000});
    CHECK(less->coinbase_value_duffs == 811'428'572);
}

TEST_CASE("what would become a block that dashd refuses is left as it is") {
    Reward reward;
    reward.subsidy = 371'428'572;
    BlockTemplate block;
    for (std::uint32_t i = 0; i < 4; ++i)
        block.transactions.push_back(transaction(i, kOrdinary, 300, 1000 + i));
    reward.pay(block, total_fees(block));
    const std::size_t limit = 2 * (300 + kWireOverhead);
    REQUIRE(limit_template(block, {.wire_bytes = limit}).left_out == 2);

    SUBCASE("payments of a rule that nobody knows") {
        block.payments[1].amount_duffs += 1;
        block.payment_total_duffs += 1;
    }
    SUBCASE("three masternodes") {
        block.payments.push_back(block.payments[1]);
        block.payment_total_duffs += block.payments[1].amount_duffs;
    }
    SUBCASE("a payment to nobody") {
        block.payment_total_duffs += 1;
    }
    SUBCASE("fees that are not told") {
        block.transactions[3].fee_duffs.reset();
    }
    SUBCASE("fees that nobody earns") {
        block.transactions[3].fee_duffs = block.coinbase_value_duffs + 1;
    }
    SUBCASE("a child before its parent") {
        block.transactions[1].depends = {3};
    }
    SUBCASE("special transactions alone are too much") {
        for (std::uint32_t i = 1; i < 4; ++i)
            block.transactions[i] = transaction(i, kAssetLock, 300, 1000);
    }
    const LimitedTemplate limited = limit_template(block, {.wire_bytes = limit});
    CHECK(!limited.fits);
    CHECK(limited.left_out == 0);
    CHECK(limited.block.transactions.size() == 4);
    CHECK(amounts(limited.block) == amounts(block));
}
