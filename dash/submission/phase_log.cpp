#include "dash/submission/phase_log.h"

#include <utility>

namespace dash::submission {

void write(const std::vector<LogLine>& lines) {
    for (const LogLine& line : lines)
        log::write(line.level, line.text);
}

void PhaseLog::begin() {
    begun_ = true;
    write_settled();
}

void PhaseLog::settle(std::size_t phase, std::vector<LogLine> lines) {
    if (settled(phase)) return;
    blocks_[phase] = std::move(lines);
    if (begun_) write_settled();
}

void PhaseLog::write_settled() {
    for (; next_ < kPhases && settled(next_); ++next_)
        write(*blocks_[next_]);
}

}  // namespace dash::submission
