#include "dash/submission/phase_log.h"

#include <utility>

namespace dash::submission {

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
        log::write(*blocks_[next_]);
}

}  // namespace dash::submission
