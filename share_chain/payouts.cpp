#include "share_chain/payouts.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "dash/primitives/base58.h"
#include "dash/primitives/script.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace share_chain {
namespace {

constexpr std::size_t kAddressBytes = 21;
constexpr std::size_t kChecksumBytes = 4;
/// Nothing in the rules bounds a payee. Decoding this many characters takes milliseconds here and half an hour in
/// python, so a share with more cannot become part of anybody's chain.
constexpr std::size_t kLongestPayee = 1 << 17;

bool is_donation(const dash::Bytes& script) {
    const dash::ByteSpan donation = donation_script();
    return std::equal(script.begin(), script.end(), donation.begin(), donation.end());
}

/// The decoded text when its first bytes are an address with its checksum.
std::optional<dash::Bytes> decode_address(std::string_view text) {
    std::optional<dash::Bytes> decoded = dash::base58_decode(text);
    if (!decoded || decoded->size() < kAddressBytes + kChecksumBytes) return std::nullopt;
    const auto checksum = dash::sha256d(dash::ByteSpan(*decoded).first(kAddressBytes)).to_bytes();
    const dash::ByteSpan claimed = dash::ByteSpan(*decoded).subspan(kAddressBytes, kChecksumBytes);
    if (!std::equal(claimed.begin(), claimed.end(), checksum.begin())) return std::nullopt;
    return decoded;
}

std::optional<dash::Bytes> address_payment_script(std::string_view text, const dash::ChainParams& chain) {
    if (text.size() > kLongestPayee) throw dash::DecodeError("share pays to an address of absurd length");
    const std::optional<dash::Bytes> decoded = decode_address(text);
    if (!decoded) return std::nullopt;
    if (decoded->size() > kAddressBytes + kChecksumBytes) {
        throw dash::DecodeError("share pays to an address with bytes behind its checksum");
    }
    dash::Hash160 hash{};
    std::copy_n(decoded->begin() + 1, hash.size(), hash.begin());
    if (decoded->front() == chain.p2pkh_version) return dash::p2pkh_script(hash);
    if (decoded->front() == chain.p2sh_version) return dash::p2sh_script(hash);
    return std::nullopt;
}

}  // namespace

std::optional<dash::Bytes> payment_script(dash::ByteSpan payee, const dash::ChainParams& chain) {
    const std::string_view text(reinterpret_cast<const char*>(payee.data()), payee.size());
    if (text.empty()) return std::nullopt;
    if (text.front() == '!') return dash::from_hex(text.substr(1));
    constexpr std::string_view kOldNotation = "script:";
    if (text.substr(0, kOldNotation.size()) == kOldNotation) return std::nullopt;
    return address_payment_script(text, chain);
}

Payouts::Payouts(const PayoutWeights& weights, std::uint64_t subsidy_duffs, std::span<const Payment> payments,
                 const dash::ChainParams& chain)
    : worker_payout_(subsidy_duffs) {
    for (const Payment& payment : payments) {
        std::optional<dash::Bytes> script = payment_script(payment.payee, chain);
        if (!script || payment.amount_duffs == 0) continue;
        if (payment.amount_duffs > worker_payout_) throw dash::DecodeError("share pays out more than the block brings");
        worker_payout_ -= payment.amount_duffs;
        payments_.push_back({payment.amount_duffs, *std::move(script)});
    }
    finder_bonus_ = worker_payout_ / 50;
    for (const auto& [script, weight] : weights.by_script) {
        if (is_donation(script)) continue;
        const dash::Wide amount = dash::Wide(worker_payout_) * 49 * weight / (50 * weights.total);
        if (amount.is_zero()) continue;
        workers_.push_back({static_cast<std::uint64_t>(amount), script});
        workers_total_ += workers_.back().value_duffs;
    }
}

void Payouts::write_outputs(dash::Writer& writer, const dash::Hash160& finder) const {
    const auto write = [&writer](std::uint64_t value_duffs, dash::ByteSpan script) {
        writer.u64(value_duffs).varstr(script);
    };
    const dash::Bytes finder_script = dash::p2pkh_script(finder);
    const std::uint64_t bonus = is_donation(finder_script) ? 0 : finder_bonus_;
    const auto place =
        std::lower_bound(workers_.begin(), workers_.end(), finder_script,
                         [](const dash::TxOut& output, const dash::Bytes& script) { return output.script < script; });
    const bool has_weight = place != workers_.end() && place->script == finder_script;
    const bool inserted = !has_weight && bonus != 0;

    constexpr std::size_t kDonationAndReference = 2;
    writer.varint(workers_.size() + (inserted ? 1 : 0) + payments_.size() + kDonationAndReference);
    for (auto worker = workers_.begin(); worker != workers_.end(); ++worker) {
        if (worker == place && inserted) write(bonus, finder_script);
        write(worker->value_duffs + (worker == place && has_weight ? bonus : 0), worker->script);
    }
    if (place == workers_.end() && inserted) write(bonus, finder_script);
    for (const dash::TxOut& payment : payments_)
        write(payment.value_duffs, payment.script);
    write(worker_payout_ - workers_total_ - bonus, donation_script());
}

}  // namespace share_chain
