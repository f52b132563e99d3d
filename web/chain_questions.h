#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "dash/rpc/daemon.h"
#include "web/model/model.h"

namespace web {

/// Asks dashd, for as long as the web thread runs, what became of found blocks; and once, shortly after the start, how
/// hard blocks were before the node knew. `daemon` gives the dashd to ask now.
[[nodiscard]] boost::asio::awaitable<void> ask_chain(Model& model, std::function<dash::rpc::Daemon&()> daemon,
                                                     std::function<void()> on_change);

}  // namespace web
