#pragma once

#include <mutex>
#include <utility>

#include "web/snapshot.h"

namespace web {

/// Where the node leaves what it has to tell: the latest snapshot, and all that happened. A mutex is held for as long
/// as pointers are swapped and small lists joined.
class Mailbox {
  public:
    /// True when the mailbox was empty: somebody should be told to look.
    bool put(SnapshotPtr snapshot, Happenings happenings);
    /// A null snapshot: there is nothing.
    [[nodiscard]] std::pair<SnapshotPtr, Happenings> take();

  private:
    std::mutex mutex_;
    SnapshotPtr snapshot_;
    /// Bounded by what the node itself holds: shares of its tracker, names of its workers.
    Happenings happenings_;
};

}  // namespace web
