#pragma once

#include <chrono>
#include <cstddef>

namespace p2pool::stratum {

/// Before a port accepts again when it could not: most often there were no files left.
inline constexpr std::chrono::milliseconds kAcceptPause{100};

/// Raises this process's soft limit of open files to the hard one and returns what is allowed now.
std::size_t raise_file_limit();

/// Connections that may be open when so many files may: the rest is kept for the node's own files and links.
[[nodiscard]] std::size_t connections_for(std::size_t open_files);

/// What connections_for() may count on where each connection may be one through TLS, which holds three files: its own,
/// and the two ends of what joins it to the worker port.
[[nodiscard]] std::size_t files_beside_tls(std::size_t open_files);

}  // namespace p2pool::stratum
