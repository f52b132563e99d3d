#include "p2pool/peers/address_book.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dash/util/error.h"
#include "dash/util/ip_reach.h"

namespace p2pool::peers {
namespace {

using nlohmann::json;

constexpr double kShortestAcquaintanceSeconds = 3600;
/// A full book gives up addresses that failed so often in a row.
constexpr unsigned kFailuresToGiveUp = 3;
/// The year 3000: no clock tells later times, and peers are told these as whole numbers.
constexpr double kLatestSeconds = 32'503'680'000;

std::optional<AddressRecord> parse_record(const json& entry) {
    if (!entry.is_array() || entry.size() != 2) return std::nullopt;
    const json& place = entry[0];
    const json& history = entry[1];
    if (!place.is_array() || place.size() != 2 || !place[0].is_string() || !place[1].is_number_unsigned()) {
        return std::nullopt;
    }
    if (!history.is_array() || history.size() != 3) return std::nullopt;
    const auto is_number = [](const json& value) { return value.is_number(); };
    if (!std::all_of(history.begin(), history.end(), is_number)) return std::nullopt;
    const auto is_time = [](double value) { return value >= 0 && value <= kLatestSeconds; };
    if (!is_time(history[1].get<double>()) || !is_time(history[2].get<double>())) return std::nullopt;
    const auto port = place[1].get<std::uint64_t>();
    if (port == 0 || port > UINT16_MAX) return std::nullopt;
    const auto address = parse_peer_address(place[0].get<std::string>(), static_cast<std::uint16_t>(port));
    if (!address || !address->is_ipv4()) return std::nullopt;
    AddressRecord record;
    record.address = *address;
    record.services = history[0].is_number_unsigned() ? history[0].get<std::uint64_t>() : 0;
    record.first_seen = history[1].get<double>();
    record.last_seen = history[2].get<double>();
    return record;
}

}  // namespace

void AddressBook::set_own(std::optional<PeerAddress> own) {
    own_ = own;
    if (own_) erase(*own_);
}

bool AddressBook::is_acceptable(const PeerAddress& address) const {
    if (address.port == 0 || address == own_) return false;
    return scope_ == Scope::kPrivate || dash::reach_of(address.ip) == dash::IpReach::kInternet;
}

void AddressBook::learn(const PeerAddress& address, std::uint64_t services, double seen) {
    load({.address = address, .services = services, .first_seen = seen, .last_seen = seen});
}

bool AddressBook::load(const AddressRecord& record) {
    if (!is_acceptable(record.address)) return false;
    const auto known = entries_.find(record.address);
    if (known != entries_.end()) {
        known->second.services = record.services;
        known->second.last_seen = std::max(known->second.last_seen, record.last_seen);
        return true;
    }
    if (!has_room_for(record.address)) return false;
    entries_[record.address] = {record.services, record.first_seen, record.last_seen, 0};
    ++group_sizes_[record.address.neighbourhood()];
    return true;
}

/// Makes room by an address that fails, if need be.
bool AddressBook::has_room_for(const PeerAddress& address) {
    const PeerAddress group = address.neighbourhood();
    const auto size = group_sizes_.find(group);
    const bool group_is_full = scope_ == Scope::kPublic && size != group_sizes_.end() && size->second >= kMostOfGroup;
    if (entries_.size() < most_ && !group_is_full) return true;
    const auto spare = group_is_full ? failing_.lower_bound(group) : failing_.begin();
    if (spare == failing_.end() || (group_is_full && spare->neighbourhood() != group)) return false;
    erase(PeerAddress(*spare));
    return true;
}

void AddressBook::erase(const PeerAddress& address) {
    if (entries_.erase(address) == 0) return;
    failing_.erase(address);
    const auto size = group_sizes_.find(address.neighbourhood());
    if (--size->second == 0) group_sizes_.erase(size);
}

void AddressBook::tried(const PeerAddress& address, bool success) {
    const auto found = entries_.find(address);
    if (found == entries_.end()) return;
    found->second.failures = success ? 0 : found->second.failures + 1;
    if (found->second.failures >= kFailuresToGiveUp) {
        failing_.insert(address);
    } else {
        failing_.erase(address);
    }
}

std::vector<AddressRecord> AddressBook::good(std::size_t most, Family family, double now,
                                             std::mt19937_64& random) const {
    std::exponential_distribution<double> chance(1);
    std::vector<std::pair<double, const PeerAddress*>> order;
    order.reserve(entries_.size());
    for (const auto& [address, entry] : entries_) {
        if (family == Family::kIpv4 && !address.is_ipv4()) continue;
        const double acquaintance = std::max(kShortestAcquaintanceSeconds, entry.last_seen - entry.first_seen);
        const double silence = std::max(kShortestAcquaintanceSeconds, now - entry.last_seen);
        order.emplace_back(-std::log(acquaintance) / std::log(silence) * chance(random), &address);
    }
    most = std::min(most, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end());
    std::vector<AddressRecord> records;
    records.reserve(most);
    for (std::size_t i = 0; i < most; ++i)
        records.push_back(*find(*order[i].second));
    return records;
}

std::string AddressBook::to_json() const {
    json list = json::array();
    for (const auto& [address, entry] : entries_) {
        if (!address.is_ipv4()) continue;
        list.push_back(json::array({json::array({address.host(), address.port}),
                                    json::array({entry.services, entry.first_seen, entry.last_seen})}));
    }
    return list.dump();
}

std::size_t AddressBook::load_json(std::string_view text) {
    const json list = json::parse(text, nullptr, false);
    if (!list.is_array()) throw dash::DecodeError("is not a JSON list of addresses");
    std::size_t taken = 0;
    for (const json& entry : list) {
        const std::optional<AddressRecord> record = parse_record(entry);
        if (record && load(*record)) ++taken;
    }
    return taken;
}

std::vector<AddressRecord> AddressBook::ipv6_records() const {
    std::vector<AddressRecord> records;
    for (const auto& [address, entry] : entries_) {
        if (!address.is_ipv4()) records.push_back(*find(address));
    }
    return records;
}

std::optional<AddressRecord> AddressBook::find(const PeerAddress& address) const {
    const auto found = entries_.find(address);
    if (found == entries_.end()) return std::nullopt;
    const Entry& entry = found->second;
    return AddressRecord{address, entry.services, entry.first_seen, entry.last_seen};
}

}  // namespace p2pool::peers
