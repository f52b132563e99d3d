#pragma once

#include "dash/util/log.h"

namespace tests {

/// Include this where tests provoke log lines that nobody needs to see.
[[maybe_unused]] inline const bool kQuietLog = [] {
    dash::log::Settings settings;
    settings.console = false;
    dash::log::configure(settings);
    return true;
}();

}  // namespace tests
