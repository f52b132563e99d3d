#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <string>

#include "dash/rpc/daemon.h"
#include "p2pool/options/options.h"

namespace p2pool::node {

/// The address that is paid for the node's own work: the one of the command line, else the one cached in the data
/// folder, else a new one from dashd's wallet, which is cached. Throws ConfigError that tells what to do when none can
/// be had.
[[nodiscard]] boost::asio::awaitable<std::string> determine_payout_address(const options::Settings& settings,
                                                                           dash::rpc::Daemon& daemon);

}  // namespace p2pool::node
