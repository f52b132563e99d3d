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
/// Nothing in the rules bounds a payee, and each node must come to the same conclusion about it. Decoding so many
/// digits takes milliseconds here and half an hour in python, so no share with more gets into anybody's chain.
constexpr std::size_t kMostDigits = 1 << 17;

void write_output(dash::Writer& writer, std::uint64_t value_duffs, dash::ByteSpan script) {
    writer.u64(value_duffs).varstr(script);
}

bool is_before(const dash::Bytes& a, const dash::Bytes& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

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
    if (!dash::is_base58(text)) return std::nullopt;
    const std::size_t zeros = std::min(text.find_first_not_of('1'), text.size());
    if (text.size() - zeros > kMostDigits) throw dash::DecodeError("share pays to an address of absurd length");
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
    dash::Writer payment_outputs;
    for (const Payment& payment : payments) {
        const std::optional<dash::Bytes> script = payment_script(payment.payee, chain);
        if (!script || payment.amount_duffs == 0) continue;
        if (payment.amount_duffs > worker_payout_) throw dash::DecodeError("share pays out more than the block brings");
        worker_payout_ -= payment.amount_duffs;
        write_output(payment_outputs, payment.amount_duffs, *script);
        ++payment_count_;
    }
    packed_payments_ = std::move(payment_outputs).take();

    finder_bonus_ = worker_payout_ / 50;
    dash::Writer worker_outputs;
    for (const auto& [script, weight] : weights.by_script) {
        if (is_donation(script)) continue;
        const auto amount =
            static_cast<std::uint64_t>(dash::Wide(dash::Wide(worker_payout_) * 49 * weight / (50 * weights.total)));
        if (amount == 0) continue;
        workers_.push_back({script, amount, worker_outputs.size()});
        workers_total_ += amount;
        write_output(worker_outputs, amount, script);
    }
    packed_workers_ = std::move(worker_outputs).take();
}

void Payouts::write_outputs(dash::Writer& writer, const dash::Hash160& finder) const {
    const dash::Bytes script = dash::p2pkh_script(finder);
    const std::uint64_t bonus = is_donation(script) ? 0 : finder_bonus_;
    const auto place = std::lower_bound(
        workers_.begin(), workers_.end(), script,
        [](const Worker& worker, const dash::Bytes& other) { return is_before(worker.script, other); });
    const bool has_weight = place != workers_.end() && place->script == script;
    const bool has_output = has_weight || bonus != 0;
    const auto next = has_weight ? place + 1 : place;
    const auto offset_of = [this](std::vector<Worker>::const_iterator worker) {
        return worker == workers_.end() ? packed_workers_.size() : worker->offset;
    };

    constexpr std::size_t kDonationAndReference = 2;
    const std::size_t other_workers = workers_.size() - (has_weight ? 1 : 0);
    writer.varint(other_workers + (has_output ? 1 : 0) + payment_count_ + kDonationAndReference);
    writer.raw(dash::ByteSpan(packed_workers_).first(offset_of(place)));
    if (has_output) write_output(writer, bonus + (has_weight ? place->value_duffs : 0), script);
    writer.raw(dash::ByteSpan(packed_workers_).subspan(offset_of(next)));
    writer.raw(packed_payments_);
    write_output(writer, worker_payout_ - workers_total_ - bonus, donation_script());
}

}  // namespace share_chain
