#include "dash/broadcaster/upkeep.h"

namespace dash::broadcaster {

Upkeep::Upkeep(bool bootstrapped, Time now)
    : bootstrapped_(bootstrapped),
      last_refresh_(bootstrapped ? now : now - kScheduledInterval),
      last_growth_(now - kGrowthInterval),
      last_rotation_(now) {}

Refresh Upkeep::due_refresh(const Load& load, Time now) const {
    const auto age = now - last_refresh_;
    if (!bootstrapped_) return age < kBootstrapInterval ? Refresh::kNone : Refresh::kBootstrap;
    if (age < kEmergencyInterval) return Refresh::kNone;
    if (load.peers < load.least) return Refresh::kEmergency;
    return age >= kScheduledInterval ? Refresh::kScheduled : Refresh::kNone;
}

Upkeep::Plan Upkeep::check(const Load& load, Time now) {
    Plan plan;
    plan.refresh = due_refresh(load, now);
    if (plan.refresh != Refresh::kNone) last_refresh_ = now;
    if (load.peers < load.most) {
        plan.grow = load.peers < load.least || now - last_growth_ >= kGrowthInterval;
        if (plan.grow) last_growth_ = now;
    } else if (now - last_rotation_ >= kRotationInterval) {
        plan.rotate = true;
        last_rotation_ = now;
    }
    return plan;
}

}  // namespace dash::broadcaster
