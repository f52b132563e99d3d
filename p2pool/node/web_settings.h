#pragma once

#include <string>

#include "dash/broadcaster/broadcaster.h"
#include "p2pool/options/options.h"
#include "web/service.h"

namespace p2pool::node {

/// What the pages are told at the start. `broadcaster` may be null; else it must outlive the web service.
[[nodiscard]] web::ServiceSettings web_settings(const options::Settings& settings, const std::string& payout_address,
                                                dash::broadcaster::Broadcaster* broadcaster);

}  // namespace p2pool::node
