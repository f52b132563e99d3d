#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>

#include "p2pool/peers/transport.h"

namespace p2pool::peer_io {

/// Where the channels of one event loop read to; its content does not outlive the callback that is given it. So much is
/// handled of one peer before the others get their turn.
using Scratch = std::array<std::uint8_t, 16'384>;

/// The address of a socket's end, IPv4 addresses mapped.
[[nodiscard]] peers::PeerAddress peer_address(const boost::asio::ip::tcp::endpoint& endpoint);

/// A connected socket as a channel: no delay, keepalive, and an end when more than `most_unsent_bytes` wait for a peer
/// that does not read. May outlive the transport, not the event loop.
[[nodiscard]] std::unique_ptr<peers::Channel> make_channel(boost::asio::ip::tcp::socket socket,
                                                           const boost::asio::ip::tcp::endpoint& remote,
                                                           std::shared_ptr<Scratch> scratch,
                                                           std::size_t most_unsent_bytes);

}  // namespace p2pool::peer_io
