#include "dash/broadcaster/announcement_limit.h"

#include "dash/util/error.h"

namespace dash::broadcaster {

bool AnnouncementLimit::admits(double now) {
    if (allowed_.take(now)) return true;
    passed_over(1);
    return false;
}

void AnnouncementLimit::passed_over(std::size_t count) {
    passed_over_ += count;
    if (passed_over_ > kMostPassedOver) throw PeerMisbehaving("it announces blocks without end");
}

}  // namespace dash::broadcaster
