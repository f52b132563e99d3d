#include "p2pool/work/template_limit.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace p2pool::work {
namespace {

using dash::rpc::BlockTemplate;
using dash::rpc::TemplatePayment;
using dash::rpc::TemplateTransaction;

/// Dash's share of masternodes is a number of thousandths of subsidy and fees (750 since v20), an operator's share a
/// number of ten-thousandths of his masternode's.
constexpr std::uint64_t kRewardScale = 1'000;
constexpr std::uint64_t kOperatorScale = 10'000;
/// No block earns more; products with the scales stay below 2^64.
constexpr std::uint64_t kMostDuffs = std::uint64_t{1} << 50;
constexpr std::uint8_t kOpReturn = 0x6a;

/// What transactions come to.
struct Load {
    std::size_t wire_bytes = 0;
    std::size_t bytes = 0;
    std::size_t sigops = 0;

    void add(const TemplateTransaction& transaction) {
        wire_bytes += transaction.data.size() + kWireOverhead;
        bytes += transaction.data.size();
        sigops += transaction.sigops.value_or(0);
    }
    void remove(const TemplateTransaction& transaction) {
        wire_bytes -= transaction.data.size() + kWireOverhead;
        bytes -= transaction.data.size();
        sigops -= transaction.sigops.value_or(0);
    }
    [[nodiscard]] bool is_within(const TemplateLimits& limits) const {
        return wire_bytes <= limits.wire_bytes && bytes <= limits.bytes && sigops <= limits.sigops;
    }
};

Load load_of(const std::vector<TemplateTransaction>& transactions) {
    Load load;
    for (const TemplateTransaction& transaction : transactions)
        load.add(transaction);
    return load;
}

/// The type is the upper half of the version field.
bool is_special(const TemplateTransaction& transaction) {
    constexpr std::size_t kTypeOffset = 2;
    const dash::Bytes& data = transaction.data;
    return data.size() < kTypeOffset + 2 || data[kTypeOffset] != 0 || data[kTypeOffset + 1] != 0;
}

/// Parents before children, as every daemon sends them.
bool is_ordered(const std::vector<TemplateTransaction>& transactions) {
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        for (const std::uint32_t position : transactions[i].depends) {
            if (position == 0 || position > i) return false;
        }
    }
    return true;
}

/// Which transactions stay. Going backwards, whatever spends from the one at hand has been left out before, or is there
/// to stay and with it what it spends from.
std::vector<bool> choose(const std::vector<TemplateTransaction>& transactions, Load load,
                         const TemplateLimits& limits) {
    std::vector<bool> stays(transactions.size(), true);
    std::vector<bool> needed(transactions.size(), false);
    for (std::size_t i = transactions.size(); i-- > 0;) {
        const TemplateTransaction& transaction = transactions[i];
        if (needed[i] || is_special(transaction)) {
            for (const std::uint32_t position : transaction.depends)
                needed[position - 1] = true;
        } else if (!load.is_within(limits)) {
            stays[i] = false;
            load.remove(transaction);
        }
    }
    return stays;
}

std::vector<TemplateTransaction> only(std::vector<TemplateTransaction> transactions, const std::vector<bool>& stays) {
    std::vector<TemplateTransaction> rest;
    std::vector<std::uint32_t> new_position(transactions.size());
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        if (!stays[i]) continue;
        for (std::uint32_t& position : transactions[i].depends)
            position = new_position[position - 1];
        rest.push_back(std::move(transactions[i]));
        new_position[i] = static_cast<std::uint32_t>(rest.size());
    }
    return rest;
}

/// The number of `scale`-ths of `whole` that `part` is, when it is one, rounded down as Dash does.
std::optional<std::uint64_t> parts_of(std::uint64_t part, std::uint64_t whole, std::uint64_t scale) {
    if (whole < scale) return std::nullopt;  // several numbers would do
    const std::uint64_t parts = (part * scale + whole - 1) / whole;
    if (parts > scale || whole * parts / scale != part) return std::nullopt;
    return parts;
}

/// Dash Platform's part, which depends on the subsidy alone.
bool is_platform(const TemplatePayment& payment) {
    return payment.script == dash::Bytes{kOpReturn};
}

/// The masternode's and its operator's payment for another sum of subsidy and fees; false when the old ones follow no
/// known rule.
bool rescale(const std::vector<TemplatePayment*>& payments, std::uint64_t platform, std::uint64_t before,
             std::uint64_t after) {
    if (payments.empty()) return true;  // nobody to pay: miners get the fees
    if (payments.size() > 2) return false;
    std::uint64_t part = 0;
    for (const TemplatePayment* payment : payments)
        part += payment->amount_duffs;
    const auto thousandths = parts_of(platform + part, before, kRewardScale);
    if (!thousandths || after * *thousandths / kRewardScale < platform) return false;
    const std::uint64_t new_part = after * *thousandths / kRewardScale - platform;

    std::uint64_t to_operator = 0;
    if (payments.size() == 2) {
        const auto operators = parts_of(payments[1]->amount_duffs, part, kOperatorScale);
        if (!operators) return false;
        to_operator = new_part * *operators / kOperatorScale;
        payments[1]->amount_duffs = to_operator;
    }
    payments[0]->amount_duffs = new_part - to_operator;
    return true;
}

