#pragma once

#include <string>

#include "web/site/site.h"

namespace web {

/// The node's figures for Prometheus: its text format 0.0.4, or OpenMetrics 1.0. Labels are bounded: no worker names.
[[nodiscard]] std::string metrics_text(const PageContext& context, bool open_metrics);

}  // namespace web
