#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dash {

/// An IP network: an address and how many of its leading bits count. IPv4 is held as its IPv6-mapped form.
struct IpNetwork {
    std::array<std::uint8_t, 16> bytes{};
    unsigned bits = 128;

    /// True when one of the two holds the other.
    [[nodiscard]] bool overlaps(const IpNetwork& other) const;
};

/// "203.0.113.7", "203.0.113.0/24", "2001:db8::/32"; nullopt for other text.
[[nodiscard]] std::optional<IpNetwork> parse_ip_network(std::string_view text);

/// The neighbourhood that often belongs to one owner: /24 of IPv4, /48 of IPv6; as text. The text itself when it is no
/// address.
[[nodiscard]] std::string subnet_of(const std::string& ip);

/// Addresses and networks of a configuration file; entries that are neither are passed over.
class IpList {
  public:
    IpList() = default;
    explicit IpList(const std::vector<std::string>& entries);

    /// `client` is an address or network as admission counts clients: an IPv6 /64 network is on the list when one of
    /// its addresses is.
    [[nodiscard]] bool contains(const std::string& client) const;
    [[nodiscard]] bool empty() const { return networks_.empty(); }

  private:
    std::vector<IpNetwork> networks_;
};

}  // namespace dash
