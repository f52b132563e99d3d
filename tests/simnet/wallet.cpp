#include "tests/simnet/wallet.h"

#include <algorithm>

#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

constexpr std::uint64_t kDust = 10'000;
constexpr std::uint64_t kAssetLockDuffs = 3 * kCoin / 2;
constexpr std::uint64_t kAssetUnlockDuffs = kCoin / 10;
constexpr std::uint64_t kLeastFee = 500;
constexpr std::uint64_t kMostFee = 50'000;
constexpr std::uint64_t kSpecialFee = 4'350;
constexpr std::uint8_t kSignalBits = 29;

dash::Transaction special_transaction(std::uint16_t type) {
    dash::Transaction transaction;
    transaction.version = 3;
    transaction.type = type;
    return transaction;
}

/// Double SHA-256 over the spent outputs: binds a provider transaction to its inputs (DIP 3).
dash::Uint256 inputs_hash(const dash::Transaction& transaction) {
    dash::Writer writer;
    for (const dash::TxIn& input : transaction.inputs) {
        writer.uint256(input.previous_output.hash).u32(input.previous_output.index);
    }
    return dash::sha256d(writer.bytes());
}

template <std::size_t N>
std::array<std::uint8_t, N> to_array(const dash::Bytes& bytes) {
    std::array<std::uint8_t, N> result{};
    std::copy_n(bytes.begin(), N, result.begin());
    return result;
}

}  // namespace

Wallet::Wallet(Chain& chain, Mempool& mempool, std::uint64_t seed) : chain_(chain), mempool_(mempool), random_(seed) {
    script_ = dash::p2pkh_script(random_key());
}

dash::Bytes Wallet::random_bytes(std::size_t size) {
    dash::Bytes bytes(size);
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(random_());
    return bytes;
}

dash::Hash160 Wallet::random_key() {
    return to_array<20>(random_bytes(20));
}
BlsSignature Wallet::random_signature() {
    return to_array<96>(random_bytes(96));
}
BlsPublicKey Wallet::random_public_key() {
    return to_array<48>(random_bytes(48));
}
dash::Uint256 Wallet::random_hash() {
    return dash::Uint256::from_bytes(random_bytes(dash::Uint256::kBytes));
}

std::uint64_t Wallet::random_fee() {
    return kLeastFee + random_() % (kMostFee - kLeastFee);
}

std::string Wallet::new_address() {
    return dash::format_address({dash::Address::Kind::kPubkeyHash, random_key()}, dash::dash_regtest());
}

void Wallet::find_spendable() {
    const std::uint32_t height = chain_.tip().height + 1;
    spendable_.clear();
    for (const auto& [outpoint, coin] : chain_.coins().all()) {
        const bool mature = !coin.coinbase || height - coin.height >= kCoinbaseMaturity;
        if (!mature || coin.output.script != script_ || mempool_.is_spent(outpoint)) continue;
        spendable_.push_back({outpoint, coin.output.value_duffs});
    }
    // The coins come in no order; a seed shall lead to the same transactions every time.
    std::sort(spendable_.begin(), spendable_.end(), [](const Spendable& a, const Spendable& b) {
        return a.value_duffs != b.value_duffs ? a.value_duffs > b.value_duffs : a.outpoint.hash < b.outpoint.hash;
    });
    for (const MempoolEntry& entry : mempool_.entries()) {
        for (std::uint32_t i = 0; i < entry.transaction.outputs.size(); ++i) {
            const dash::TxOut& output = entry.transaction.outputs[i];
            const dash::OutPoint outpoint{entry.txid, i};
            if (output.script == script_ && !mempool_.is_spent(outpoint))
                spendable_.push_back({outpoint, output.value_duffs});
        }
    }
}

Wallet::Spendable Wallet::take() {
    while (!spendable_.empty()) {
        const Spendable coin = spendable_.front();
        spendable_.pop_front();
        if (coin.value_duffs > 2 * (kDust + kMostFee)) return coin;
    }
    throw dash::Error("the simnet's wallet has no coins left; mine some blocks (its own coins mature after 100)");
}

dash::TxIn Wallet::spend(const Spendable& coin) {
    constexpr std::size_t kSignatureBytes = 71;
    constexpr std::size_t kKeyBytes = 33;
    dash::TxIn input;
    input.previous_output = coin.outpoint;
    dash::append(input.script, dash::push_data(random_bytes(kSignatureBytes)));
    dash::append(input.script, dash::push_data(random_bytes(kKeyBytes)));
    return input;
}

std::uint64_t Wallet::collect(dash::Transaction& transaction, std::uint64_t least_duffs) {
    std::uint64_t value = 0;
    while (value < least_duffs + kSpecialFee + kDust) {
        const Spendable coin = take();
        transaction.inputs.push_back(spend(coin));
        value += coin.value_duffs;
    }
    return value - least_duffs - kSpecialFee;
}

dash::Uint256 Wallet::broadcast(const dash::Transaction& transaction) {
    if (const Reject problem = mempool_.add(transaction))
        throw dash::Error("the simnet's mempool refuses a transaction: " + *problem);
    const dash::Uint256 txid = transaction.txid();
    for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
        if (transaction.outputs[i].script == script_)
            spendable_.push_back({{txid, i}, transaction.outputs[i].value_duffs});
    }
    return txid;
}

