#include "web/mailbox.h"

#include <algorithm>
#include <iterator>

namespace web {
namespace {

template <typename Item>
void move_to_end(std::vector<Item>& to, std::vector<Item>& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void join(WorkDone& to, const WorkDone& more) {
    to.hashes += more.hashes;
    to.late_hashes += more.late_hashes;
    to.submits += more.submits;
    to.late_submits += more.late_submits;
    to.best_hash = std::min(to.best_hash, more.best_hash);
    to.payout_hash = more.payout_hash;
    to.share_target = more.share_target;
}

}  // namespace

bool Mailbox::put(SnapshotPtr snapshot, Happenings happenings) {
    const std::lock_guard lock(mutex_);
    const bool was_empty = snapshot_ == nullptr;
    snapshot_ = std::move(snapshot);
    if (was_empty) {
        happenings_ = std::move(happenings);
        return true;
    }
    move_to_end(happenings_.shares, happenings.shares);
    move_to_end(happenings_.own_shares, happenings.own_shares);
    move_to_end(happenings_.template_seconds, happenings.template_seconds);
    for (const auto& [name, done] : happenings.work)
        join(happenings_.work[name], done);
    return false;
}

std::pair<SnapshotPtr, Happenings> Mailbox::take() {
    const std::lock_guard lock(mutex_);
    return {std::exchange(snapshot_, nullptr), std::exchange(happenings_, {})};
}

}  // namespace web
