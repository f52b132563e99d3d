#include "dash/submission/block_run.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "dash/p2p/block_message.h"
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
      deliveries_(context.daemons.size()),
      begun_(context.clock.steady_now()),
      look_timer_(context.executor) {
    report_.sent_to.resize(context.daemons.size());
    try {
        block_.message = std::make_shared<p2p::BlockMessage>(block_.bytes, context.magic);
    } catch (const DecodeError& error) {
        log::error("Block ", block_.hash.to_hex(), " is not sent by P2P: ", error.what());
    }
}

/// Runs `work` on its own; the run lives until all of its parts have ended.
void BlockRun::spawn(asio::awaitable<void> work) {
    asio::co_spawn(context_.executor, std::move(work),
                   [self = shared_from_this(), tell = log_failure("Submission of block " + block_.hash.to_hex())](
                       const std::exception_ptr& failure) { tell(failure); });
}

void BlockRun::start() {
    for (const auto& sender : context_.senders)
        spawn(send_by(*sender));
    for (std::size_t i = 0; i < deliveries_.size(); ++i) {
        send_by_link(i);
        spawn(submit(i));
    }
    spawn(follow());
    if (context_.senders.empty()) tell(kSenders, run_log::no_sender_lines());
    // Only now: writing takes longer than starting.
    run_log::started(report_, block_.bytes->size());
    phases_.begin();
    if (phases_.complete()) tell_completion();
}

bool BlockRun::delivered() const {
    return finished() ||
           std::any_of(deliveries_.begin(), deliveries_.end(),
                       [](const Delivery& delivery) { return delivery.sent || delivery.answered; }) ||
           std::all_of(deliveries_.begin(), deliveries_.end(),
                       [](const Delivery& delivery) { return delivery.given_up; });
}

bool BlockRun::taken() const {
    return std::any_of(deliveries_.begin(), deliveries_.end(),
                       [](const Delivery& delivery) { return delivery.taken(); });
}

/// And nobody else has taken it, or may be about to: one that is away or cannot judge it yet is heard, too, if it comes
/// back in time.
bool BlockRun::is_invalid_for(std::size_t daemon) const {
    if (!deliveries_[daemon].invalid || taken()) return false;
    const bool all_heard = std::all_of(deliveries_.begin(), deliveries_.end(),
                                       [](const Delivery& delivery) { return delivery.settled(); });
    return all_heard || context_.clock.steady_now() - begun_ > context_.schedule.hearing;
}

void BlockRun::send_by_link(std::size_t daemon) {
    Delivery& delivery = deliveries_[daemon];
    const bool has_it = report_.state == BlockState::kAccepted && daemon == context_.best_daemon();
    if (delivery.link_busy || delivery.sent || finished()) return;
    if (has_it) {
        if (std::exchange(delivery.link_missed, false) && daemon == 0)
            log::write(run_log::link_came_late_lines(report_));
        return;
    }
    if (block_.message == nullptr) return;
    delivery.link_busy = true;
    note_time(report_.daemon_p2p.started_ms);
    context_.daemons[daemon].link.send_block(
        block_.message->frame(), [self = shared_from_this(), daemon](bool sent) { self->link_has_sent(daemon, sent); });
}

