#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dash/util/log.h"

namespace dash::submission {

using LogLine = log::Line;

/// The phases of a submission run together and end in any order; a reader wants them one after another. Holds a phase's
/// lines back until those of all phases before it have been written, and all until begin().
class PhaseLog {
  public:
    static constexpr std::size_t kPhases = 3;

    /// What precedes the phases has been written.
    void begin();

    /// What came of `phase` (0, 1, 2). Only the first call for a phase counts.
    void settle(std::size_t phase, std::vector<LogLine> lines);
    [[nodiscard]] bool settled(std::size_t phase) const { return blocks_[phase].has_value(); }
    /// All phases have been written.
    [[nodiscard]] bool complete() const { return next_ == kPhases; }

  private:
    void write_settled();

    bool begun_ = false;
    std::array<std::optional<std::vector<LogLine>>, kPhases> blocks_;
    std::size_t next_ = 0;  ///< to be written
};

}  // namespace dash::submission
