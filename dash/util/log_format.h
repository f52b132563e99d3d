#pragma once

namespace dash::log {

enum class Format {
    kText,  ///< as log.h has it
    kJson   ///< one object a line: {"time": "2026-01-31T12:00:00.123456Z", "level": "info", "text": "…"}
};

/// How lines are written from the next configure() on.
void set_format(Format format);

}  // namespace dash::log
