#pragma once

#include <filesystem>

#include "share_chain/network.h"

namespace p2pool::options {

/// A private pool's network, from networks/NAME.json: an object with the names of the python node's network files
/// (p2pool/networks/*.py), NAME being the network's. Byte strings and targets are hex. What a file leaves out is as on
/// the parent's own p2pool network; PARENT, IDENTIFIER, PREFIX, P2P_PORT and WORKER_PORT it must have. ANNOUNCE_CHANNEL
/// is passed over. Throws UsageError that names the file and the entry: one that is misspelled would part the pool.
[[nodiscard]] share_chain::Network read_network_file(const std::filesystem::path& file);

}  // namespace p2pool::options
