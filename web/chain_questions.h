#pragma once

#include <boost/asio/awaitable.hpp>

#include "dash/rpc/daemon.h"
#include "web/model/model.h"

namespace web {

/// Asks dashd, for as long as the web thread runs, what became of found blocks; and once, shortly after the start, how
/// hard blocks were before the node knew.
[[nodiscard]] boost::asio::awaitable<void> ask_chain(Model& model, dash::rpc::Daemon& daemon,
                                                     std::function<void()> on_change);

}  // namespace web
