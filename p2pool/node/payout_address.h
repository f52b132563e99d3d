#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "dash/rpc/daemon.h"
#include "p2pool/node/payout_pool.h"
#include "p2pool/options/options.h"

namespace p2pool::node {

/// The addresses that are paid for the node's own work: the one of the command line; several new ones of dashd's wallet
/// (`-a dynamic`); else the one cached in the data folder, unless dashd's wallet says that it is another's; else a new
/// one of dashd's wallet, which is cached. Throws ConfigError that tells what to do when none can be had.
[[nodiscard]] boost::asio::awaitable<std::vector<std::string>> determine_payout_addresses(
    const options::Settings& settings, dash::rpc::Daemon& daemon);

/// A new address of dashd's wallet that shares can pay. Throws ConfigError, that tells the reason.
[[nodiscard]] boost::asio::awaitable<std::string> new_wallet_address(dash::rpc::Daemon& daemon);

/// Replaces an address of the pool whenever one is due, and prints them; never ends. For `-a dynamic`.
[[nodiscard]] boost::asio::awaitable<void> renew_payouts(const options::Settings& settings, dash::rpc::Daemon& daemon,
                                                         PayoutPool& payouts);

}  // namespace p2pool::node
