#pragma once

#include <string>

namespace p2pool::options {

/// What shells read to complete command lines of p2pool-dash and run_p2pool.sh: every option of the table, names of
/// networks, and files or folders where those are wanted.
[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();

}  // namespace p2pool::options
