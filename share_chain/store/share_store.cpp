#include "share_chain/store/share_store.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "share_chain/store/archive.h"
#include "share_chain/store/pending_writes.h"
#include "share_chain/store/share_table.h"
#include "share_chain/store/usable_lines.h"

namespace share_chain::store {
namespace {

namespace log = dash::log;
using std::chrono::steady_clock;

/// Others who write to the file, the journal of won blocks above all, wait no longer than so many shares take: some
/// milliseconds.
constexpr std::size_t kWritesTogether = 500;
constexpr std::uint64_t kProgressStep = 1000;

struct StoredShare {
    SharePtr share;
    bool verified = false;
};

std::vector<SharePtr> shares_of(const std::vector<StoredShare>& stored) {
    std::vector<SharePtr> shares;
    for (const StoredShare& each : stored)
        shares.push_back(each.share);
    return shares;
}

}  // namespace

class ShareStore::Impl {
  public:
    Impl(StoreSettings settings, const dash::Clock& clock)
        : settings_(std::move(settings)), clock_(clock), table_(settings_.file) {}

    bool is_new() { return !table_.is_imported(); }
    Counts import_files(const std::vector<std::filesystem::path>& files) {
        return import_share_files(table_, files, *settings_.network, clock_.unix_seconds());
    }
    Counts load(const std::function<bool(SharePtr, bool)>& take);
    void start();
    void stop();
    void compact();

    /// Changes what is pending under the lock.
    template <typename Change>
    void change(Change change) {
        const std::lock_guard lock(mutex_);
        change(pending_);
        wake_.notify_one();
    }
    void set_chain_height(std::uint64_t height) {
        const std::lock_guard lock(mutex_);
        chain_height_ = height;
    }

  private:
    using Lock = std::unique_lock<std::mutex>;
    using Writes = std::span<const PendingWrite>;

    std::vector<StoredShare> read_sound_rows(std::uint64_t& damaged);
    void remove_rows(const std::vector<std::int64_t>& ids);
    void run();
    void wait_for_work(Lock& lock);
    /// False when something could not be written.
    bool write_pending(Lock& lock);
    void write_in_parts(Writes writes);
    void write_together(Writes writes);
    void archive(Writes removals, std::uint64_t chain_height);

    StoreSettings settings_;
    const dash::Clock& clock_;
    ShareTable table_;  // from start() to stop() of the store thread, else of the owner's

    std::mutex mutex_;
    std::condition_variable wake_;
    PendingWrites pending_;
    std::uint64_t chain_height_ = 0;
    bool stopping_ = false;

    // Of the store thread.
    steady_clock::time_point started_at_;
    steady_clock::time_point next_cleanup_;
    std::string problem_;  // why the last write failed, as it was told; empty when it did not
    std::thread thread_;
};

Counts ShareStore::Impl::load(const std::function<bool(SharePtr, bool)>& take) {
    Counts counts;
    log::info("Loading shares...");
    std::vector<StoredShare> stored = read_sound_rows(counts.damaged);
    const auto usable = usable_lines(shares_of(stored), settings_.network->chain_length);
    for (StoredShare& each : stored) {
        const dash::Uint256 hash = each.share->hash;
        const bool verified = each.verified && usable.count(hash) != 0;
        pending_.add_stored(hash);
        if (!take(std::move(each.share), verified)) pending_.remove(hash);
        counts.verified += verified ? 1 : 0;
        ++counts.shares;
    }
    log::info("    ...done loading ", counts.shares, " shares (", counts.verified, " verified)!");
    return counts;
}

/// Takes damaged ones out of the table.
std::vector<StoredShare> ShareStore::Impl::read_sound_rows(std::uint64_t& damaged) {
    std::vector<StoredShare> stored;
    DamageReport damages("is damaged and taken out");
    std::vector<std::int64_t> damaged_rows;
    try {
        read_rows(table_, *settings_.network, [&](const ShareTable::Row& row, LoadedShare loaded) {
            if (loaded.share == nullptr) {
                damages.add("The stored share " + row.hash, loaded.problem);
                damaged_rows.push_back(row.id);
                return;
            }
            stored.push_back({std::move(loaded.share), row.verified});
            if (stored.size() % kProgressStep == 0) log::info("    ", stored.size());
        });
        remove_rows(damaged_rows);
    } catch (const dash::Error& error) {  // the node can do with what it has: peers have the rest
        log::error("    Not all of the stored shares could be read: ", error.what());
    }
    damaged = damages.finish();
    return stored;
}

void ShareStore::Impl::remove_rows(const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return;
    dash::sqlite::Transaction transaction(table_.database());
    for (const std::int64_t id : ids)
        table_.remove_row(id);
    transaction.commit();
}

void ShareStore::Impl::start() {
    started_at_ = steady_clock::now();
    next_cleanup_ = started_at_;
    thread_ = std::thread([this] { run(); });
}

void ShareStore::Impl::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    if (pending_.has_additions()) {
        log::error(pending_.size(), " changes of the share chain could not be stored in ", settings_.file.string(),
                   ": the next start begins without them.");
    }
}

void ShareStore::Impl::compact() {
    log::info("Compacting ", settings_.file.string(), "...");
    try {
        const std::uintmax_t before = std::filesystem::file_size(settings_.file);
        table_.compact();
        log::info("    ...done: ", before, " bytes before, ", std::filesystem::file_size(settings_.file), " now.");
    } catch (const std::exception& error) {
        log::error("    ...not done, the file stays as it is: ", error.what());
    }
}

