#include "tests/simnet/masternodes.h"

#include <algorithm>
#include <utility>

#include "dash/primitives/merkle.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

constexpr std::uint32_t kEvoPaymentsInARow = 4;
constexpr std::uint32_t kMinimumConfirmations = 1;

bool has_service(const Service& service) {
    return service != Service{};
}

std::uint32_t waiting_since(const Masternode& node) {
    if (node.revived_height > node.last_paid_height) return node.revived_height;
    return node.last_paid_height == 0 ? node.registered_height : node.last_paid_height;
}

bool waited_longer(const Masternode& a, const Masternode& b) {
    const std::uint32_t since_a = waiting_since(a);
    const std::uint32_t since_b = waiting_since(b);
    return since_a != since_b ? since_a < since_b : wire_less(a.protx_hash, b.protx_hash);
}

bool has_collateral(const dash::Transaction& transaction, const ProRegTx& registration) {
    const std::uint32_t index = registration.collateral.index;
    return registration.collateral.hash.is_zero() && index < transaction.outputs.size() &&
           transaction.outputs[index].value_duffs == (registration.evo ? kEvoCollateral : kRegularCollateral);
}

}  // namespace

bool wire_less(const dash::Uint256& a, const dash::Uint256& b) {
    return a.to_bytes() < b.to_bytes();
}

dash::Uint256 Masternode::leaf() const {
    dash::Writer writer;
    writer.uint256(protx_hash).uint256(confirmed_hash).raw(service).raw(operator_key).raw(voting_key);
    writer.u8(banned ? 0 : 1).u16(evo ? 1 : 0);
    if (evo) writer.u16(platform.http_port).raw(platform.id);
    return dash::sha256d(writer.bytes());
}

const Masternode* MasternodeList::payee(const Rules& rules, std::uint32_t block_height) const {
    if (block_height < rules.mn_rr) {
        for (const Masternode& node : nodes_) {
            if (!node.banned && node.evo && node.last_paid_height == height_ &&
                node.consecutive_payments < kEvoPaymentsInARow) {
                return &node;
            }
        }
    }
    const Masternode* best = nullptr;
    for (const Masternode& node : nodes_) {
        if (!node.banned && (best == nullptr || waited_longer(node, *best))) best = &node;
    }
    return best;
}

dash::Uint256 MasternodeList::merkle_root() const {
    std::vector<const Masternode*> sorted;
    for (const Masternode& node : nodes_)
        sorted.push_back(&node);
    std::sort(sorted.begin(), sorted.end(),
              [](const Masternode* a, const Masternode* b) { return wire_less(a->protx_hash, b->protx_hash); });
    std::vector<dash::Uint256> leaves;
    for (const Masternode* node : sorted)
        leaves.push_back(node->leaf());
    return dash::merkle_root(leaves);
}

Reject MasternodeList::apply(const dash::Block& block, const Rules& rules, std::uint32_t block_height,
                             const dash::Uint256& parent_hash) {
    const Masternode* paid = payee(rules, block_height);
    const std::optional<dash::Uint256> paid_hash = paid ? std::optional(paid->protx_hash) : std::nullopt;
    confirm(block_height, parent_hash);
    try {
        for (std::size_t i = 1; i < block.transactions.size(); ++i) {
            const dash::Transaction& transaction = block.transactions[i];
            if (!transaction.has_payload()) continue;
            Reject problem;
            if (transaction.type == kProviderRegister) problem = add(transaction, block_height);
            if (transaction.type == kProviderUpdateService) problem = update(transaction, block_height);
            if (problem) return problem;
        }
    } catch (const dash::DecodeError&) {
        return "bad-protx-payload";
    }
    for (std::size_t i = 1; i < block.transactions.size(); ++i)
        remove_spent(block.transactions[i]);
    if (paid_hash) pay(*paid_hash, rules, block_height);
    height_ = block_height;
    return std::nullopt;
}

Masternode* MasternodeList::find(const dash::Uint256& protx_hash) {
    const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                    [&](const Masternode& node) { return node.protx_hash == protx_hash; });
    return found == nodes_.end() ? nullptr : &*found;
}

Reject MasternodeList::add(const dash::Transaction& transaction, std::uint32_t block_height) {
    const ProRegTx registration = ProRegTx::decode(transaction.extra_payload);
    if (!has_collateral(transaction, registration)) return "bad-protx-collateral";
    for (const Masternode& node : nodes_) {
        if (has_service(registration.service) && node.service == registration.service)
            return "bad-protx-dup-netinfo-entry";
        if (node.operator_key == registration.operator_key) return "bad-protx-dup-key";
    }
    Masternode node;
    node.protx_hash = transaction.txid();
    node.collateral = {node.protx_hash, registration.collateral.index};
    node.evo = registration.evo;
    node.registered_height = block_height;
    node.banned = !has_service(registration.service);
    node.service = registration.service;
    node.operator_key = registration.operator_key;
    node.voting_key = registration.voting_key;
    node.operator_reward = registration.operator_reward;
    node.payout_script = registration.payout_script;
    node.platform = registration.platform;
    nodes_.push_back(std::move(node));
    return std::nullopt;
}

Reject MasternodeList::update(const dash::Transaction& transaction, std::uint32_t block_height) {
    const ProUpServTx change = ProUpServTx::decode(transaction.extra_payload);
    Masternode* node = find(change.protx_hash);
    if (node == nullptr) return "bad-protx-hash";
    if (change.evo != node->evo) return "bad-protx-type-mismatch";
    node->service = change.service;
    node->operator_payout_script = change.operator_payout_script;
    if (node->evo) node->platform = change.platform;
    if (std::exchange(node->banned, false)) node->revived_height = block_height;
    return std::nullopt;
}

void MasternodeList::confirm(std::uint32_t block_height, const dash::Uint256& parent_hash) {
    for (Masternode& node : nodes_) {
        if (node.confirmed_hash.is_zero() && block_height - 1 >= node.registered_height + kMinimumConfirmations) {
            node.confirmed_hash = parent_hash;
        }
    }
}

void MasternodeList::remove_spent(const dash::Transaction& transaction) {
    for (const dash::TxIn& input : transaction.inputs) {
        std::erase_if(nodes_, [&](const Masternode& node) { return node.collateral == input.previous_output; });
    }
}

void MasternodeList::pay(const dash::Uint256& protx_hash, const Rules& rules, std::uint32_t block_height) {
    const bool in_a_row = block_height < rules.mn_rr;
    for (Masternode& node : nodes_) {
        const bool paid = node.protx_hash == protx_hash;
        if (paid) node.last_paid_height = block_height;
        if (node.evo) node.consecutive_payments = paid && in_a_row ? node.consecutive_payments + 1 : 0;
    }
}

}  // namespace simnet