std::uint64_t sum(const std::vector<TemplatePayment>& payments) {
    std::uint64_t total = 0;
    for (const TemplatePayment& payment : payments)
        total += payment.amount_duffs;
    return total;
}

}  // namespace

std::optional<BlockTemplate> without_fees(BlockTemplate block, std::uint64_t lost_duffs) {
    if (lost_duffs == 0) return block;
    if (block.coinbase_value_duffs > kMostDuffs || sum(block.payments) != block.payment_total_duffs) {
        return std::nullopt;
    }
    std::uint64_t reward = block.coinbase_value_duffs;
    std::uint64_t platform = 0;
    std::vector<TemplatePayment*> masternode;
    for (TemplatePayment& payment : block.payments) {
        if (payment.superblock) {
            reward -= payment.amount_duffs;
        } else if (is_platform(payment)) {
            platform += payment.amount_duffs;
        } else {
            masternode.push_back(&payment);
        }
    }
    if (lost_duffs > reward || !rescale(masternode, platform, reward, reward - lost_duffs)) return std::nullopt;
    std::erase_if(block.payments, [](const TemplatePayment& payment) { return payment.amount_duffs == 0; });
    block.coinbase_value_duffs -= lost_duffs;
    block.payment_total_duffs = sum(block.payments);
    return block;
}

TemplateLimits limits_beside_payouts(const BlockTemplate& block, const share_chain::Network& network) {
    constexpr std::size_t kHeaderBytes = 80;
    constexpr std::size_t kCountBytes = 5;  // of a varint, at the most as far as blocks go
    constexpr std::size_t kAmountBytes = 8;
    constexpr std::size_t kScriptBytes = 25;  // of an address
    constexpr std::size_t kPayeeBytes = kAmountBytes + 1 + kScriptBytes;
    constexpr std::size_t kReferenceBytes = kAmountBytes + 1 + 42;
    // Version, input with a script of 100 bytes, lock time.
    constexpr std::size_t kFixedBytes = 4 + kCountBytes + (36 + 1 + 100 + 4) + 4;
    constexpr std::size_t kScriptSigops = 100;  // for the coinbase's script, as dashd reserves
    constexpr std::size_t kPaymentSigops = 20;  // of a bare multisignature script

    const std::size_t payees = std::size_t{network.chain_length} + 1;  // and the donation
    std::size_t used = kHeaderBytes + kCountBytes + kFixedBytes + kCountBytes + payees * kPayeeBytes + kReferenceBytes +
                       kCountBytes + block.coinbase_payload.size();
    for (const TemplatePayment& payment : block.payments)
        used += kAmountBytes + kCountBytes + std::max(payment.script.size(), kScriptBytes);
    const std::size_t sigops = kScriptSigops + payees + kPaymentSigops * block.payments.size();
    const auto rest = [](std::size_t all, std::size_t part) { return all - std::min(all, part); };
    return {.wire_bytes = kWireLimit, .bytes = rest(kMaxBlockBytes, used), .sigops = rest(kMaxBlockSigops, sigops)};
}

LimitedTemplate limit_template(BlockTemplate block, const TemplateLimits& limits) {
    Load load = load_of(block.transactions);
    if (load.is_within(limits)) return {.block = std::move(block)};

    LimitedTemplate untouched{.block = std::move(block), .left_out = 0, .fits = false};
    const std::vector<TemplateTransaction>& transactions = untouched.block.transactions;
    if (!is_ordered(transactions)) return untouched;
    const std::vector<bool> stays = choose(transactions, load, limits);
    std::uint64_t lost_duffs = 0;
    for (std::size_t i = 0; i < stays.size(); ++i) {
        if (stays[i]) continue;
        if (!transactions[i].fee_duffs.has_value()) return untouched;
        lost_duffs += *transactions[i].fee_duffs;
        load.remove(transactions[i]);
    }
    if (!load.is_within(limits)) return untouched;
    std::optional<BlockTemplate> rest = without_fees(untouched.block, lost_duffs);
    if (!rest.has_value()) return untouched;
    rest->transactions = only(std::move(rest->transactions), stays);
    LimitedTemplate limited{.block = std::move(*rest)};
    limited.left_out = stays.size() - limited.block.transactions.size();
    return limited;
}

}  // namespace p2pool::work
