#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>

#include <array>
#include <memory>
#include <string>

#include "p2pool/peer_io/port_mapper.h"

namespace p2pool::peer_io {
namespace {

constexpr int kDiscoverMilliseconds = 2000;
constexpr unsigned char kMulticastHops = 2;
/// The mapping of a node that is gone does not stay; ours is renewed five times in this time.
constexpr const char* kLeaseSeconds = "600";
constexpr const char* kForever = "0";
constexpr int kOnlyPermanentLeases = 725;

using Devices = std::unique_ptr<UPNPDev, void (*)(UPNPDev*)>;

/// The control URLs of the gateway that was found.
struct Gateway {
    Gateway() = default;
    ~Gateway() { FreeUPNPUrls(&urls); }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    UPNPUrls urls{};
    IGDdatas data{};
    std::array<char, 64> lan_address{};
};

/// A gateway that is connected, were it to another router.
bool find_gateway(UPNPDev* devices, Gateway& gateway) {
    const int size = static_cast<int>(gateway.lan_address.size());
#if MINIUPNPC_API_VERSION >= 18
    std::array<char, 64> wan_address{};
    const int found = UPNP_GetValidIGD(devices, &gateway.urls, &gateway.data, gateway.lan_address.data(), size,
                                       wan_address.data(), static_cast<int>(wan_address.size()));
    constexpr int kConnected = 1;
    constexpr int kConnectedToPrivateNetwork = 2;  // what earlier versions counted as connected, too
    return found == kConnected || found == kConnectedToPrivateNetwork;
#else
    return UPNP_GetValidIGD(devices, &gateway.urls, &gateway.data, gateway.lan_address.data(), size) == 1;
#endif
}

int add_mapping(const Gateway& gateway, const std::string& port, const char* lease_seconds) {
    return UPNP_AddPortMapping(gateway.urls.controlURL, gateway.data.first.servicetype, port.c_str(), port.c_str(),
                               gateway.lan_address.data(), "p2pool", "TCP", nullptr, lease_seconds);
}

}  // namespace

PortMapping map_port_by_upnp(std::uint16_t port) {
    int error = 0;
    const Devices devices(
        upnpDiscover(kDiscoverMilliseconds, nullptr, nullptr, UPNP_LOCAL_PORT_ANY, /*ipv6=*/0, kMulticastHops, &error),
        freeUPNPDevlist);
    if (devices == nullptr) return {false, "no UPnP device answers"};
    Gateway gateway;
    if (!find_gateway(devices.get(), gateway)) return {false, "no UPnP device is a connected Internet gateway"};
    const std::string text = std::to_string(port);
    int result = add_mapping(gateway, text, kLeaseSeconds);
    if (result == kOnlyPermanentLeases) result = add_mapping(gateway, text, kForever);
    if (result == UPNPCOMMAND_SUCCESS) return {true, gateway.lan_address.data()};
    const char* reason = strupnperror(result);
    return {false, std::string("the router refuses: ") + (reason != nullptr ? reason : std::to_string(result))};
}

}  // namespace p2pool::peer_io
