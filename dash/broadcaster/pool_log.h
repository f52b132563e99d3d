#pragma once

#include <chrono>
#include <string>

#include "dash/broadcaster/peer_manager.h"
#include "dash/p2p/peer_connection.h"

/// What operators read about the broadcaster's peers. The phrases are those of the python node's documents, which
/// scripts look for.
namespace dash::broadcaster::pool_log {

using Seconds = std::chrono::duration<double>;

void dialing(const PeerManager::Dial& dial, std::chrono::milliseconds timeout);
void connected(const PeerManager::Dial& dial, Seconds after);
void dial_failed(const PeerManager::Dial& dial, Failure kind, const std::string& reason, Seconds after);
void resting(const PeerAddress& address, std::chrono::seconds backoff);
void lost(const PeerAddress& address, const p2p::PeerEnd& end);
void rotated(const PeerAddress& worst, const PeerAddress& better);

/// `repeated`: nothing has changed since the last one, which is told only with --debug.
void refresh_begun(Refresh reason, const PeerManager& manager, SteadyTime now, bool repeated);
void refresh_done(Refresh reason, const PeerManager::Learned& learned, const PeerManager& manager, bool repeated);
void refresh_failed(const std::string& error, bool repeated);

void addresses(std::size_t received, const PeerManager::Learned& learned, std::size_t book_size);
void block(const PeerAddress& from, const Uint256& hash, std::uint64_t blocks_of_peer);
/// Told for every 500 transactions of a peer.
void transactions(const PeerAddress& from, std::uint64_t before, std::uint64_t now);
void ping(const PeerAddress& from);

}  // namespace dash::broadcaster::pool_log
