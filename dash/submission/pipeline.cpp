#include "dash/submission/pipeline.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <iterator>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "dash/rpc/daemon.h"
#include "dash/submission/block_check.h"
#include "dash/submission/block_run.h"
#include "dash/submission/disk_thread.h"
#include "dash/submission/journal.h"
#include "dash/submission/spool.h"
#include "dash/util/coroutines.h"
#include "dash/util/error.h"
#include "dash/util/log.h"

namespace dash::submission {
namespace {

namespace asio = boost::asio;

/// A block needs the proof of work of a block, so that this is never reached but by a fault of ours.
constexpr std::size_t kMaxRuns = 1000;

/// A dashd, with connections of the pipeline's own.
struct DaemonConnection {
    DaemonConnection(const asio::any_io_executor& executor, const ChainParams& chain, const rpc::ClientSettings& rpc,
                     const p2p::DaemonLinkSettings& link_settings, p2p::DaemonLink::Events events, const Clock& clock)
        : client(rpc), daemon(client, chain), link(executor, link_settings, std::move(events), clock) {}

    rpc::Client client;
    rpc::Daemon daemon;
    p2p::DaemonLink link;
};

/// Whether a block from the disk may be sent; tells why not.
bool is_sound(const WonBlock& block) {
    const std::string damage = damage_of(block);
    if (damage.empty()) return true;
    log::error("Block ", block.hash.to_hex(), " (height ", block.height,
               ") was won in an earlier run and is not sent now, because its copy on the disk is damaged: it ", damage,
               ". `dash-cli getblockheader ", block.hash.to_hex(),
               "` tells whether the Dash chain has it. Is the disk all right?");
    return false;
}

}  // namespace

class Pipeline::Impl {
  public:
    Impl(PipelineSettings settings, asio::any_io_executor report_executor, ReportHandler on_report, const Clock& clock);

    void start();
    void submit(WonBlock block);
    void stop();

  private:
    void connect(std::string name, const rpc::ClientSettings& rpc, const p2p::DaemonLinkSettings& link,
                 const Clock& clock);
    p2p::DaemonLink::Events link_events(std::size_t daemon);
    void begin(JournalEntry entry, bool resumed);
    void keep(const WonBlock& block);
    std::vector<JournalEntry> take_up_left_over();
    std::vector<JournalEntry> sound_entries_of_journal(std::vector<Uint256>& journalled);
    [[nodiscard]] const WonBlock* find_in_spool(const Uint256& hash) const;
    void forget_finished();
    void stop_when_delivered();

    PipelineSettings settings_;
    asio::any_io_executor report_executor_;
    ReportHandler on_report_;