void BlockRun::link_has_sent(std::size_t daemon, bool sent) {
    deliveries_[daemon].link_busy = false;
    deliveries_[daemon].sent = sent;
    deliveries_[daemon].link_missed = !sent;
    report_.daemon_p2p_sent = report_.daemon_p2p_sent || sent;
    report_.sent_to[daemon] = sent;
    if (sent) note_time(report_.daemon_p2p.finished_ms);
    if (daemon > 0) {
        if (sent) log::write(run_log::further_link_lines(report_, context_.daemons[daemon].name));
    } else if (sent || !phases_.settled(kLink)) {
        tell(kLink, run_log::link_lines(report_, sent));
    }
    if (sent) changed();
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

asio::awaitable<void> BlockRun::submit(std::size_t daemon) {
    Delivery& delivery = deliveries_[daemon];
    if (std::exchange(delivery.submitting, true)) co_return;
    const auto due = [&] { return !delivery.settled() && !finished(); };
    while (due()) {
        if (delivery.failures > 0) co_await pause(retry_delay(delivery.failures));
        if (due()) co_await submit_once(daemon);
    }
    delivery.submitting = false;
}

std::chrono::milliseconds BlockRun::retry_delay(int failures) const {
    auto delay = context_.schedule.first_retry;
    for (int i = 1; i < failures && delay < context_.schedule.longest_retry; ++i)
        delay *= 2;
    return std::min(delay, context_.schedule.longest_retry);
}

/// Two megabytes take milliseconds, which the other phases do not wait for.
asio::awaitable<std::string> BlockRun::encode_hex() {
    const auto encode = [](std::shared_ptr<const Bytes> bytes) -> asio::awaitable<std::string> {
        co_return to_hex(*bytes);
    };
    co_return co_await asio::co_spawn(context_.encoder, encode(block_.bytes), asio::use_awaitable);
}

asio::awaitable<void> BlockRun::submit_once(std::size_t daemon) {
    note_time(report_.submitblock.started_ms);
    try {
        std::string hex = co_await encode_hex();
        take_answer(daemon, co_await context_.daemons[daemon].daemon.submit_block(std::move(hex)));
    } catch (const rpc::RpcError& error) {
        if (error.code() == rpc::code::kDeserialization) {
            take_answer(daemon, error.daemon_message());
        } else {
            take_trouble(daemon, error);
        }
    }
}

void BlockRun::take_answer(std::size_t daemon, const std::optional<std::string>& word) {
    const SubmitVerdict verdict = judge_answer(word);
    deliveries_[daemon].answered = verdict != SubmitVerdict::kRetry;
    deliveries_[daemon].invalid = verdict == SubmitVerdict::kInvalid;
    if (deliveries_[daemon].answered) note_time(report_.submitblock.finished_ms);
    take_result(daemon, word ? *word : "accepted", run_log::answer_lines(report_, block_.bytes->size(), word));
    if (verdict == SubmitVerdict::kRetry) count_refusal(daemon);
    look_now();
}

void BlockRun::take_trouble(std::size_t daemon, const rpc::RpcError& error) {
    take_result(daemon, error.what(), run_log::call_failed_lines(report_, block_.bytes->size(), error.what()));
    // Who is away, starts, or does not let us in may take it yet; so may one behind a proxy that says that (502 to
    // 504).
    constexpr int kBadGateway = 502;
    const bool is_refusal = (error.kind() == rpc::RpcError::Kind::kBadAnswer && error.http_status() < kBadGateway) ||
                            (error.kind() == rpc::RpcError::Kind::kDaemon && error.code() != rpc::code::kWarmup);
    if (is_refusal) {
        count_refusal(daemon);
    } else {
        ++deliveries_[daemon].failures;
    }
}

/// dashd has answered, and does not have the block for all that.
void BlockRun::count_refusal(std::size_t daemon) {
    Delivery& delivery = deliveries_[daemon];
    ++delivery.failures;
    if (++delivery.refusals < context_.schedule.most_refusals || std::exchange(delivery.given_up, true)) return;
    const std::string& name = context_.daemons[daemon].name;
    run_log::given_up(report_, name, delivery.refusals, delivery.result);
    context_.on_progress();
}

/// `lines`: what the first dashd's phase tells of it.
void BlockRun::take_result(std::size_t daemon, const std::string& result, std::vector<LogLine> lines) {
    Delivery& delivery = deliveries_[daemon];
    const bool news = result != delivery.result;
    delivery.result = result;
    if (daemon > 0) {
        if (news) log::write(run_log::further_answer_lines(report_, context_.daemons[daemon].name, result));
    } else if (news || !phases_.settled(kRpc)) {
        tell(kRpc, std::move(lines));
    }
    const auto taken =
        std::find_if(deliveries_.begin(), deliveries_.end(), [](const Delivery& each) { return each.taken(); });
    const std::string& told = taken != deliveries_.end() ? taken->result : deliveries_.front().result;
    if (told.empty() || (!news && told == report_.submitblock_result)) return;
    report_.submitblock_result = told;
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
    const std::size_t number = context_.best_daemon();
    rpc::Daemon& daemon = context_.daemons[number].daemon;
    Delivery& delivery = deliveries_[number];
    const bool had_it = delivery.taken() || report_.state == BlockState::kAccepted;
    const auto own = co_await daemon.get_block_header(block_.hash);
    std::optional<rpc::HeaderInfo> rival;
    if (!own || own->confirmations < 0) rival = co_await find_rival(daemon);
    take_state(judge_chain(own, rival, is_invalid_for(number), context_.schedule.burial_confirmations), own, rival);
    if (report_.state == BlockState::kOrphaned && rival->confirmations == 1) {
        co_await ask_to_prefer(daemon, rival->hash);
    }
    if (report_.state == BlockState::kAccepted) {
        delivery.given_up = false;
        delivery.failures = delivery.refusals = 0;
    }
    if (!own && had_it && !finished()) {  // dashd lost it, as after a crash, or its answer means nothing
        delivery.answered = false;
        count_refusal(number);
        spawn(submit(number));
    }
}

/// The main chain's block at our height, unless that is ours.
asio::awaitable<std::optional<rpc::HeaderInfo>> BlockRun::find_rival(rpc::Daemon& daemon) {
    const auto hash = co_await daemon.get_block_hash(block_.height);
    if (!hash || *hash == block_.hash) co_return std::nullopt;
    co_return co_await daemon.get_block_header(*hash);
}

/// With equal work dashd stays with the block it saw first; our miners' work should follow ours. Between two blocks of
/// ours there is nothing to win, and each would be preferred in turn.
asio::awaitable<void> BlockRun::ask_to_prefer(rpc::Daemon& daemon, Uint256 rival) {
    if (context_.is_ours(rival) || std::exchange(asked_to_prefer_, true)) co_return;
    run_log::asked_to_prefer(report_);
    co_await daemon.precious_block(block_.hash);
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
    if (!first) return log::write(lines);
    sender_lines_.insert(sender_lines_.end(), lines.begin(), lines.end());
    if (--senders_awaited_ == 0) tell(kSenders, std::exchange(sender_lines_, {}));
}

void BlockRun::tell(std::size_t phase, std::vector<LogLine> lines) {
    if (phases_.settled(phase)) return log::write(lines);
    phases_.settle(phase, std::move(lines));
    if (phases_.complete()) tell_completion();
}

void BlockRun::tell_completion() {
    const auto rpc = taken()                        ? run_log::RpcOutcome::kTaken
                     : deliveries_.front().answered ? run_log::RpcOutcome::kRefused
                                                    : run_log::RpcOutcome::kUnanswered;
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
