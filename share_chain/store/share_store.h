#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "dash/util/clock.h"
#include "share_chain/network.h"
#include "share_chain/share.h"
#include "share_chain/store/transfer.h"

namespace share_chain::store {

/// When the store thread writes. Tests shorten these.
struct StoreSchedule {
    /// What comes within this time is written together: what is older is on the disk, but for the time that a write
    /// takes.
    std::chrono::milliseconds gather{250};
    std::chrono::milliseconds retry{5'000};  ///< after a write that failed
    /// Shares that are kept no longer leave the file, and go to the archive, this often.
    std::chrono::milliseconds cleanup{60'000};
};

struct StoreSettings {
    std::filesystem::path file;     ///< the node's SQLite file; the store has its own connection to it
    std::filesystem::path archive;  ///< folder for the hashes of shares that are kept no longer; empty: no archive
    const Network* network = nullptr;
    StoreSchedule schedule{};
};

/// The share chain on the disk, so that a restart goes on where the last run ended. Throws dash::Error where the file
/// cannot be used, ConfigError where only the operator can help.
///
/// Writing is done by a thread of its own. As long as the disk takes them, shares are there at most a second after they
/// came; what was written survives kill -9. When it does not (full, read-only, broken), the node goes on: the store
/// says so once, keeps what is missing (not more than the tracker and the disk hold, see pending_writes.h), tries again
/// every few seconds, and says when nothing is missing any more.
class ShareStore {
  public:
    ShareStore(StoreSettings settings, const dash::Clock& clock);
    /// stop()s.
    ~ShareStore();
    ShareStore(const ShareStore&) = delete;
    ShareStore& operator=(const ShareStore&) = delete;

    /// True until import_files() was called for this file: a first start.
    [[nodiscard]] bool is_new();

    /// Takes in the share files of the python node, which may be none; all of them, or nothing when it fails. Damaged
    /// lines are passed over. Before load().
    Counts import_files(const std::vector<std::filesystem::path>& files);

    /// Gives every stored share, in the order in which they were stored first; one that is not taken (false) leaves the
    /// store. A damaged one is taken out: peers have it. Marks as verified count on usable_lines() only. Before
    /// start().
    Counts load(const std::function<bool(SharePtr share, bool verified)>& take);

    /// Starts the store thread. The calls below may come before; from any thread, none waits for the disk.
    void start();
    void add(SharePtr share);
    void mark_verified(const std::vector<dash::Uint256>& hashes);
    /// `chain_height` of the best share, for the archive.
    void remove(const std::vector<dash::Uint256>& hashes, std::uint64_t chain_height);

    /// Writes all there is to write, and ends the thread.
    void stop();
    /// Gives the room of removed shares back to the disk. After stop(), and after other connections wrote their last.
    void compact();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace share_chain::store
