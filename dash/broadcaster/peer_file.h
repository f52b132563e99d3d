#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dash/broadcaster/peer_book.h"

namespace dash::broadcaster {

/// The peer database on the disk, broadcast_peers.json: JSON of the python node's form (version "1.0", peers by
/// "host:port", with the local dashd among them as protected), with a few more fields a peer, so that either
/// implementation reads the other's file.
struct PeerFile {
    double last_updated = 0;  ///< Unix seconds
    bool bootstrapped = false;
    std::string local_dashd;  ///< "host:port"

    struct Peer {
        PeerRecord record;
        double score = 0;
    };
    std::vector<Peer> peers;  ///< network peers

    /// Of the local dashd.
    double dashd_first_seen = 0;
    double dashd_last_seen = 0;
    std::uint64_t dashd_successful_broadcasts = 0;
    std::uint64_t dashd_failed_broadcasts = 0;
};

[[nodiscard]] std::string to_json_text(const PeerFile& file);
/// Peers whose entry or address cannot be read are left out. Throws DecodeError when the text as a whole is not of the
/// form.
[[nodiscard]] PeerFile parse_peer_file(const std::string& text);

}  // namespace dash::broadcaster
