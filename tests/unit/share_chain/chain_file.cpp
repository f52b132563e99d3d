#include "tests/unit/share_chain/chain_file.h"

#include <algorithm>
#include <stdexcept>

#include "tests/support/vectors.h"

namespace tests {
namespace {

template <typename Integer>
Integer integer_value(const nlohmann::json& value) {
    return static_cast<Integer>(uint64_value(value));
}

template <std::size_t size>
std::array<std::uint8_t, size> array_value(const nlohmann::json& value) {
    const dash::Bytes bytes = bytes_value(value);
    std::array<std::uint8_t, size> array{};
    if (bytes.size() != size) throw std::runtime_error("wrong number of bytes: " + value.dump());
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

const share_chain::Network& known_network(const std::string& name) {
    const share_chain::Network* network = share_chain::find_network(name);
    if (network == nullptr) throw std::runtime_error("no network " + name);
    return *network;
}

dash::Uint256 optional_hash(const nlohmann::json& value) {
    return value.is_null() ? dash::Uint256() : uint256_value(value);
}

std::vector<dash::Uint256> hash_list(const nlohmann::json& values) {
    std::vector<dash::Uint256> hashes;
    for (const nlohmann::json& value : values)
        hashes.push_back(uint256_value(value));
    return hashes;
}

std::uint8_t stale_info_value(const nlohmann::json& value) {
    if (value.is_null()) return 0;
    const std::string text = value;
    if (text == "orphan") return static_cast<std::uint8_t>(share_chain::StaleInfo::kOrphan);
    if (text == "doa") return static_cast<std::uint8_t>(share_chain::StaleInfo::kDoa);
    return static_cast<std::uint8_t>(std::stoul(text.substr(3)));  // "unk<n>"
}

dash::Hash160 pubkey_hash_value(const nlohmann::json& value) {
    const auto bytes = uint256_value(value).to_bytes();
    dash::Hash160 hash{};
    std::copy_n(bytes.begin(), hash.size(), hash.begin());
    return hash;
}

std::uint32_t bits_value(const nlohmann::json& value) {
    return value.at("bits").get<std::uint32_t>();
}

}  // namespace

FileNetwork::FileNetwork(const nlohmann::json& net)
    : parent_(*known_network(net.at("NAME")).parent), network_(known_network(net.at("NAME"))) {
    const nlohmann::json& parent = net.at("PARENT");
    parent_.p2pkh_version = integer_value<std::uint8_t>(parent.at("ADDRESS_VERSION"));
    parent_.p2sh_version = integer_value<std::uint8_t>(parent.at("SCRIPT_ADDRESS_VERSION"));
    parent_.block_period_seconds = integer_value<std::uint32_t>(parent.at("BLOCK_PERIOD"));
    network_.parent = &parent_;
    network_.share_period_seconds = integer_value<std::uint32_t>(net.at("SHARE_PERIOD"));
    network_.chain_length = integer_value<std::uint32_t>(net.at("CHAIN_LENGTH"));
    network_.target_lookbehind = integer_value<std::uint32_t>(net.at("TARGET_LOOKBEHIND"));
    network_.spread = integer_value<std::uint32_t>(net.at("SPREAD"));
    network_.identifier = array_value<8>(net.at("IDENTIFIER"));
    network_.p2p_prefix = array_value<8>(net.at("PREFIX"));
    network_.min_target = uint256_value(net.at("MIN_TARGET"));
    network_.max_target = uint256_value(net.at("MAX_TARGET"));
}

ChainFile::ChainFile(const std::string& name)
    : json_(load_vectors(name)),
      network_(json_.at("net")),
      tracker_(std::make_unique<share_chain::Tracker>(network(), share_chain::TrackerEnvironment())) {
    for (const nlohmann::json& entry : json_.at("shares")) {
        const auto typed = share_chain::parse_typed_contents(bytes_value(entry.at("raw")));
        shares_.push_back(share_chain::load_share(typed, network()));
        tracker_->add(shares_.back(), 0);
    }
}

share_chain::ShareData share_data_value(const nlohmann::json& value) {
    share_chain::ShareData data;
    data.previous_share_hash = optional_hash(value.at("previous_share_hash"));
    data.coinbase = bytes_value(value.at("coinbase"));
    data.coinbase_payload = optional_bytes_value(value.at("coinbase_payload"));
    data.nonce = integer_value<std::uint32_t>(value.at("nonce"));
    data.pubkey_hash = pubkey_hash_value(value.at("pubkey_hash"));
    data.subsidy_duffs = uint64_value(value.at("subsidy"));
    data.donation = integer_value<std::uint16_t>(value.at("donation"));
    data.stale_info = stale_info_value(value.at("stale_info"));
    data.desired_version = uint64_value(value.at("desired_version"));
    data.payment_amount_duffs = uint64_value(value.at("payment_amount"));
    for (const nlohmann::json& payment : value.at("packed_payments")) {
        const nlohmann::json& amount = payment.at("amount");
        data.packed_payments.push_back(
            {optional_bytes_value(payment.at("payee")), amount.is_null() ? 0 : uint64_value(amount)});
    }
    return data;
}

share_chain::ShareInfo share_info_value(const nlohmann::json& value) {
    share_chain::ShareInfo info;
    info.share_data = share_data_value(value.at("share_data"));
    info.new_transaction_hashes = hash_list(value.at("new_transaction_hashes"));
    const nlohmann::json& refs = value.at("transaction_hash_refs");
    for (std::size_t i = 0; i < refs.size(); i += 2)
        info.transaction_hash_refs.push_back({uint64_value(refs.at(i)), uint64_value(refs.at(i + 1))});
    info.far_share_hash = optional_hash(value.at("far_share_hash"));
    info.max_bits = bits_value(value.at("max_bits"));
    info.bits = bits_value(value.at("bits"));
    info.timestamp = integer_value<std::uint32_t>(value.at("timestamp"));
    info.absheight = integer_value<std::uint32_t>(value.at("absheight"));
    info.abswork = uint256_value(value.at("abswork"));
    return info;
}

share_chain::HashLink hash_link_value(const nlohmann::json& value) {
    share_chain::HashLink link;
    link.state = dash::state_from_bytes(bytes_value(value.at("state")));
    link.extra_data = bytes_value(value.at("extra_data"));
    link.length = uint64_value(value.at("length"));
    return link;
}

std::vector<dash::Uint256> branch_value(const nlohmann::json& value) {
    return hash_list(value.at("branch"));
}

dash::Bytes optional_bytes_value(const nlohmann::json& value) {
    return value.is_null() ? dash::Bytes() : bytes_value(value);
}

}  // namespace tests
