#include "web/store/store.h"

#include <array>
#include <chrono>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/sqlite_schema.h"

namespace web {
namespace {

constexpr std::chrono::seconds kRetryInterval{10};

constexpr std::array kSchema = {
    "CREATE TABLE graph_bins ("
    "  stream TEXT NOT NULL,"
    "  view TEXT NOT NULL,"
    "  bin INTEGER NOT NULL,"  // its end by its width
    "  key TEXT NOT NULL,"
    "  total REAL NOT NULL,"
    "  count INTEGER NOT NULL,"
    "  PRIMARY KEY (stream, view, bin, key)) WITHOUT ROWID;"
    "CREATE TABLE found_blocks ("
    "  hash TEXT PRIMARY KEY,"  // display order
    "  found_at REAL NOT NULL,"
    "  record TEXT NOT NULL);"  // JSON
    "CREATE TABLE hashrate_samples (at REAL NOT NULL, hashrate REAL NOT NULL, network_difficulty REAL);"
    "CREATE INDEX hashrate_samples_at ON hashrate_samples (at);"
    // A height of 0 is unknown.
    "CREATE TABLE difficulty_samples (at REAL NOT NULL, difficulty REAL NOT NULL, height INTEGER NOT NULL);"
    "CREATE INDEX difficulty_samples_at ON difficulty_samples (at);"
    "CREATE TABLE statistics_log (at REAL PRIMARY KEY, record TEXT NOT NULL);"  // JSON
    "CREATE TABLE web_state (key TEXT PRIMARY KEY, value TEXT NOT NULL);",
    "CREATE TABLE miner_settings ("
    "  miner TEXT PRIMARY KEY,"  // public key hash in hex
    "  record TEXT NOT NULL);",  // JSON
};

}  // namespace

Store::Store(const std::filesystem::path& file) : database_(file) {
    try {
        dash::sqlite::migrate(database_, "web", kSchema);
    } catch (const dash::ConfigError&) {
        throw;
    } catch (const dash::Error& error) {
        throw dash::ConfigError(error.what());
    }
}

Store::~Store() {
    stop();
}

void Store::start() {
    thread_ = std::thread([this] { run(); });
}

void Store::post(Job job) {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= kMaxJobs) {
        jobs_.pop_front();
        dash::log::error("A record of the web pages is given up, because the disk does not take it.");
    }
    jobs_.push_back(std::move(job));
    wakeup_.notify_one();
}

void Store::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wakeup_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void Store::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wakeup_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        std::deque<Job> jobs = std::move(jobs_);
        jobs_.clear();
        lock.unlock();
        const bool written = write(jobs);
        lock.lock();
        if (written) continue;
        if (stopping_) return;
        jobs_.insert(jobs_.begin(), jobs.begin(), jobs.end());
        wakeup_.wait_for(lock, kRetryInterval, [this] { return stopping_; });
    }
}

bool Store::write(const std::deque<Job>& jobs) {
    try {
        dash::sqlite::Transaction transaction(database_);
        for (const Job& job : jobs)
            job(database_);
        transaction.commit();
    } catch (const dash::Error& error) {
        if (problem_ != error.what()) {
            dash::log::error("Graphs and block records cannot be stored: ", error.what(),
                             ". See that the disk has room and the data folder is writable; nothing is lost yet.");
        }
        problem_ = error.what();
        return false;
    }
    if (!problem_.empty()) dash::log::info("Graphs and block records are stored again.");
    problem_.clear();
    return true;
}

}  // namespace web
