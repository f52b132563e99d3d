#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "p2pool/peers/peer_address.h"

namespace p2pool::peers {

/// Where a node was heard of.
struct AddressRecord {
    PeerAddress address;
    std::uint64_t services = 0;
    double first_seen = 0;  ///< unix seconds
    double last_seen = 0;

    friend bool operator==(const AddressRecord&, const AddressRecord&) = default;
};

/// The addresses of nodes of the p2pool network that we heard of (python p2pool.p2p: addr_store, file `addrs`).
///
/// IPv6 addresses are kept beside: the python node fails on them, so they go neither into the file nor into `addrs`
/// messages; the owner keeps ipv6_records() elsewhere.
class AddressBook {
  public:
    /// Of a public network: only what the Internet reaches, and so many of one neighbourhood (PeerAddress::group()), as
    /// anybody may tell of any addresses. A test network or a pool among friends may be one neighbourhood.
    enum class Scope { kPublic, kPrivate };
    static constexpr std::size_t kMostOfGroup = 64;

    explicit AddressBook(std::size_t most_addresses, Scope scope = Scope::kPrivate)
        : most_(most_addresses), scope_(scope) {}

    /// The node's own address is never taken.
    void set_own(std::optional<PeerAddress> own);

    /// Whether it may be that of a node of this network, not our own.
    [[nodiscard]] bool is_acceptable(const PeerAddress& address) const;
    /// Heard of at `seen`, unix seconds. A new address is ignored when the book, or its neighbourhood's part of it, is
    /// full, unless one of those that did not answer can make room.
    void learn(const PeerAddress& address, std::uint64_t services, double seen);
    /// An attempt to connect failed, or a handshake ended well.
    void tried(const PeerAddress& address, bool success);

    enum class Family { kIpv4, kAny };
    /// Best first, as the python node orders them: long known and lately seen come sooner, with much chance in it.
    [[nodiscard]] std::vector<AddressRecord> good(std::size_t most, Family family, double now,
                                                  std::mt19937_64& random) const;

    /// Text of the file `addrs`: [[["1.2.3.4", 8999], [services, first_seen, last_seen]], …].
    [[nodiscard]] std::string to_json() const;
    /// Takes the entries of such a text; those that are no IPv4 address and port are left out. Returns how many it
    /// took. Throws DecodeError when it is not a list.
    std::size_t load_json(std::string_view text);

    [[nodiscard]] std::vector<AddressRecord> ipv6_records() const;
    /// False when it is not taken, as by learn().
    bool load(const AddressRecord& record);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::optional<AddressRecord> find(const PeerAddress& address) const;

  private:
    struct Entry {
        std::uint64_t services = 0;
        double first_seen = 0;
        double last_seen = 0;
        unsigned failures = 0;  ///< in a row
    };
    [[nodiscard]] bool has_room_for(const PeerAddress& address);
    void erase(const PeerAddress& address);

    std::size_t most_;
    Scope scope_;
    std::optional<PeerAddress> own_;
    std::map<PeerAddress, Entry> entries_;
    std::map<PeerAddress, std::size_t> group_sizes_;  ///< by neighbourhood
    std::set<PeerAddress> failing_;                   ///< of them, those that make room in a full book
};

}  // namespace p2pool::peers
