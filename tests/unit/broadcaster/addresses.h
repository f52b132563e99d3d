#pragma once

#include <doctest/doctest.h>

#include <string>

#include "dash/broadcaster/address.h"

namespace broadcaster_tests {

inline constexpr dash::broadcaster::AddressRules kMainnet{.port = 9999, .local_ones_too = false};
inline constexpr dash::broadcaster::AddressRules kRegtest{.port = 19899, .local_ones_too = true};

/// "1.2.3.4:9999"
inline dash::broadcaster::PeerAddress at(const std::string& text) {
    const auto address = dash::broadcaster::parse_peer_address(text);
    REQUIRE_MESSAGE(address, text);
    return *address;
}

}  // namespace broadcaster_tests
