#pragma once

#include <cstddef>

namespace p2pool::stratum {

/// Raises this process's soft limit of open files to the hard one and returns what is allowed now.
std::size_t raise_file_limit();

/// Connections that may be open when so many files may: the rest is kept for the node's own files and links.
[[nodiscard]] std::size_t connections_for(std::size_t open_files);

}  // namespace p2pool::stratum