    // After the constructor each only on its thread: one may wait for the disk, the other must not wait for it.
    Spool spool_;
    Journal journal_;
    DiskThread spool_thread_;
    DiskThread journal_thread_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    asio::thread_pool encoder_{1};
    std::vector<std::unique_ptr<DaemonConnection>> connections_;
    std::vector<DaemonDoor> daemons_;  ///< of the connections
    std::vector<std::unique_ptr<BlockSender>> senders_;
    RunContext context_;
    std::vector<JournalEntry> unfinished_;
    std::unordered_set<Uint256> finished_;  // what the journal keeps, and what this run adds
    std::unordered_map<Uint256, std::shared_ptr<BlockRun>> runs_;
    asio::steady_timer grace_;
    bool stopping_ = false;
    std::thread thread_;
};

Pipeline::Impl::Impl(PipelineSettings settings, asio::any_io_executor report_executor, ReportHandler on_report,
                     const Clock& clock)
    : settings_(std::move(settings)),
      report_executor_(std::move(report_executor)),
      on_report_(std::move(on_report)),
      spool_(settings_.database),
      journal_(settings_.database),
      context_{io_.get_executor(),
               encoder_.get_executor(),
               settings_.chain->p2p_magic,
               daemons_,
               [this] {
                   const std::size_t best = settings_.best_daemon ? settings_.best_daemon() : 0;
                   return best < daemons_.size() ? best : 0;
               },
               clock,
               senders_,
               settings_.schedule,
               [this](JournalEntry entry) {
                   journal_thread_.post([this, entry = std::move(entry)] { journal_.update(entry); });
               },
               [this](const Uint256& hash) { return runs_.count(hash) != 0 || finished_.count(hash) != 0; },
               [this](const SubmissionReport& report) {
                   asio::post(report_executor_, [handler = on_report_, report] { handler(report); });
               },
               [this] { asio::post(io_, [this] { forget_finished(); }); }},
      unfinished_(take_up_left_over()),
      grace_(io_) {
    connect("", settings_.rpc, settings_.link, clock);
    for (const FurtherDaemon& further : settings_.further)
        connect(further.name, further.rpc, further.link, clock);
    SenderSurroundings around{io_.get_executor(),
                              [this]() -> rpc::Daemon& { return daemons_[context_.best_daemon()].daemon; },
                              daemons_.front().link, clock};
    for (std::size_t i = 1; i < daemons_.size(); ++i)
        around.further_links.push_back(&daemons_[i].link);
    for (const BlockSenderFactory& make : settings_.senders)
        senders_.push_back(make(around));
    for (const Uint256& hash : journal_.finished())
        finished_.insert(hash);
}

void Pipeline::Impl::connect(std::string name, const rpc::ClientSettings& rpc, const p2p::DaemonLinkSettings& link,
                             const Clock& clock) {
    DaemonConnection& made = *connections_.emplace_back(std::make_unique<DaemonConnection>(
        io_.get_executor(), *settings_.chain, rpc, link, link_events(daemons_.size()), clock));
    daemons_.push_back({std::move(name), made.daemon, made.link});
}

p2p::DaemonLink::Events Pipeline::Impl::link_events(std::size_t daemon) {
    p2p::DaemonLink::Events events;
    events.on_up = [this, daemon] {
        for (const auto& [hash, run] : runs_)
            run->link_is_up(daemon);
    };
    events.on_block = [this](const Uint256& /*hash*/) {
        for (const auto& [hash, run] : runs_)
            run->chain_moved();
    };
    return events;
}

void Pipeline::Impl::start() {
    asio::post(io_, [this] {
        for (const auto& connection : connections_)
            connection->link.start();
        for (JournalEntry& entry : unfinished_)
            begin(std::move(entry), /*resumed=*/true);
        unfinished_.clear();
    });
    thread_ = std::thread([this] { run_guarded(io_, "Block submission"); });
}

void Pipeline::Impl::submit(WonBlock block) {
    asio::post(io_, [this, block = std::move(block)]() mutable {
        JournalEntry entry;
        entry.block = std::move(block);
        begin(std::move(entry), /*resumed=*/false);
    });
}

void Pipeline::Impl::begin(JournalEntry entry, bool resumed) {
    const Uint256 hash = entry.block.hash;
    if (runs_.count(hash) != 0 || finished_.count(hash) != 0) {
        log::debug("Block ", hash.to_hex(), " was submitted before");
        return;
    }
    if (runs_.size() >= kMaxRuns) {
        log::error("Block ", hash.to_hex(), " is not submitted: ", kMaxRuns, " others are under way");
        return;
    }
    if (!resumed) keep(entry.block);
    const auto run = std::make_shared<BlockRun>(context_, std::move(entry), resumed);
    runs_.emplace(hash, run);
    run->start();
}

/// The spool has the block at once; the journal, when the disk and other writers of its file let it.
void Pipeline::Impl::keep(const WonBlock& block) {
    spool_thread_.post([this, block] { spool_.add(block); });
    journal_thread_.post([this, block] {
        journal_.add(block);
        spool_thread_.post([this, hash = block.hash] { spool_.settled(hash); });
    });
}

/// The spool lets go of a block only when the journal has it whole.
std::vector<JournalEntry> Pipeline::Impl::take_up_left_over() {
    std::vector<JournalEntry> not_journalled;
    std::vector<Uint256> journalled;
    for (const WonBlock& block : spool_.left_over()) {
        if (!is_sound(block)) continue;
        try {
            journal_.add(block);
            journalled.push_back(block.hash);
        } catch (const Error& error) {
            log::error("Block ", block.hash.to_hex(),
                       " cannot be journalled and is submitted all the same: ", error.what());
            not_journalled.push_back({block, BlockState::kSubmitted, {}});
        }
    }
    std::vector<JournalEntry> unfinished = sound_entries_of_journal(journalled);
    for (const Uint256& hash : journalled)
        spool_.settled(hash);
    std::move(not_journalled.begin(), not_journalled.end(), std::back_inserter(unfinished));
    return unfinished;
}

const WonBlock* Pipeline::Impl::find_in_spool(const Uint256& hash) const {
    for (const WonBlock& block : spool_.left_over()) {
        if (block.hash == hash && damage_of(block).empty()) return &block;
    }
    return nullptr;
}

/// Where a row is damaged, the spool may still have the block, and the row gets it again; where it cannot, the block is
/// not `journalled`.
std::vector<JournalEntry> Pipeline::Impl::sound_entries_of_journal(std::vector<Uint256>& journalled) {
    std::vector<JournalEntry> sound;
    for (JournalEntry& entry : journal_.unfinished()) {
        const WonBlock* whole = damage_of(entry.block).empty() ? nullptr : find_in_spool(entry.block.hash);
        if (whole != nullptr) {
            entry.block = *whole;
            try {
                journal_.update(entry);
            } catch (const Error& error) {
                log::error("Block ", entry.block.hash.to_hex(),
                           " is damaged in the journal, which cannot be mended now: ", error.what());
                std::erase(journalled, entry.block.hash);
            }
        }
        if (is_sound(entry.block)) sound.push_back(std::move(entry));
    }
    return sound;
}

void Pipeline::Impl::forget_finished() {
    for (auto it = runs_.begin(); it != runs_.end();) {
        if (it->second->finished()) {
            finished_.insert(it->first);
            it = runs_.erase(it);
        } else {
            ++it;
        }
    }
    if (stopping_) stop_when_delivered();
}

void Pipeline::Impl::stop_when_delivered() {
    for (const auto& [hash, run] : runs_) {
        if (!run->delivered()) return;
    }
    io_.stop();
}

void Pipeline::Impl::stop() {
    if (thread_.joinable()) {
        asio::post(io_, [this] {
            stopping_ = true;
            grace_.expires_after(settings_.schedule.stop_grace);
            grace_.async_wait([this](boost::system::error_code error) {
                if (!error) io_.stop();
            });
            stop_when_delivered();
        });
        thread_.join();
    }
    encoder_.join();
    journal_thread_.join();
    spool_thread_.join();
}

Pipeline::Pipeline(PipelineSettings settings, asio::any_io_executor report_executor, ReportHandler on_report,
                   const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(report_executor), std::move(on_report), clock)) {}

Pipeline::~Pipeline() {
    stop();
}

void Pipeline::start() {
    impl_->start();
}

void Pipeline::submit(WonBlock block) {
    impl_->submit(std::move(block));
}

void Pipeline::stop() {
    impl_->stop();
}

}  // namespace dash::submission