std::vector<dash::Uint256> Wallet::send(const TrafficRequest& request) {
    find_spendable();
    std::vector<dash::Uint256> sent;
    for (std::size_t i = 0; i < request.payments; ++i)
        sent.push_back(send_payment(take()));
    for (std::size_t i = 0; i < request.chain; ++i) {
        if (i > 0) std::rotate(spendable_.begin(), spendable_.end() - 1, spendable_.end());
        sent.push_back(send_payment(take()));
    }
    for (std::size_t i = 0; i < request.asset_locks; ++i)
        sent.push_back(send_asset_lock());
    for (std::size_t i = 0; i < request.asset_unlocks; ++i)
        sent.push_back(send_asset_unlock());
    for (std::size_t i = 0; i < request.masternodes; ++i)
        sent.push_back(send_masternode());
    const auto state = chain_.evo_state(chain_.tip());
    const auto& nodes = state->masternodes.all();
    if (request.service_updates > nodes.size()) throw dash::Error("there are fewer masternodes than updates asked for");
    for (std::size_t i = 0; i < request.service_updates; ++i)
        sent.push_back(send_service_update(nodes[i]));
    for (std::size_t i = 0; i < request.hard_fork_signals; ++i)
        sent.push_back(send_hard_fork_signal());
    return sent;
}

dash::Uint256 Wallet::send_payment(const Spendable& coin) {
    dash::Transaction transaction;
    transaction.version = 2;
    transaction.inputs.push_back(spend(coin));
    const std::uint64_t rest = coin.value_duffs - random_fee();
    const std::uint64_t paid = kDust + random_() % (rest - 2 * kDust);
    transaction.outputs = {{paid, script_}, {rest - paid, script_}};
    return broadcast(transaction);
}

dash::Uint256 Wallet::send_asset_lock() {
    dash::Transaction transaction = special_transaction(kAssetLock);
    const std::uint64_t change = collect(transaction, kAssetLockDuffs);
    transaction.outputs = {{change, script_}, {kAssetLockDuffs, {kOpReturn, 0}}};
    AssetLockTx payload;
    payload.credit_outputs = {{kAssetLockDuffs, script_}};
    transaction.extra_payload = payload.encode();
    return broadcast(transaction);
}

dash::Uint256 Wallet::send_asset_unlock() {
    constexpr std::uint32_t kUnlockFee = 70'000;
    dash::Transaction transaction = special_transaction(kAssetUnlock);
    // Not to the wallet: an unlock that expires must not take others with it.
    transaction.outputs = {{kAssetUnlockDuffs - kUnlockFee, dash::p2pkh_script(random_key())}};
    AssetUnlockTx payload;
    payload.index = next_unlock_index_++;
    payload.fee_duffs = kUnlockFee;
    payload.requested_height = chain_.tip().height;
    payload.quorum_hash = chain_.tip().hash;
    payload.quorum_signature = random_signature();
    transaction.extra_payload = payload.encode();
    return broadcast(transaction);
}

Service Wallet::next_service() {
    Service service{};
    const std::uint16_t port = next_port_++;
    service[10] = service[11] = 0xff;  // ::ffff:127.0.0.1
    service[12] = 127;
    service[15] = 1;
    service[16] = static_cast<std::uint8_t>(port >> 8);
    service[17] = static_cast<std::uint8_t>(port);
    return service;
}

dash::Uint256 Wallet::send_masternode() {
    enum Kind : std::uint32_t { kWithP2pkh, kWithOperator, kWithP2sh, kEvo, kKinds };
    constexpr std::uint16_t kOperatorReward = 1000;
    const std::uint32_t kind = masternodes_made_++ % kKinds;
    dash::Transaction transaction = special_transaction(kProviderRegister);
    ProRegTx payload;
    payload.evo = kind == kEvo;
    const std::uint64_t collateral = payload.evo ? kEvoCollateral : kRegularCollateral;
    const std::uint64_t change = collect(transaction, collateral);
    // Not the wallet's own script, or it would spend the collateral and so end the masternode.
    transaction.outputs = {{change, script_}, {collateral, dash::p2pkh_script(random_key())}};
    payload.collateral.index = 1;
    payload.service = next_service();
    payload.owner_key = random_key();
    payload.operator_key = random_public_key();
    payload.voting_key = random_key();
    payload.operator_reward = kind == kWithOperator ? kOperatorReward : 0;
    payload.payout_script = kind == kWithP2sh ? dash::p2sh_script(random_key()) : dash::p2pkh_script(random_key());
    payload.inputs_hash = inputs_hash(transaction);
    if (payload.evo) payload.platform = {random_key(), 22'821, 22'822};
    transaction.extra_payload = payload.encode();
    return broadcast(transaction);
}

dash::Uint256 Wallet::send_service_update(const Masternode& node) {
    dash::Transaction transaction = special_transaction(kProviderUpdateService);
    transaction.outputs = {{collect(transaction, 0), script_}};
    ProUpServTx payload;
    payload.evo = node.evo;
    payload.protx_hash = node.protx_hash;
    payload.service = node.service;
    if (node.operator_reward > 0) payload.operator_payout_script = dash::p2pkh_script(random_key());
    payload.inputs_hash = inputs_hash(transaction);
    payload.platform = node.platform;
    payload.signature = random_signature();
    transaction.extra_payload = payload.encode();
    return broadcast(transaction);
}

dash::Uint256 Wallet::send_hard_fork_signal() {
    dash::Transaction transaction = special_transaction(kHardForkSignal);
    HardForkSignal payload;
    payload.bit = static_cast<std::uint8_t>(next_signal_bit_++ % kSignalBits);
    payload.quorum_hash = chain_.tip().hash;
    payload.signature = random_signature();
    transaction.extra_payload = payload.encode();
    return broadcast(transaction);
}

}  // namespace simnet
