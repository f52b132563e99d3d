#include "tests/simnet/validation.h"

#include <algorithm>
#include <cstdio>
#include <unordered_set>

#include "dash/primitives/script.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

constexpr std::size_t kMaxTransactionBytes = 1'000'000;
constexpr std::size_t kMaxStandardTransactionBytes = 100'000;
constexpr std::size_t kMaxPayloadBytes = 10'000;
constexpr std::size_t kMaxCoinbaseScript = 100;
constexpr std::int32_t kOldestBlockVersion = 4;
constexpr std::uint32_t kLockTimeIsUnixTime = 500'000'000;
constexpr std::uint32_t kFinalSequence = 0xffffffff;
constexpr std::size_t kSmallestTransaction = 10;

bool meets_target(const dash::Uint256& hash, std::uint32_t bits) {
    const dash::Uint256 target = checked_target(bits);
    return !target.is_zero() && hash <= target;
}

Reject check_outputs(const dash::Transaction& transaction) {
    std::uint64_t total = 0;
    for (const dash::TxOut& output : transaction.outputs) {
        if (output.value_duffs > INT64_MAX) return "bad-txns-vout-negative";
        if (output.value_duffs > kMaxMoney) return "bad-txns-vout-toolarge";
        total += output.value_duffs;
        if (total > kMaxMoney) return "bad-txns-txouttotal-toolarge";
    }
    return std::nullopt;
}

Reject check_inputs_form(const dash::Transaction& transaction) {
    std::unordered_set<dash::OutPoint, OutPointHash> seen;
    for (const dash::TxIn& input : transaction.inputs) {
        if (!seen.insert(input.previous_output).second) return "bad-txns-inputs-duplicate";
    }
    if (transaction.is_coinbase()) {
        // A CbTx holds the height in its payload, so that its script may be almost empty.
        const std::size_t least = transaction.type == kCoinbase ? 1 : 2;
        const std::size_t size = transaction.inputs[0].script.size();
        if (size < least || size > kMaxCoinbaseScript) return "bad-cb-length";
        return std::nullopt;
    }
    for (const dash::TxIn& input : transaction.inputs) {
        if (input.previous_output.is_null()) return "bad-txns-prevout-null";
    }
    return std::nullopt;
}

Reject check_transaction(const dash::Transaction& transaction) {
    const bool may_be_empty = transaction.type == kQuorumCommitment || transaction.type == kHardForkSignal;
    if (transaction.inputs.empty() && !may_be_empty && transaction.type != kAssetUnlock) return "bad-txns-vin-empty";
    if (transaction.outputs.empty() && !may_be_empty) return "bad-txns-vout-empty";
    if (transaction.serialize().size() > kMaxTransactionBytes) return "bad-txns-oversize";
    if (transaction.extra_payload.size() > kMaxPayloadBytes) return "bad-txns-payload-oversize";
    if (const Reject problem = check_outputs(transaction)) return problem;
    return check_inputs_form(transaction);
}

/// The special transactions this chain knows; the wallet of the simnet makes no others.
bool is_known_type(std::uint16_t type) {
    switch (type) {
        case kPlain:
        case kProviderRegister:
        case kProviderUpdateService:
        case kCoinbase:
        case kQuorumCommitment:
        case kHardForkSignal:
        case kAssetLock:
        case kAssetUnlock:
            return true;
        default:
            return false;
    }
}

Reject check_type(const dash::Transaction& transaction) {
    if (transaction.version < 3) return transaction.type == kPlain ? Reject() : "bad-txns-type";
    if (!is_known_type(transaction.type)) return "bad-txns-type";
    if (transaction.is_coinbase() && transaction.type != kCoinbase) return "bad-txns-cb-type";
    return std::nullopt;
}

bool is_final(const dash::Transaction& transaction, std::uint32_t height, std::uint32_t median_time_past) {
    const std::uint32_t limit = transaction.lock_time < kLockTimeIsUnixTime ? height : median_time_past;
    if (transaction.lock_time < limit) return true;
    return std::all_of(transaction.inputs.begin(), transaction.inputs.end(),
                       [](const dash::TxIn& input) { return input.sequence == kFinalSequence; });
}

