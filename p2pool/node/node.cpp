#include "p2pool/node/node.h"

#include <algorithm>
#include <cmath>

#include "dash/primitives/address.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/util/local_time.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "dash/x11/x11.h"
#include "p2pool/node/format.h"
#include "p2pool/work/share_target.h"
#include "share_chain/codec.h"
#include "share_chain/statistics.h"
#include "share_chain/weights.h"

namespace p2pool::node {
namespace {

using work::JobPtr;

/// Local rates look this many share intervals back (python p2pool.work).
constexpr double kRateWindowShares = 100;
/// Jobs of this many payout groups are kept; more are built anew on each request.
constexpr std::size_t kMaxPayoutGroups = 20000;
constexpr double kNewWorkLineSeconds = 5;
constexpr std::size_t kRememberedBlocks = 100;
constexpr double kOldShareSeconds = 600;

double window_seconds(const share_chain::Network& network) {
    return kRateWindowShares * network.stratum_share_rate_seconds;
}

/// At least as many as a rate can be measured over.
std::uint64_t shares_an_hour(const share_chain::Network& network) {
    return std::max<std::uint64_t>(2, 3600 / network.share_period_seconds);
}

std::string low32_hex(const dash::Uint256& hash) {
    return hash.is_zero() ? "xxxxxxxx" : hash.to_hex().substr(56);
}

/// True when miners' present jobs cannot win any more, or could win much more.
bool is_new_work(const work::WorkTemplate& before, const work::WorkTemplate& after) {
    return before.block.version != after.block.version || before.block.previous_block != after.block.previous_block ||
           before.block.bits != after.block.bits || (before.txids.empty() && !after.txids.empty());
}

/// False when it was there.
bool remember(std::deque<dash::Uint256>& won, const dash::Uint256& hash) {
    if (std::find(won.begin(), won.end(), hash) != won.end()) return false;
    won.push_back(hash);
    if (won.size() > kRememberedBlocks) won.pop_front();
    return true;
}

/// The banner that operators' scripts look for.
void tell_won_block(const work::Job& job, const dash::Uint256& hash, const work::Worker& worker, double found_at,
                    const dash::ChainParams& chain) {
    const std::string bar(70, '#');
    dash::log::write_info(
        {"", bar, "### DASH BLOCK FOUND! ###", bar, "Time:        " + dash::format_local_time(found_at),
         "Miner:       " + (worker.user_name.empty() ? worker.name : worker.user_name), "Block hash:  " + hash.to_hex(),
         "POW hash:    " + hash.to_hex(),  // on Dash they are the same
         "Target:      " + job.block_target.to_hex(),
         "Height:      " + std::to_string(job.source->work_template->block.height),
         "Txs:         " + std::to_string(job.source->work_template->txids.size() + 1),
         "Explorer:    " + chain.block_explorer_url_prefix + hash.to_hex(), bar});
}

}  // namespace

Node::Node(NodeSettings settings, const dash::Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      tracker_(*settings_.network,
               {.block_relative_height = [this](const dash::Uint256& hash) { return heights_.relative(hash); },
                .transaction_size = [this](const dash::Uint256& txid) -> std::optional<std::size_t> {
                    const auto bytes = peers_.find_transaction ? peers_.find_transaction(txid) : nullptr;
                    if (bytes == nullptr) return std::nullopt;
                    return bytes->size();
                }}),
      builder_(tracker_, settings_.random_seed),
      worker_rates_(window_seconds(*settings_.network), dash::steady_seconds(clock)),
      payout_rates_(window_seconds(*settings_.network), dash::steady_seconds(clock)),
      random_(settings_.random_seed),
      payouts_(settings_.payout_hashes, clock.unix_seconds(), settings_.random_seed) {}

void Node::take_template(dash::rpc::BlockTemplate block) {
    const bool was_lost = template_is_lost();
    contact_steady_ = dash::steady_seconds(clock_);
    if (block.height > 0) heights_.learn(block.previous_block, block.height - 1);
    chain_end_.take_tip(block.previous_block, block.bits);
    dash::log::debug("Template for height ", block.height, " on block ", block.previous_block.to_hex(), " with ",
                     block.transactions.size(), " transactions");
    const work::WorkTemplatePtr before =
        std::exchange(template_, work::make_work_template(std::move(block), *settings_.network, contact_steady_));
    if (template_->left_out > 0) {
        dash::log::debug(
            "Left out ", template_->left_out,
            " of its transactions: the block would become too large, or p2pool peers could not take more.");
    }
    if (!template_->fits) {
        dash::log::warning(
            "dashd's template has more transactions than a block with p2pool's payouts, or p2pool peers, can take, and "
            "none could be left out: until the next block a won block may be refused, and peers may drop this node. "
            "Please report this with the answer of `dash-cli getblocktemplate`.");
    }
    const bool new_block = before == nullptr || before->block.previous_block != template_->block.previous_block;
    if (new_block) submit_early_blocks();
    const bool new_best = new_block && choose_best();
    if (before == nullptr || new_best || is_new_work(*before, *template_)) {
        new_work(true);
    } else if (was_lost) {
        new_work(false);  // who came meanwhile has none
    }
}

void Node::take_aux_work(work::AuxTreePtr aux) {
    aux_ = std::move(aux);
    new_work(true);
}

std::optional<dash::Uint256> Node::wanted_header() {
    const std::optional<dash::Uint256> missing = chain_end_.missing_header();
    return missing ? missing : heights_.take_wanted();
}

void Node::take_header(const dash::rpc::HeaderInfo& header) {
    chain_end_.take_header(header.hash, header.header);
    if (header.confirmations > 0) heights_.learn(header.hash, header.height);
    submit_early_blocks();
}

void Node::refresh_work() {
    if (template_ == nullptr || template_ == template_of_jobs_) return;
    new_work(false);
}

void Node::new_work(bool clean) {
    if (clean) ++work_event_;
    jobs_.clear();
    job_problem_.clear();
    template_of_jobs_ = template_;
    refused_without_chain_ = false;
    if (events_.on_work_changed) events_.on_work_changed(clean);
}

bool Node::choose_best() {
    decision_ = tracker_.think(clock_.unix_seconds());
    for (const auto& [hash, reason] : decision_.rejected) {
        dash::log::warning("Share ", hash.to_hex(), " was refused: ", reason);
    }
    for (const ChainEvents& events : chain_events_) {
        if (events.on_verified && !decision_.newly_verified.empty()) events.on_verified(decision_.newly_verified);
    }
    forget(decision_.removed);
    for (const dash::Uint256& hash : decision_.newly_verified) {
        if (const share_chain::SharePtr share = tracker_.find(hash)) submit_if_block(*share);
    }
    const bool is_another = decision_.best != own_.best();
    if (is_another) own_.best_changed(tracker_, decision_.best);
    if (events_.on_decision) events_.on_decision(decision_);
    return is_another;
}

void Node::take_peer_shares(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source) {
    bool any = false;
    for (const share_chain::SharePtr& share : shares)
        any |= add_share(share, source);
    if (any && events_.on_shares_added) events_.on_shares_added();
}

/// Our own blocks went out when they were found, and those of an earlier run with that one's journal.
void Node::submit_if_block(const share_chain::Share& share) {
    const bool is_stored = tracker_.time_seen(share.hash) == 0;
    if (!share.claims_block() || is_stored || own_.contains(share.hash)) return;
    const PeerBlock block = assemble_peer_block(tracker_, share, demands_on_block_after(share.header.previous_block),
                                                peers_.find_transaction);
    const std::string peer = "peer " + tracker_.source(share.hash);
    if (block.bytes == nullptr) {
        // Old blocks come by the hundred while a chain is downloaded.
        const bool is_old = share.info().timestamp + kOldShareSeconds < clock_.unix_seconds();
        const bool waits = block.is_early && !is_old;
        if (waits && !remember(early_blocks_, share.hash)) return;  // it has been told
        if (!waits) std::erase(early_blocks_, share.hash);
        dash::log::write(is_old ? dash::log::Level::kDebug : dash::log::Level::kInfo,
                         "Share " + share.hash.to_hex() + " of " + peer +
                             " claims to be a Dash block, but is not sent to the Dash network" +
                             (waits ? " yet: " : ": ") + block.problem);
        return;
    }
    std::erase(early_blocks_, share.hash);
    if (!remember(won_blocks_, share.hash)) return;
    dash::log::info("GOT BLOCK FROM PEER! Passing to dashd! ", low32_hex(share.hash),
                    " dash: ", settings_.network->parent->block_explorer_url_prefix, share.hash.to_hex());
    dash::log::info("    It came from ", peer);
    dash::submission::WonBlock won;
    won.hash = share.hash;
    won.height = template_->block.height - chain_end_.depth_of(share.header.previous_block).value();
    won.bytes = block.bytes;
    // Others are told of him: not of the peer, whose address is nobody's business.
    won.finder =
        dash::format_address({dash::Address::Kind::kPubkeyHash, share.data().pubkey_hash}, *settings_.network->parent);
    won.found_at = clock_.unix_seconds();
    if (events_.on_block_won) events_.on_block_won(std::move(won));
}

BlockDemands Node::demands_on_block_after(const dash::Uint256& previous) const {
    BlockDemands demands;
    demands.bits = chain_end_.bits_after(previous);
    if (template_ == nullptr) return demands;
    demands.earliest_time = template_->block.min_time;
    demands.latest_time = work::latest_time(template_->block.time, clock_.unix_seconds());
    return demands;
}

void Node::submit_early_blocks() {
    for (const dash::Uint256& hash : std::deque<dash::Uint256>(early_blocks_)) {
        if (const share_chain::SharePtr share = tracker_.find(hash)) {
            submit_if_block(*share);
        } else {
            std::erase(early_blocks_, hash);
        }
    }
}

bool Node::restore(const share_chain::SharePtr& share, bool verified) {
    if (!tracker_.add(share, /*time_seen=*/0)) return false;
    if (verified) tracker_.trust(share->hash);
    return true;
}

bool Node::add_share(const share_chain::SharePtr& share, const share_chain::Source& source) {
    if (!tracker_.add(share, clock_.unix_seconds(), source)) return false;
    for (const ChainEvents& events : chain_events_) {
        if (events.on_added) events.on_added(share);
    }
    return true;
}

void Node::forget(const std::vector<dash::Uint256>& removed) {
    for (const dash::Uint256& hash : removed)
        own_.forget(hash);
    for (const ChainEvents& events : chain_events_) {
        if (events.on_removed && !removed.empty()) events.on_removed(removed);
    }
}

void Node::settle() {
    const bool may_begin = refused_without_chain_ && reason_for_no_chain().empty();
    if (choose_best() || may_begin) new_work(true);
}

void Node::maintain() {
    forget(tracker_.prune(clock_.unix_seconds(), decision_));
    submit_early_blocks();
    settle();
}

double Node::seconds_without_contact() const {
    return dash::steady_seconds(clock_) - contact_steady_;
}

double Node::contact_at() const {
    return template_ == nullptr ? 0 : clock_.unix_seconds() - seconds_without_contact();
}

bool Node::template_is_lost() const {
    return template_ == nullptr || seconds_without_contact() > kLostContactSeconds;
}

std::string Node::no_work_reason() const {
    if (template_ == nullptr) return "the node waits for dashd's first block template; try again in a moment";
    if (template_is_lost()) {
        return "lost contact with dashd for " + format_duration(seconds_without_contact()) +
               "; work goes on as soon as it answers";
    }
    const std::string no_chain = reason_for_no_chain();
    return no_chain.empty() ? job_problem_ : no_chain;
}

std::string Node::reason_for_no_chain() const {
    if (!own_.best().is_zero() || !peers_.reason_to_wait) return {};
    return peers_.reason_to_wait();
}

JobPtr Node::job(const work::PayoutChoice& choice) {
    if (template_is_lost()) return nullptr;
    if (!reason_for_no_chain().empty()) {
        refused_without_chain_ = true;
        return nullptr;
    }
    const auto found = jobs_.find(choice);
    if (found != jobs_.end()) return found->second;
    work::JobRequest request;
    request.work_template = template_;
    request.aux = aux_;
    request.best_share = own_.best();
    request.pubkey_hash = choice.pubkey_hash;
    request.desired_share_target = share_target_for(choice);
    request.donation = settings_.donation;
    request.stale_info = own_.next_stale_info();
    request.work_event = work_event_;
    request.now = clock_.unix_seconds();
    request.steady_now = dash::steady_seconds(clock_);
    try {
        JobPtr job = build_job(request);
        if (jobs_.size() < kMaxPayoutGroups) jobs_.emplace(choice, job);
        tell_new_work(*job, choice.pubkey_hash);
        return job;
    } catch (const dash::DecodeError& problem) {
        if (job_problem_.empty()) dash::log::error("No work can be made from dashd's template: ", problem.what());
        job_problem_ = std::string("no work can be made from dashd's template: ") + problem.what();
        return nullptr;
    }
}

void Node::tell_new_work(const work::Job& job, const dash::Hash160& payout) {
    const double now = clock_.unix_seconds();
    if (std::abs(now - told_work_at_) < kNewWorkLineSeconds) return;
    told_work_at_ = now;
    const dash::rpc::BlockTemplate& block = job.source->work_template->block;
    const double speed = payout_rates_.rate_of(payout, dash::steady_seconds(clock_)).hashes_per_second;
    dash::log::info("New work for worker ",
                    dash::format_address({dash::Address::Kind::kPubkeyHash, payout}, *settings_.network->parent),
                    "! Difficulty: ", format_fixed(dash::difficulty_from_target(job.block_target), 6),
                    " Share difficulty: ", format_fixed(dash::difficulty_from_target(job.share_target), 6), " (speed ",
                    format_fixed(speed, 6),
                    ") Total block value: ", format_fixed(static_cast<double>(block.coinbase_value_duffs) / 1e8, 6),
                    " ", settings_.network->parent->symbol, " including ", block.transactions.size(), " transactions");
}

JobPtr Node::build_job(const work::JobRequest& request) {
    const auto start = clock_.steady_now();
    JobPtr job = builder_.build(request);
    if (settings_.bench) {
        const std::chrono::duration<double, std::milli> took = clock_.steady_now() - start;
        dash::log::info(
            format_fixed(took.count(), 3), " ms for work.py:get_work(",
            dash::format_address({dash::Address::Kind::kPubkeyHash, request.pubkey_hash}, *settings_.network->parent),
            ")");
    }
    return job;
}

work::PayoutChoice Node::apply_fee(const work::PayoutChoice& choice) {
    if (std::uniform_real_distribution<double>(0, 1)(random_) >= settings_.fee) return choice;
    return {.pubkey_hash = payouts_.fee_hash(), .share_difficulty = choice.share_difficulty};
}

std::optional<double> Node::pool_rate_of_last_hour() const {
    const dash::Uint256 best = own_.best();
    const std::uint64_t shares = shares_an_hour(*settings_.network);
    if (best.is_zero() || tracker_.line(best).height <= shares) return std::nullopt;
    return share_chain::pool_attempts_per_second(tracker_, best, shares);
}

dash::Uint256 Node::share_target_for(const work::PayoutChoice& choice) {
    work::ShareTargetInputs inputs;
    inputs.wished_difficulty = choice.share_difficulty;
    inputs.local_hashes_per_second =
        payout_rates_.rate_of(choice.pubkey_hash, dash::steady_seconds(clock_)).hashes_per_second;
    inputs.pool_hashes_per_second = pool_rate_of_last_hour();
    inputs.subsidy_duffs = template_->block.coinbase_value_duffs;
    inputs.donation = settings_.donation;
    inputs.block_target = template_->block.target;
    return work::desired_share_target(inputs, *settings_.network);
}

work::Evaluation Node::evaluate(const JobPtr& job, const work::Solution& solution, const work::Worker& worker) {
    work::Evaluation evaluation;
    evaluation.hash = dash::x11::hash_number(work::assemble_header(*job, solution).serialize());
    evaluation.is_share = evaluation.hash <= job->share_target;
    evaluation.is_block = evaluation.hash <= job->block_target;
    if (evaluation.is_block) win_block(*job, solution, evaluation.hash, worker);
    win_aux_blocks(*job, solution, evaluation.hash);
    return evaluation;
}

void Node::win_aux_blocks(const work::Job& job, const work::Solution& solution, const dash::Uint256& hash) {
    std::vector<work::AuxSolution> solved = work::solved_aux_blocks(job, solution, hash);
    if (solved.empty() || !events_.on_aux_block_won || !remember(aux_solutions_, hash)) return;
    for (work::AuxSolution& each : solved)
        events_.on_aux_block_won(std::move(each));
}

void Node::win_block(const work::Job& job, const work::Solution& solution, const dash::Uint256& hash,
                     const work::Worker& worker) {
    const double now = clock_.unix_seconds();
    if (solution.time < job.min_time || solution.time > work::latest_time(job, now)) {
        dash::log::warning("A solution of ", worker.name, " meets the block target, but its time ", solution.time,
                           " is one that Dash refuses: no block. The miner's software sets wrong times.");
        return;
    }
    if (!remember(won_blocks_, hash)) return;
    dash::submission::WonBlock block;
    block.hash = hash;
    block.height = job.source->work_template->block.height;
    block.bytes = std::make_shared<const dash::Bytes>(work::assemble_block(job, solution));
    block.finder = worker.name;
    block.found_at = now;
    if (events_.on_block_won) events_.on_block_won(std::move(block));
    tell_won_block(job, hash, worker, now, *settings_.network->parent);
}

void Node::accept(const JobPtr& job, const work::Solution& solution, const work::Evaluation& evaluation,
                  const work::Worker& worker, const dash::Uint256& credited_target, bool late) {
    const double now = dash::steady_seconds(clock_);
    const double hashes = dash::to_double(dash::average_attempts(credited_target));
    worker_rates_.add(worker.name, hashes, late, now);
    // Whom the job pays, whatever the miner calls himself by now.
    payout_rates_.add(job->source->generation.request.pubkey_hash, hashes, late, now);
    if (events_.on_work_accepted) {
        events_.on_work_accepted(
            AcceptedWork{worker, hashes, late, evaluation.is_share, evaluation.hash, job->share_target});
    }
    if (evaluation.is_share) add_own_share(*job, solution, worker, late);
}

void Node::add_own_share(const work::Job& job, const work::Solution& solution, const work::Worker& worker, bool late) {
    share_chain::SharePtr share;
    try {
        share = share_chain::make_share(
            share_chain::share_contents(job.source->generation, work::assemble_header(job, solution),
                                        solution.extranonce),
            *settings_.network);
    } catch (const dash::Error& error) {
        dash::log::error("A share of ", worker.name, " could not be made; please report this: ", error.what());
        return;
    }
    if (!add_share(share, {})) return;
    const double age = dash::steady_seconds(clock_) - job.source->work_template->received_at;
    dash::log::info("GOT SHARE! ", worker.name, " ", low32_hex(share->hash), " prev ",
                    low32_hex(share->previous_hash()), " age ", format_fixed(age, 2), "s",
                    late ? " DEAD ON ARRIVAL" : "");
    own_.add(*share, late);
    if (events_.on_shares_added) events_.on_shares_added();
}

std::map<dash::Bytes, std::uint64_t> Node::current_payouts() const {
    if (template_ == nullptr || own_.best().is_zero()) return {};
    return share_chain::expected_payouts(tracker_, own_.best(), template_->block.target,
                                         template_->block.coinbase_value_duffs - template_->block.payment_total_duffs);
}

}  // namespace p2pool::node