void ShareStore::Impl::run() {
    Lock lock(mutex_);
    while (!stopping_) {
        wait_for_work(lock);
        const bool written = write_pending(lock);
        if (!written) wake_.wait_for(lock, settings_.schedule.retry, [this] { return stopping_; });
    }
    write_pending(lock);  // what came during the last write, or once more what failed
}

/// For additions, and a moment longer for those that come with them; for removals when their time has come.
void ShareStore::Impl::wait_for_work(Lock& lock) {
    const auto may_clean_up = [this] { return pending_.has_removals() && steady_clock::now() >= next_cleanup_; };
    while (!stopping_ && !pending_.has_additions() && !may_clean_up()) {
        if (pending_.has_removals()) {
            wake_.wait_until(lock, next_cleanup_);
        } else {
            wake_.wait(lock);
        }
    }
    wake_.wait_for(lock, settings_.schedule.gather, [this] { return stopping_; });
}

bool ShareStore::Impl::write_pending(Lock& lock) {
    std::string problem;
    const auto unlocked = [&](auto work) {
        lock.unlock();
        try {
            work();
        } catch (const std::exception& error) {
            problem = error.what();
        }
        lock.lock();
        if (!problem.empty()) pending_.failed();
    };
    const std::vector<PendingWrite> additions = pending_.begin_additions();
    if (!additions.empty()) unlocked([&] { write_in_parts(additions); });

    if (problem.empty() && (stopping_ || steady_clock::now() >= next_cleanup_)) {
        const std::vector<PendingWrite> removals = pending_.begin_removals();
        const std::uint64_t chain_height = chain_height_;
        if (!removals.empty()) {
            unlocked([&] {
                archive(removals, chain_height);
                write_in_parts(removals);
            });
            next_cleanup_ = steady_clock::now() + settings_.schedule.cleanup;
        }
    }
    if (!problem.empty() && problem != problem_) {
        log::error("Shares cannot be stored: ", problem, ". The node goes on and tries again every few seconds; ",
                   pending_.size(), " changes wait. See that the disk has room and the data folder is writable.");
    } else if (problem.empty() && !problem_.empty()) {
        log::info("Shares are stored again; nothing is missing.");
    }
    problem_ = problem;
    return problem.empty();
}

void ShareStore::Impl::write_in_parts(Writes writes) {
    for (std::size_t at = 0; at < writes.size(); at += kWritesTogether) {
        const Writes part = writes.subspan(at, std::min(kWritesTogether, writes.size() - at));
        write_together(part);
        const std::lock_guard lock(mutex_);
        pending_.done(part);
    }
}

void ShareStore::Impl::write_together(Writes writes) {
    dash::sqlite::Transaction transaction(table_.database());
    for (const PendingWrite& write : writes) {
        switch (write.kind) {
            case PendingWrite::Kind::kStore:
                table_.put(*write.share, write.verified);
                break;
            case PendingWrite::Kind::kVerify:
                table_.mark_verified(write.hash);
                break;
            case PendingWrite::Kind::kRemove:
                table_.remove(write.hash);
                break;
        }
    }
    transaction.commit();
}

/// Before the shares leave the table, so that none can be lost between the two.
void ShareStore::Impl::archive(Writes removals, std::uint64_t chain_height) {
    const char* const reason =
        steady_clock::now() < started_at_ + settings_.schedule.cleanup ? "startup cleanup" : "periodic";
    if (settings_.archive.empty()) {
        log::info("Pruned ", removals.size(), " old shares from storage (", reason, ") [archive disabled]");
        return;
    }
    std::vector<ArchivedShare> shares;
    for (const PendingWrite& removal : removals) {
        const auto facts = table_.facts(removal.hash);
        if (facts.has_value()) shares.push_back({removal.hash, facts->timestamp, facts->verified});
    }
    ArchiveHeading heading;
    heading.unix_seconds = static_cast<std::int64_t>(clock_.unix_seconds());
    heading.reason = reason;
    heading.chain_height = chain_height;
    heading.active_shares = std::min(chain_height, 2 * std::uint64_t{settings_.network->chain_length});
    const std::filesystem::path file = write_archive(settings_.archive, heading, shares);
    log::info("Archived ", shares.size(), " old shares to ", file.string(), " (", reason, ")");
}

ShareStore::ShareStore(StoreSettings settings, const dash::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), clock)) {}

ShareStore::~ShareStore() {
    stop();
}

bool ShareStore::is_new() {
    return impl_->is_new();
}

Counts ShareStore::import_files(const std::vector<std::filesystem::path>& files) {
    return impl_->import_files(files);
}

Counts ShareStore::load(const std::function<bool(SharePtr share, bool verified)>& take) {
    return impl_->load(take);
}

void ShareStore::start() {
    impl_->start();
}

void ShareStore::add(SharePtr share) {
    impl_->change([&](PendingWrites& pending) { pending.store(std::move(share)); });
}

void ShareStore::mark_verified(const std::vector<dash::Uint256>& hashes) {
    impl_->change([&](PendingWrites& pending) {
        for (const dash::Uint256& hash : hashes)
            pending.verify(hash);
    });
}

void ShareStore::remove(const std::vector<dash::Uint256>& hashes, std::uint64_t chain_height) {
    impl_->set_chain_height(chain_height);
    impl_->change([&](PendingWrites& pending) {
        for (const dash::Uint256& hash : hashes)
            pending.remove(hash);
    });
}

void ShareStore::stop() {
    impl_->stop();
}

void ShareStore::compact() {
    impl_->compact();
}

}  // namespace share_chain::store