bool starts_with(const dash::Bytes& script, const dash::Bytes& start) {
    return script.size() >= start.size() && std::equal(start.begin(), start.end(), script.begin());
}

}  // namespace

dash::Block decode_block(dash::ByteSpan bytes) {
    dash::Reader reader(bytes);
    dash::Block block;
    block.header = dash::read_header(reader);
    const std::size_t count = reader.count(kSmallestTransaction);
    for (std::size_t i = 0; i < count; ++i)
        block.transactions.push_back(dash::read_transaction(reader));
    return block;
}

dash::Uint256 transaction_root(const std::vector<dash::Transaction>& transactions, bool& mutated) {
    mutated = false;
    std::vector<dash::Uint256> level;
    for (const dash::Transaction& transaction : transactions)
        level.push_back(transaction.txid());
    if (level.empty()) return {};
    while (level.size() > 1) {
        for (std::size_t i = 0; i + 1 < level.size(); i += 2)
            mutated = mutated || level[i] == level[i + 1];
        if (level.size() % 2 != 0) level.push_back(level.back());
        std::vector<dash::Uint256> above;
        for (std::size_t i = 0; i < level.size(); i += 2) {
            dash::Bytes pair;
            dash::append(pair, level[i].to_bytes());
            dash::append(pair, level[i + 1].to_bytes());
            above.push_back(dash::sha256d(pair));
        }
        level = std::move(above);
    }
    return level[0];
}

Reject check_block(const dash::Block& block, const dash::Uint256& hash, bool with_work) {
    if (with_work) {
        if (!meets_target(hash, block.header.bits)) return "high-hash";
        bool mutated = false;
        if (transaction_root(block.transactions, mutated) != block.header.merkle_root) return "bad-txnmrklroot";
        if (mutated) return "bad-txns-duplicate";
    }
    if (block.transactions.empty() || block.serialize().size() > kMaxBlockBytes) return "bad-blk-length";
    if (!block.transactions[0].is_coinbase()) return "bad-cb-missing";
    std::size_t sigops = 0;
    for (std::size_t i = 1; i < block.transactions.size(); ++i) {
        if (block.transactions[i].is_coinbase()) return "bad-cb-multiple";
    }
    for (const dash::Transaction& transaction : block.transactions) {
        if (const Reject problem = check_transaction(transaction)) return problem;
        sigops += count_sigops(transaction);
    }
    if (sigops > kMaxBlockSigops) return "bad-blk-sigops";
    return std::nullopt;
}

Reject check_header(const dash::BlockHeader& header, const HeaderContext& context, const Rules& rules) {
    if (header.bits != rules.expected_bits(context.height)) return "bad-diffbits";
    if (header.timestamp <= context.median_time_past) return "time-too-old";
    if (header.timestamp > static_cast<std::uint64_t>(context.now) + kMaxFutureSeconds) return "time-too-new";
    if (static_cast<std::int32_t>(header.version) < kOldestBlockVersion) {
        char text[32];
        std::snprintf(text, sizeof text, "bad-version(0x%08x)", header.version);
        return text;
    }
    return std::nullopt;
}

Reject check_block_in_context(const dash::Block& block, std::uint32_t height, std::uint32_t median_time_past,
                              const Rules& rules) {
    const bool special_transactions = height >= rules.dip3;
    for (const dash::Transaction& transaction : block.transactions) {
        if (!is_final(transaction, height, median_time_past)) return "bad-txns-nonfinal";
        if (special_transactions) {
            if (const Reject problem = check_type(transaction)) return problem;
        }
        if (transaction.serialize().size() > kMaxStandardTransactionBytes) return "bad-txns-oversize";
    }
    const dash::Transaction& coinbase = block.transactions[0];
    if (special_transactions && coinbase.type != kCoinbase) return "bad-cb-type";
    if (!special_transactions && !starts_with(coinbase.inputs[0].script, dash::push_height(height)))
        return "bad-cb-height";
    return std::nullopt;
}

}  // namespace simnet
