#include "dash/submission/block_run.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "dash/submission/run_log.h"
#include "dash/submission/verdict.h"
#include "dash/util/coroutines.h"
#include "dash/util/error.h"
#include "dash/util/log.h"

namespace dash::submission {
namespace {

namespace asio = boost::asio;

constexpr double kMillisecondsPerSecond = 1000;

/// The phases by their places in the log.
constexpr std::size_t kSenders = 0;
constexpr std::size_t kLink = 1;
constexpr std::size_t kRpc = 2;

SubmissionReport first_report(const JournalEntry& entry, bool resumed) {
    SubmissionReport report;
    report.hash = entry.block.hash;
    report.height = entry.block.height;
    report.finder = entry.block.finder;
    report.found_at = entry.block.found_at;
    report.state = entry.state;
    report.submitblock_result = entry.submitblock_result;
    report.resumed = resumed;
    return report;
}

}  // namespace

BlockRun::BlockRun(RunContext& context, JournalEntry entry, bool resumed)
    : context_(context),
      block_(entry.block),
      report_(first_report(entry, resumed)),
      journalled_state_(entry.state),
      journalled_result_(entry.submitblock_result),
      senders_awaited_(context.senders.size()),
      look_timer_(context.executor) {}

/// Runs `work` on its own; the run lives until all of its parts have ended.
void BlockRun::spawn(asio::awaitable<void> work) {
    asio::co_spawn(context_.executor, std::move(work),
                   [self = shared_from_this(), tell = log_failure("Submission of block " + block_.hash.to_hex())](
                       const std::exception_ptr& failure) { tell(failure); });
}

void BlockRun::start() {
    send_by_link();
    spawn(submit());
    for (const auto& sender : context_.senders)
        spawn(send_by(*sender));
    spawn(follow());
    if (context_.senders.empty()) tell(kSenders, run_log::no_sender_lines());
    // Only now: writing takes longer than starting.
    run_log::started(report_, block_.bytes->size());
    phases_.begin();
    if (phases_.complete()) tell_completion();
}

void BlockRun::send_by_link() {
    if (link_busy_ || report_.daemon_p2p_sent || report_.state == BlockState::kAccepted || finished()) return;
    try {
        if (!frame_) frame_ = p2p::encode_frame(context_.magic, "block", *block_.bytes);
    } catch (const DecodeError& error) {
        log::error("Local dashd P2P: [!] ", error.what());
        return;
    }
    link_busy_ = true;
    note_time(report_.daemon_p2p.started_ms);
    context_.link.send_block(frame_, [self = shared_from_this()](bool sent) {
        self->link_busy_ = false;
        self->report_.daemon_p2p_sent = sent;
        if (sent) self->note_time(self->report_.daemon_p2p.finished_ms);
        if (sent || !self->phases_.settled(kLink)) self->tell(kLink, run_log::link_lines(self->report_, sent));
        if (sent) self->changed();
    });
}

asio::awaitable<void> BlockRun::send_by(BlockSender& sender) {
    auto delay = context_.schedule.first_retry;
    note_time(report_.peers.started_ms);
    for (bool first = true; !finished(); first = false) {
        const SendOutcome outcome = co_await sender.send(block_);
        report_.peers_reached += outcome.reached;
        if (outcome.reached > 0 || first) take_sender_lines(run_log::sender_lines(sender.name(), outcome), first);
        if (outcome.reached > 0) {
            note_time(report_.peers.finished_ms);
            changed();
            co_return;
        }
        co_await pause(delay);
        delay = std::min(2 * delay, context_.schedule.longest_retry);
    }
}

asio::awaitable<void> BlockRun::submit() {
    if (std::exchange(submitting_, true)) co_return;
    auto delay = context_.schedule.first_retry;
    while (!answered_ && !finished()) {
        co_await submit_once();
        if (answered_) break;
        co_await pause(delay);
        delay = std::min(2 * delay, context_.schedule.longest_retry);
    }
    submitting_ = false;
}

asio::awaitable<void> BlockRun::submit_once() {
    note_time(report_.submitblock.started_ms);
    try {
        take_answer(co_await context_.daemon.submit_block(*block_.bytes));
    } catch (const rpc::RpcError& error) {
        if (error.code() == rpc::code::kDeserialization) {
            take_answer(error.daemon_message());
        } else {
            take_trouble(error.what());
        }
    }
}

void BlockRun::take_answer(const std::optional<std::string>& word) {
    const SubmitVerdict verdict = judge_answer(word);
    answered_ = verdict != SubmitVerdict::kRetry;
    invalid_ = verdict == SubmitVerdict::kInvalid;
    if (answered_) note_time(report_.submitblock.finished_ms);
    const std::string result = word ? *word : "accepted";
    if (result != report_.submitblock_result || !phases_.settled(kRpc)) {
        tell(kRpc, run_log::answer_lines(report_, block_.bytes->size(), word));
    }
    report_.submitblock_result = result;
    changed();
    look_now();
}

void BlockRun::take_trouble(const std::string& text) {
    if (text == report_.submitblock_result && phases_.settled(kRpc)) return;
    tell(kRpc, run_log::call_failed_lines(report_, block_.bytes->size(), text));
    report_.submitblock_result = text;
    changed();
}

asio::awaitable<void> BlockRun::follow() {
    auto delay = context_.schedule.first_check;
    while (!finished()) {
        if (!std::exchange(look_requested_, false)) {
            look_timer_.expires_after(delay);
            co_await look_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
            look_requested_ = false;
        }
        const BlockState before = report_.state;
        try {
            co_await look_at_chain();
        } catch (const rpc::RpcError& error) {
            log::debug("Cannot ask dashd about block ", block_.hash.to_hex(), ": ", error.what());
        }
        delay = report_.state != before ? context_.schedule.first_check
                                        : std::min(2 * delay, context_.schedule.longest_check);
    }
    context_.on_progress();
}

void BlockRun::look_now() {
    look_requested_ = true;
    look_timer_.cancel();
}

asio::awaitable<void> BlockRun::look_at_chain() {
    const bool answered_before = answered_;
    const auto own = co_await context_.daemon.get_block_header(block_.hash);
    std::optional<rpc::HeaderInfo> rival;
    if (!own || own->confirmations < 0) rival = co_await find_rival();
    take_state(judge_chain(own, rival, invalid_, context_.schedule.burial_confirmations), own, rival);
    if (report_.state == BlockState::kOrphaned && rival->confirmations == 1) {
        co_await ask_to_prefer(rival->hash);
    }
    if (!own && answered_before && !finished()) {  // dashd lost it, as after a crash
        answered_ = false;
        spawn(submit());
    }
}

/// The main chain's block at our height, unless that is ours.
asio::awaitable<std::optional<rpc::HeaderInfo>> BlockRun::find_rival() {
    const auto hash = co_await context_.daemon.get_block_hash(block_.height);
    if (!hash || *hash == block_.hash) co_return std::nullopt;
    co_return co_await context_.daemon.get_block_header(*hash);
}

/// With equal work dashd stays with the block it saw first; our miners' work should follow ours. Between two blocks of
/// ours there is nothing to win, and each would be preferred in turn.
asio::awaitable<void> BlockRun::ask_to_prefer(Uint256 rival) {
    if (context_.is_ours(rival) || std::exchange(asked_to_prefer_, true)) co_return;
    run_log::asked_to_prefer(report_);
    co_await context_.daemon.precious_block(block_.hash);
    look_now();
}

void BlockRun::take_state(BlockState state, const std::optional<rpc::HeaderInfo>& own,
                          const std::optional<rpc::HeaderInfo>& rival) {
    const bool news = state != report_.state;
    const std::int64_t confirmations = own ? own->confirmations : 0;
    const bool deeper = confirmations != report_.confirmations;
    report_.state = state;
    report_.confirmations = confirmations;
    report_.chainlock = own && own->chainlock;
    const bool beaten = state == BlockState::kOrphaned || state == BlockState::kLost;
    report_.winner = beaten ? std::optional(rival->hash) : std::nullopt;
    if (news) run_log::state(report_);
    if (news || deeper) changed();
}

void BlockRun::note_time(std::optional<double>& time) const {
    if (!time) time = kMillisecondsPerSecond * (context_.clock.unix_seconds() - block_.found_at);
}

void BlockRun::take_sender_lines(std::vector<LogLine> lines, bool first) {
    if (!first) return write(lines);
    sender_lines_.insert(sender_lines_.end(), lines.begin(), lines.end());
    if (--senders_awaited_ == 0) tell(kSenders, std::exchange(sender_lines_, {}));
}

void BlockRun::tell(std::size_t phase, std::vector<LogLine> lines) {
    if (phases_.settled(phase)) return write(lines);
    phases_.settle(phase, std::move(lines));
    if (phases_.complete()) tell_completion();
}

void BlockRun::tell_completion() {
    const auto rpc = !answered_ ? run_log::RpcOutcome::kUnanswered
                     : invalid_ ? run_log::RpcOutcome::kRefused
                                : run_log::RpcOutcome::kTaken;
    run_log::completed(report_, context_.senders.size(), rpc);
}

void BlockRun::changed() {
    if (report_.state != journalled_state_ || report_.submitblock_result != journalled_result_) {
        journalled_state_ = report_.state;
        journalled_result_ = report_.submitblock_result;
        context_.journal({block_, report_.state, report_.submitblock_result});
    }
    context_.report(report_);
    for (const auto& sender : context_.senders)
        sender->block_changed(report_);
    context_.on_progress();
}

}  // namespace dash::submission
