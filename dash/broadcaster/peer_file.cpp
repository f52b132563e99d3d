#include "dash/broadcaster/peer_file.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "dash/broadcaster/score.h"
#include "dash/util/error.h"

namespace dash::broadcaster {
namespace {

using nlohmann::json;

constexpr const char* kVersion = "1.0";

/// The member if it is a finite number that is not negative.
std::optional<double> number(const json& object, const char* name) {
    const auto it = object.find(name);
    if (it == object.end() || !it->is_number()) return std::nullopt;
    const double value = it->get<double>();
    return std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

std::uint64_t count(const json& object, const char* name) {
    constexpr double kMost = 1e15;
    return static_cast<std::uint64_t>(std::min(number(object, name).value_or(0), kMost));
}

json to_json(const PeerFile::Peer& peer) {
    const PeerRecord& record = peer.record;
    json object = {{"score", peer.score},
                   {"first_seen", record.first_seen},
                   {"last_seen", record.last_seen},
                   {"source", to_string(record.source)},
                   {"protected", false},
                   {"successful_broadcasts", record.successful_broadcasts},
                   {"failed_broadcasts", record.failed_broadcasts},
                   {"blocks_relayed", record.blocks_relayed},
                   {"txs_relayed", record.txs_relayed},
                   {"blocks_first", record.blocks_first},
                   {"connection_attempts", record.connection_attempts},
                   {"uptime_seconds", record.uptime_seconds}};
    if (record.ping_ms) object["ping_ms"] = *record.ping_ms;
    if (record.outbound) object["outbound"] = *record.outbound;
    return object;
}

std::optional<PeerFile::Peer> read_peer(const std::string& name, const json& object) {
    const auto address = parse_peer_address(name);
    if (!address || !object.is_object()) return std::nullopt;
    PeerFile::Peer peer;
    PeerRecord& record = peer.record;
    record.address = *address;
    record.source = source_from(object.value("source", "")).value_or(Source::kP2p);
    record.last_seen = number(object, "last_seen").value_or(0);
    record.first_seen = number(object, "first_seen").value_or(record.last_seen);
    record.successful_broadcasts = count(object, "successful_broadcasts");
    record.failed_broadcasts = count(object, "failed_broadcasts");
    record.blocks_relayed = count(object, "blocks_relayed");
    record.txs_relayed = count(object, "txs_relayed");
    record.blocks_first = count(object, "blocks_first");
    record.connection_attempts = count(object, "connection_attempts");
    record.uptime_seconds = number(object, "uptime_seconds").value_or(0);
    record.ping_ms = number(object, "ping_ms");
    const auto outbound = object.find("outbound");
    if (outbound != object.end() && outbound->is_boolean()) record.outbound = outbound->get<bool>();
    peer.score = number(object, "score").value_or(0);
    return peer;
}

void read_dashd(PeerFile& file, const json& object) {
    file.dashd_first_seen = number(object, "first_seen").value_or(0);
    file.dashd_last_seen = number(object, "last_seen").value_or(0);
    file.dashd_successful_broadcasts = count(object, "successful_broadcasts");
    file.dashd_failed_broadcasts = count(object, "failed_broadcasts");
}

PeerFile read(const json& root) {
    PeerFile file;
    file.last_updated = number(root, "last_updated").value_or(0);
    file.bootstrapped = root.value("bootstrapped", false);
    file.local_dashd = root.value("local_dashd", "");
    for (const auto& [name, object] : root.at("peers").items()) {
        if (name == file.local_dashd && object.is_object()) {
            read_dashd(file, object);
            continue;
        }
        try {
            if (auto peer = read_peer(name, object)) file.peers.push_back(std::move(*peer));
        } catch (const json::exception&) {
            // A member of the wrong kind: this peer is left out.
        }
    }
    return file;
}

}  // namespace

std::string to_json_text(const PeerFile& file) {
    json peers = json::object();
    for (const PeerFile::Peer& peer : file.peers)
        peers[to_text(peer.record.address)] = to_json(peer);
    peers[file.local_dashd] = {{"score", kLocalDashdScore},
                               {"first_seen", file.dashd_first_seen},
                               {"last_seen", file.dashd_last_seen},
                               {"source", "local_dashd"},
                               {"protected", true},
                               {"successful_broadcasts", file.dashd_successful_broadcasts},
                               {"failed_broadcasts", file.dashd_failed_broadcasts}};
    const json root = {{"version", kVersion},
                       {"last_updated", file.last_updated},
                       {"bootstrapped", file.bootstrapped},
                       {"local_dashd", file.local_dashd},
                       {"peers", std::move(peers)}};
    return root.dump(2);
}

PeerFile parse_peer_file(const std::string& text) {
    try {
        const json root = json::parse(text);
        if (!root.is_object() || root.value("version", "") != kVersion) {
            throw DecodeError("not a peer database of version 1.0");
        }
        return read(root);
    } catch (const json::exception& error) {
        throw DecodeError(std::string("not a peer database: ") + error.what());
    }
}

}  // namespace dash::broadcaster
