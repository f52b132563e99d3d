#include "tests/simnet/chain.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "dash/primitives/script.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "tests/simnet/validation.h"

namespace simnet {
namespace {

constexpr std::uint32_t kBlocksAhead = 288;
constexpr std::uint32_t kMedianBlocks = 11;

dash::Uint256 header_hash(const dash::BlockHeader& header) {
    return dash::x11::hash_number(header.serialize());
}

/// Dash's first transaction; all Dash chains have it.
dash::Transaction genesis_coinbase() {
    constexpr std::string_view kHeadline =
        "Wired 09/Jan/2014 The Grand Experiment Goes Live: Overstock.com Is Now Accepting Bitcoins";
    constexpr std::string_view kKey =
        "040184710fa689ad5023690c80f3a49c8f13f8d45b8c857fbcbc8bc4a8e4d3eb4b10f4d4604fa08dce601aaf0f470216fe1b51850b4acf"
        "21b179c45070"
        "ac7b03a9";
    constexpr std::uint8_t kOpPushData1 = 0x4c;
    constexpr std::uint8_t kOpCheckSig = 0xac;
    dash::Transaction coinbase;
    coinbase.inputs.resize(1);
    // The number 0x1d00ffff and the number 4, pushed as Bitcoin's genesis block does.
    coinbase.inputs[0].script = {
        0x04, 0xff, 0xff, 0x00, 0x1d, 0x01, 0x04, kOpPushData1, static_cast<std::uint8_t>(kHeadline.size())};
    dash::append(coinbase.inputs[0].script, dash::as_bytes(kHeadline));
    dash::Bytes script = dash::push_data(dash::from_hex(kKey));
    script.push_back(kOpCheckSig);
    coinbase.outputs.push_back({50 * kCoin, script});
    return coinbase;
}

/// The ChainLock in the coinbase of a block that was not validated.
const ChainLock* carried_lock(const dash::Block& block, const Network& network) {
    try {
        return network.find_chain_lock(CbTx::decode(block.transactions[0].extra_payload).chain_lock_signature);
    } catch (const dash::DecodeError&) {
        return nullptr;
    }
}

/// Of two tips that could be active, whether `a` is to be preferred.
bool is_better(const BlockEntry& a, const BlockEntry& b) {
    return a.work != b.work ? a.work > b.work : a.arrival < b.arrival;
}

}  // namespace

const BlockEntry& ancestor(const BlockEntry& entry, std::uint32_t height) {
    const BlockEntry* walk = &entry;
    while (walk->height > height)
        walk = walk->parent;
    return *walk;
}

Reject Outcome::submit_result() const {
    switch (kind) {
        case Kind::kConnected:
            return std::nullopt;
        case Kind::kStored:
            return "inconclusive";
        case Kind::kKnown:
            return "duplicate";
        case Kind::kRejected:
            return reason;
    }
    return reason;
}

Chain::Chain(const Rules& rules, const dash::Clock& clock) : rules_(rules), clock_(clock) {
    add_genesis();
}

void Chain::add_genesis() {
    auto block = std::make_shared<dash::Block>();
    block->transactions.push_back(genesis_coinbase());
    block->header.version = 1;
    block->header.merkle_root = block->transactions[0].txid();
    block->header.timestamp = 1417713337;
    block->header.bits = kRegtestBits;
    block->header.nonce = 1096447;
    BlockEntry& genesis = insert(block->header, header_hash(block->header), nullptr);
    genesis.block_bytes = block->serialize().size();
    genesis.block = std::move(block);
    genesis.connected = true;
    genesis.state = std::make_shared<const EvoState>();
    active_.push_back(&genesis);
}

BlockEntry& Chain::insert(const dash::BlockHeader& header, const dash::Uint256& hash, BlockEntry* parent) {
    auto entry = std::make_unique<BlockEntry>();
    entry->header = header;
    entry->hash = hash;
    entry->parent = parent;
    entry->height = parent ? parent->height + 1 : 0;
    entry->work = (parent ? parent->work : 0) + block_work(header.bits);
    BlockEntry& result = *entry;
    entries_.emplace(hash, std::move(entry));
    return result;
}

const BlockEntry* Chain::find(const dash::Uint256& hash) const {
    const auto found = entries_.find(hash);
    return found == entries_.end() ? nullptr : found->second.get();
}

const BlockEntry* Chain::at_height(std::uint32_t height) const {
    return height < active_.size() ? active_[height] : nullptr;
}

const BlockEntry& Chain::fork_point(const BlockEntry& entry) const {
    const BlockEntry* walk = &entry;
    while (!is_active(*walk))
        walk = walk->parent;
    return *walk;
}

std::vector<const BlockEntry*> Chain::branch_tips() const {
    std::unordered_set<const BlockEntry*> inner;
    for (const auto& [hash, entry] : entries_) {
        if (!is_active(*entry)) inner.insert(entry->parent);
    }
    std::vector<const BlockEntry*> tips{&tip()};
    for (const auto& [hash, entry] : entries_) {
        if (!is_active(*entry) && inner.count(entry.get()) == 0) tips.push_back(entry.get());
    }
    std::sort(tips.begin(), tips.end(), [](const BlockEntry* a, const BlockEntry* b) {
        return a->height != b->height ? a->height > b->height : a->hash < b->hash;
    });
    return tips;
}

std::uint32_t Chain::now() const {
    return static_cast<std::uint32_t>(clock_.unix_seconds());
}

std::uint32_t Chain::median_time_past(const BlockEntry& entry) {
    std::vector<std::uint32_t> times;
    for (const BlockEntry* walk = &entry; walk != nullptr && times.size() < kMedianBlocks; walk = walk->parent) {
        times.push_back(walk->header.timestamp);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

EvoContext Chain::evo_context(const BlockEntry& parent) const {
    const auto hash_at = [&parent](std::uint32_t height) { return ancestor(parent, height).hash; };
    return EvoContext{rules_, network_, parent.height + 1, parent.hash, hash_at};
}

std::shared_ptr<const EvoState> Chain::evo_state(const BlockEntry& entry) {
    if (entry.state) return entry.state;
    EvoState state = *evo_state(*entry.parent);
    // A block that turns out invalid when it is connected leads nowhere: what its transactions did until then is as
    // good as any.
    static_cast<void>(advance(state, *entry.block, evo_context(*entry.parent)));
    if (const ChainLock* lock = carried_lock(*entry.block, network_)) state.coinbase_chain_lock = *lock;
    auto shared = std::make_shared<const EvoState>(std::move(state));
    entries_.at(entry.hash)->state = shared;
    return shared;
}

bool Chain::contradicts_lock(const BlockEntry& parent, const dash::Uint256& hash) const {
    const ChainLock* best = network_.best_chain_lock();
    if (best == nullptr) return false;
    const std::uint32_t height = parent.height + 1;
    if (height == best->height) return hash != best->hash;
    if (height > best->height) return ancestor(parent, best->height).hash != best->hash;
    const BlockEntry* locked = find(best->hash);
    return ancestor(*locked, height).hash != hash;
}

Reject Chain::accept_known_header(const BlockEntry& entry) const {
    if (entry.failed || entry.conflicting) return "duplicate";
    return std::nullopt;
}

Reject Chain::check_new_header(const dash::BlockHeader& header, const dash::Uint256& hash, BlockEntry*& parent) {
    const dash::Uint256 target = checked_target(header.bits);
    if (target.is_zero() || hash > target) return "high-hash";
    const auto found = entries_.find(header.previous_block);
    if (found == entries_.end()) return "prev-blk-not-found";
    parent = found->second.get();
    if (parent->failed) return "bad-prevblk";
    if (parent->conflicting) return "bad-prevblk-chainlock";
    return simnet::check_header(header, {parent->height + 1, median_time_past(*parent), now()}, rules_);
}

BlockEntry* Chain::accept_header(const dash::BlockHeader& header, Reject& reason) {
    const dash::Uint256 hash = header_hash(header);
    if (const auto known = entries_.find(hash); known != entries_.end()) {
        reason = accept_known_header(*known->second);
        return reason ? nullptr : known->second.get();
    }
    BlockEntry* parent = nullptr;
    reason = check_new_header(header, hash, parent);
    if (reason) return nullptr;
    const bool conflicting = contradicts_lock(*parent, hash);
    BlockEntry& entry = insert(header, hash, parent);
    entry.conflicting = conflicting;
    if (conflicting) {
        reason = "bad-chainlock";
        return nullptr;
    }
    return &entry;
}

Reject Chain::submit(std::shared_ptr<const dash::Block> block) {
    if (const BlockEntry* known = find(header_hash(block->header))) {
        if (known->failed) return "duplicate-invalid";
        if (known->connected) return "duplicate";
    }
    return accept_block(std::move(block), true).submit_result();
}

Outcome Chain::accept_block(std::shared_ptr<const dash::Block> block, bool requested) {
    using Kind = Outcome::Kind;
    const dash::Uint256 hash = header_hash(block->header);
    // What fails here is not remembered: another block with the same header may be good.
    if (Reject problem = check_block(*block, hash)) return {Kind::kRejected, std::move(*problem)};
    Reject problem;
    BlockEntry* entry = accept_header(block->header, problem);
    if (entry == nullptr) return {Kind::kRejected, std::move(*problem)};
    if (entry->block) return {Kind::kKnown, {}};
    const bool wanted = entry->work >= tip().work && entry->height <= tip().height + kBlocksAhead;
    if (!requested && !wanted) return {Kind::kKnown, {}};
    problem = check_block_in_context(*block, entry->height, median_time_past(*entry->parent), rules_);
    if (problem) {
        mark_descendants(*entry, &BlockEntry::failed);
        return {Kind::kRejected, std::move(*problem)};
    }
    entry->block_bytes = block->serialize().size();
    entry->block = std::move(block);
    entry->arrival = ++arrivals_;

    checked_hash_ = hash;
    checked_reason_.reset();
    activate_best();
    if (checked_reason_) return {Kind::kRejected, *checked_reason_};
    return {is_active(*entry) ? Kind::kConnected : Kind::kStored, {}};
}

Reject Chain::propose(const dash::Block& block) {
    const dash::Uint256 hash = header_hash(block.header);
    if (const BlockEntry* known = find(hash)) {
        if (known->connected) return "duplicate";
        return known->failed ? "duplicate-invalid" : "duplicate-inconclusive";
    }
    if (block.header.previous_block != tip().hash) return "inconclusive-not-best-prevblk";
    const std::uint32_t median = median_time_past(tip());
    const std::uint32_t height = tip().height + 1;
    Reject problem = simnet::check_header(block.header, {height, median, now()}, rules_);
    if (!problem) problem = check_block(block, hash, false);
    if (!problem) {
        bool mutated = false;
        if (transaction_root(block.transactions, mutated) != block.header.merkle_root) problem = "bad-txnmrklroot";
    }
    if (!problem) problem = check_block_in_context(block, height, median, rules_);
    if (problem) return problem;
    EvoState state = *evo_state(tip());
    BlockUndo undo;
    problem = connect_block(block, evo_context(tip()), coins_, state, undo);
    if (!problem) coins_.undo(block, undo);
    return problem;
}

bool Chain::make_precious(const dash::Uint256& hash) {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return false;
    if (found->second->work >= tip().work) {
        found->second->arrival = --precious_;
        activate_best();
    }
    return true;
}

bool Chain::lock(const dash::Uint256& hash, const BlsSignature& signature) {
    const auto found = entries_.find(hash);
    if (found == entries_.end() || !found->second->block || found->second->failed) return false;
    BlockEntry& locked = *found->second;
    network_.chain_locks.push_back({locked.height, hash, signature});
    for (const auto& [other, entry] : entries_) {
        if (entry->height < locked.height) continue;
        if (&ancestor(*entry, locked.height) != &locked) entry->conflicting = true;
    }
    activate_best();
    return is_active(locked);
}

void Chain::mark_descendants(BlockEntry& root, bool BlockEntry::*flag) {
    for (const auto& [hash, entry] : entries_) {
        if (entry->height >= root.height && &ancestor(*entry, root.height) == &root) (*entry).*flag = true;
    }
}

BlockEntry* Chain::best_candidate() {
    BlockEntry* best = active_.back();
    const bool tip_excluded = best->failed || best->conflicting;
    if (tip_excluded) best = nullptr;
    for (const auto& [hash, entry] : entries_) {
        if (!entry->block || entry->failed || entry->conflicting || entry->height == 0) continue;
        if (best != nullptr && !is_better(*entry, *best)) continue;
        const BlockEntry* walk = entry.get();
        while (!is_active(*walk) && walk->block)
            walk = walk->parent;
        if (is_active(*walk)) best = entry.get();
    }
    return best != nullptr ? best : active_.front();
}

Reject Chain::connect(BlockEntry& entry) {
    EvoState state = *evo_state(*entry.parent);
    BlockUndo undo;
    if (const Reject problem = connect_block(*entry.block, evo_context(*entry.parent), coins_, state, undo))
        return problem;
    entry.state = std::make_shared<const EvoState>(std::move(state));
    entry.undo = std::move(undo);
    entry.connected = true;
    active_.push_back(&entry);
    return std::nullopt;
}

void Chain::disconnect_tip() {
    BlockEntry& entry = *active_.back();
    coins_.undo(*entry.block, entry.undo);
    entry.undo = {};
    active_.pop_back();
}

bool Chain::switch_to(BlockEntry& target) {
    std::vector<BlockEntry*> path;
    BlockEntry* walk = &target;
    for (; !is_active(*walk); walk = walk->parent)
        path.push_back(walk);
    while (active_.back() != walk)
        disconnect_tip();
    for (auto next = path.rbegin(); next != path.rend(); ++next) {
        Reject problem = connect(**next);
        if (!problem) continue;
        if ((*next)->hash == checked_hash_) checked_reason_ = std::move(problem);
        mark_descendants(**next, &BlockEntry::failed);
        return false;
    }
    return true;
}

void Chain::activate_best() {
    const std::vector<BlockEntry*> before = active_;
    for (BlockEntry* best = best_candidate(); best != active_.back(); best = best_candidate())
        switch_to(*best);
    if (active_ == before) return;
    const auto fork = std::mismatch(before.begin(), before.end(), active_.begin(), active_.end());
    const std::vector<const BlockEntry*> disconnected(before.rbegin(), std::make_reverse_iterator(fork.first));
    const std::vector<const BlockEntry*> connected(fork.second, active_.end());
    for (const TipListener& listener : listeners_)
        listener(disconnected, connected);
}

}  // namespace simnet
