#pragma once

#include <functional>
#include <string>

#include "dash/broadcaster/broadcaster.h"
#include "p2pool/options/options.h"
#include "web/service.h"

namespace p2pool::node {

/// What the pages are told at the start. `broadcaster` may be null; else it must outlive the web service. `best_dashd`:
/// as web::ServiceSettings has it.
[[nodiscard]] web::ServiceSettings web_settings(const options::Settings& settings, const std::string& payout_address,
                                                dash::broadcaster::Broadcaster* broadcaster,
                                                std::function<std::size_t()> best_dashd);

}  // namespace p2pool::node
