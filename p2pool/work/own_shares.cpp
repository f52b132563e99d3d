#include "p2pool/work/own_shares.h"

namespace p2pool::work {
namespace {

using share_chain::StaleInfo;

/// Adds or takes away one.
void count(std::uint64_t& counter, bool up) {
    counter = up ? counter + 1 : counter - 1;
}

}  // namespace

void OwnShares::add(const share_chain::Share& share, bool late) {
    const Entry entry{.late = late, .in_chain = false, .stale_info = share.data().stale_info};
    if (!shares_.emplace(share.hash, entry).second) return;
    ++total_;
    if (late) ++total_late_;
}

void OwnShares::mark(const dash::Uint256& hash, bool in_chain) {
    const auto found = shares_.find(hash);
    if (found == shares_.end() || found->second.in_chain == in_chain) return;
    Entry& entry = found->second;
    entry.in_chain = in_chain;
    count(in_chain_, in_chain);
    if (entry.late) count(late_in_chain_, in_chain);
    if (entry.stale_info == static_cast<std::uint8_t>(StaleInfo::kOrphan)) count(orphans_announced_, in_chain);
    if (entry.stale_info == static_cast<std::uint8_t>(StaleInfo::kDoa)) count(late_announced_, in_chain);
}

void OwnShares::best_changed(const share_chain::Tracker& tracker, const dash::Uint256& best) {
    share_chain::SharePtr old_end = tracker.find(best_);
    share_chain::SharePtr new_end = tracker.find(best);
    best_ = best;
    while (old_end != new_end && (old_end != nullptr || new_end != nullptr)) {
        const bool step_new =
            old_end == nullptr || (new_end != nullptr && new_end->info().absheight >= old_end->info().absheight);
        share_chain::SharePtr& end = step_new ? new_end : old_end;
        mark(end->hash, step_new);
        end = tracker.find(end->previous_hash());
    }
}

OwnShares::Counts OwnShares::counts() const {
    Counts counts;
    counts.total = total_;
    counts.late = total_late_ - late_in_chain_;
    counts.orphans = total_ - in_chain_ - counts.late;
    counts.orphans_announced = orphans_announced_;
    counts.late_announced = late_announced_;
    return counts;
}

StaleInfo OwnShares::next_stale_info() const {
    const Counts now = counts();
    if (now.orphans > now.orphans_announced) return StaleInfo::kOrphan;
    if (now.late > now.late_announced) return StaleInfo::kDoa;
    return StaleInfo::kNone;
}

}  // namespace p2pool::work
