#include "web/model/model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dash/primitives/address.h"
#include "dash/primitives/block.h"
#include "dash/primitives/chain_params.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/work/worker_name.h"
#include "share_chain/payouts.h"
#include "web/model/memory.h"
#include "web/model/watch.h"
#include "web/store/block_table.h"
#include "web/store/graph_table.h"
#include "web/store/settings_table.h"

namespace web {
namespace {

using p2pool::peers::NetworkStatus;
using p2pool::stratum::ServerStatus;

constexpr double kFeedSeconds = 5;
constexpr double kLogIntervalSeconds = 300;
constexpr double kLogRememberedSeconds = 86'400;
constexpr double kSaveSeconds = 30;
/// A day of them is kept in memory, and shown on one page.
constexpr std::size_t kMostLoggedWorkers = 200;
/// A clock is corrected by less all the time.
constexpr double kClockSlack = 1;
/// By then it is known whether a share of ours is in the chain.
constexpr double kSettleSeconds = 200;
/// Worker rates look back a hundred times the time that vardiff aims at, as the python node's do.
constexpr double kRateWindowShares = 100;
/// A block that is told of later than this was not found now: today's rates are not those of then.
constexpr double kFreshSeconds = 600;
// Keys of local_share_hash_rates.
constexpr const char* kGoodShares = "good";
constexpr const char* kDeadShares = "dead";
constexpr const char* kOrphanShares = "orphan";
constexpr std::size_t kMaxClaimed = 10'000;
/// Of a block's hash in a line of the log, as the python node prints it.
constexpr std::size_t kHashDigits = 16;

/// "1.25000000".
std::string duffs_text(std::uint64_t duffs) {
    constexpr std::uint64_t kCoin = 100'000'000;
    const std::string fraction = std::to_string(kCoin + duffs % kCoin);  // with a 1 before its zeros
    return std::to_string(duffs / kCoin) + "." + fraction.substr(1);
}

SnapshotPtr empty_snapshot(double now) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->time = now;
    snapshot->chain = std::make_shared<const ChainFacts>();
    snapshot->stratum = std::make_shared<const ServerStatus>();
    snapshot->peers = std::make_shared<const NetworkStatus>();
    snapshot->no_work_reason = "the node is starting";
    return snapshot;
}

/// Of a farm's workers, those that do most.
std::vector<std::pair<std::string, Workers::Rates::mapped_type>> strongest(const Workers::Rates& rates,
                                                                           std::size_t most) {
    std::vector<std::pair<std::string, Workers::Rates::mapped_type>> sorted(rates.begin(), rates.end());
    const std::size_t count = std::min(most, sorted.size());
    std::partial_sort(
        sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count), sorted.end(),
        [](const auto& a, const auto& b) { return a.second.hashes_per_second > b.second.hashes_per_second; });
    sorted.resize(count);
    return sorted;
}

/// A worker's display name begins with his address, if he gave one.
std::string address_in(const std::string& worker) {
    std::string address = p2pool::work::address_part(worker);
    return dash::looks_like_address(address) ? address : std::string();
}

void set_payouts(FoundBlock& block, const dash::Transaction& coinbase) {
    const dash::ByteSpan donation = share_chain::donation_script();
    block.payouts.clear();
    std::uint64_t sum = 0;
    for (const dash::TxOut& output : coinbase.outputs) {
        sum += output.value_duffs;
        if (output.value_duffs == 0) continue;
        const bool is_donation =
            std::equal(output.script.begin(), output.script.end(), donation.begin(), donation.end());
        block.payouts.push_back({output.script, output.value_duffs,
                                 is_donation ? BlockPayout::Kind::kDonation : BlockPayout::Kind::kMiner});
    }
    block.reward_duffs = sum;
}

/// Tells apart whom Dash demands to be paid. An address may be paid for both: then the amount decides.
void mark_payments(FoundBlock& block, const share_chain::Share& share, const dash::ChainParams& chain) {
    for (const share_chain::Payment& payment : share.data().packed_payments) {
        const auto script = share_chain::payment_script(payment.payee, chain);
        const auto paid = std::find_if(block.payouts.begin(), block.payouts.end(), [&](const BlockPayout& payout) {
            return script && payout.kind == BlockPayout::Kind::kMiner && payout.script == *script &&
                   payout.duffs == payment.amount_duffs;
        });
        if (paid != block.payouts.end()) paid->kind = BlockPayout::Kind::kPayment;
    }
}

/// The same for a block without a share that lists them: who has no shares is no miner.
void mark_strangers(FoundBlock& block, const std::map<dash::Bytes, std::uint64_t>& miners) {
    if (miners.empty()) return;
    for (BlockPayout& payout : block.payouts) {
        if (payout.kind == BlockPayout::Kind::kMiner && miners.count(payout.script) == 0) {
            payout.kind = BlockPayout::Kind::kPayment;
        }
    }
}

}  // namespace

Model::Model(NodeFacts facts, Store& store, const dash::Clock& clock, std::function<Json()> broadcaster)
    : facts_(std::move(facts)),
      store_(store),
      clock_(clock),
      broadcaster_(std::move(broadcaster)),
      snapshot_(empty_snapshot(clock.unix_seconds())),
      workers_(kRateWindowShares * facts_.network->stratum_share_rate_seconds, dash::steady_seconds(clock)) {
    restore(store);
    started_ = told_at_ = steady();
    clock_offset_ = time() - steady();
    next_save_ = started_ + kSaveSeconds;
    alerts_.set_listener([this](const Alert& alert) { tell_alert(alert); });
}

void Model::tell_alert(const Alert& alert) {
    const bool over = alert.until > 0;
    dash::log::write(over ? dash::log::Level::kInfo : dash::log::Level::kWarning,
                     (over ? "Alert is over: " : "Alert: ") + alert.text);
    if (alert_listener_) alert_listener_(alert);
    if (sink_) sink_("alert", alert_json(alert));
}

void Model::restore(Store& store) {
    records_begin_ = first_start(store, time());
    load_graphs(store, graphs_);
    graphs_.go_back(time());  // if the clock was ahead when they were stored
    samples_.restore(load_hashrate_samples(store), load_difficulty_samples(store));
    for (FoundBlock& block : load_blocks(store))
        blocks_.add(std::move(block));
    load_settings(store, settings_);
    for (Json& entry : load_statistics_log(store, time() - kLogRememberedSeconds))
        log_.push_back(std::move(entry));
}

void Model::notice_set_clock() {
    const double set_by = time() - steady() - std::exchange(clock_offset_, time() - steady());
    if (std::abs(set_by) <= kClockSlack) return;
    alerts_.clock_was_set(set_by);
    for (auto& book : miners_alerts_)
        book.second.clock_was_set(set_by);
    if (set_by < 0) graphs_.go_back(time());
}

void Model::take(SnapshotPtr snapshot, const Happenings& happenings) {
    const bool new_template = snapshot->template_facts != snapshot_->template_facts;
    snapshot_ = std::move(snapshot);
    told_at_ = steady();
    notice_set_clock();
    if (first_payouts_.empty()) first_payouts_ = snapshot_->own_payouts;
    take_work(happenings);
    take_shares(happenings);
    take_traffic(*snapshot_->peers);
    for (const double seconds : happenings.template_seconds)
        graphs_.add("getwork_latency", time(), seconds);
    if (new_template) sample();
    settle_own_shares();
    if (steady() >= next_feed_) {
        next_feed_ = steady() + kFeedSeconds;
        feed_graphs();
        watch(*this, alerts_, miners_alerts_);
    }
    if (steady() >= next_save_) save();
    tell_peers();
}

void Model::take_work(const Happenings& happenings) {
    if (happenings.work.empty()) return;
    double hashes = 0;
    double late_hashes = 0;
    std::map<std::string, double> by_miner;
    std::map<std::string, double> late_by_miner;
    for (const auto& [name, done] : happenings.work) {
        hashes += done.hashes;
        late_hashes += done.late_hashes;
        by_miner[name] = done.hashes;
        if (done.late_hashes > 0) late_by_miner[name] = done.late_hashes;
    }
    const double now = time();
    workers_.take(happenings.work, steady());
    graphs_.add("local_hash_rate", now, hashes);
    graphs_.add("miner_hash_rates", now, by_miner);
    if (late_hashes <= 0) return;
    graphs_.add("local_dead_hash_rate", now, late_hashes);
    graphs_.add("miner_dead_hash_rates", now, late_by_miner);
}

void Model::take_shares(const Happenings& happenings) {
    for (const OwnShare& own : happenings.own_shares) {
        workers_.take(own, time());
        own_shares_[own.hash] = own.late;
    }
    for (const ShareChange& change : happenings.shares) {
        shares_.apply(change);
        if (change.kind == ShareChange::Kind::kRemoved) {
            own_shares_.erase(change.hash);
            continue;
        }
        const ShareIndex::Entry* entry = shares_.find(change.hash);
        if (entry == nullptr) continue;
        const share_chain::Share& share = *entry->share;
        const bool is_new = change.kind == ShareChange::Kind::kAdded && change.time_seen > 0;
        if (is_new && is_own(share.hash)) count_own_share(share);
        if (is_new && sink_ && change.time_seen > share.info().timestamp - kFreshSeconds) {
            sink_("share", {{"hash", share.hash.to_hex()},
                            {"parent", share.previous_hash().is_zero() ? Json() : Json(share.previous_hash().to_hex())},
                            {"time", share.info().timestamp},
                            {"miner", address_of(share.data().pubkey_hash)},
                            {"difficulty", dash::difficulty_from_target(share.target)},
                            {"is_ours", is_own(share.hash)},
                            {"is_block", share.claims_block()},
                            {"received_from", change.source.empty() ? Json() : Json(change.source)}});
        }
        if (entry->verified && share.claims_block()) take_block_of(share, change.coinbase.get());
    }
}

void Model::take_block_of(const share_chain::Share& share, const dash::Bytes* coinbase) {
    FoundBlock block;
    block.hash = block.share_hash = share.hash;
    block.found_at = share.header.timestamp;
    block.miner = address_of(share.data().pubkey_hash);
    block.reward_duffs = share.data().subsidy_duffs;
    block.network_difficulty = dash::difficulty_from_target(share.block_target);
    block.height = dash::pushed_height(share.data().coinbase).value_or(0);
    if (coinbase != nullptr) set_payouts(block, dash::parse_transaction(*coinbase));
    mark_payments(block, share, *facts_.network->parent);
    if (FoundBlock* known = blocks_.find(share.hash)) {
        known->miner = block.miner;
        known->share_hash = share.hash;
        if (known->payouts.empty()) known->payouts = std::move(block.payouts);
        mark_payments(*known, share, *facts_.network->parent);
        record(*known);
        return;
    }
    if (share.header.timestamp + kFreshSeconds > time()) {
        const PresentRates present = present_rates();
        block.pool_hashes_per_second = present.hashes_per_second;
        if (snapshot_->chain->last_hour) block.stale_proportion = snapshot_->chain->last_hour->stale_proportion;
        if (present.hashes_per_second.value_or(0) > 0) {
            block.expected_seconds = *block.network_difficulty * kHashesPerDifficulty / *present.hashes_per_second;
        }
    }
    if (claimed_.size() >= kMaxClaimed) claimed_.pop_front();
    claimed_.push_back(std::move(block));
}

void Model::take(const dash::submission::WonBlock& won) {
    FoundBlock block;
    block.hash = block.share_hash = won.hash;
    block.found_at = won.found_at;
    block.height = won.height;
    block.miner = address_in(won.finder);
    block.fate = BlockFate::kPending;
    const PresentRates present = present_rates();
    block.pool_hashes_per_second = present.hashes_per_second;
    block.network_difficulty = present.difficulty;
    if (snapshot_->chain->last_hour) block.stale_proportion = snapshot_->chain->last_hour->stale_proportion;
    if (present.hashes_per_second.value_or(0) > 0 && present.difficulty) {
        block.expected_seconds = *present.difficulty * kHashesPerDifficulty / *present.hashes_per_second;
    }
    try {
        const dash::Block parsed = dash::parse_block(*won.bytes);
        if (!parsed.transactions.empty()) set_payouts(block, parsed.transactions.front());
    } catch (const dash::DecodeError& error) {
        dash::log::error("The won block ", won.hash.to_hex(), " cannot be read for the pages: ", error.what());
    }
    if (block.reward_duffs) {
        dash::log::info("Updated block ", won.hash.to_hex().substr(0, kHashDigits),
                        " reward: ", duffs_text(*block.reward_duffs), " ", facts_.network->parent->symbol);
    }
    if (const ShareIndex::Entry* share = shares_.find(won.hash)) {
        block.miner = address_of(share->share->data().pubkey_hash);
        mark_payments(block, *share->share, *facts_.network->parent);
    } else {
        mark_strangers(block, snapshot_->chain->payouts);
    }
    if (FoundBlock* added = blocks_.add(std::move(block))) record(*added);
}

void Model::take(const dash::submission::SubmissionReport& report) {
    if (sink_) sink_("phase", submission_json(report));
    FoundBlock* block = blocks_.find(report.hash);
    if (block == nullptr) return;
    block->take(report);
    block->checked_at = time();
    record(*block);
    if (block->fate == BlockFate::kOrphaned) {
        alerts_.happened("block_orphaned", report.hash.to_hex(),
                         "block " + std::to_string(report.height) + " " + report.hash.to_hex() + " is " +
                             std::string(to_string(report.state)) +
                             ": another block has its place, or dashd refused it",
                         time());
    }
}

void Model::take(const dash::Uint256& hash, const ChainAnswer& answer) {
    constexpr std::int64_t kBuried = 100;
    const auto claim =
        std::find_if(claimed_.begin(), claimed_.end(), [&](const FoundBlock& block) { return block.hash == hash; });
    if (claim != claimed_.end()) {
        // What no chain knows was a peer's invention, or never got far.
        if (answer.known) blocks_.add(std::move(*claim));
        claimed_.erase(claim);
    }
    FoundBlock* block = blocks_.find(hash);
    if (block == nullptr) return;
    block->checked_at = time();
    if (!answer.known) return;
    block->confirmations = answer.confirmations;
    block->chainlock = answer.chainlock;
    if (answer.height > 0) block->height = answer.height;
    const bool confirmed = answer.chainlock || answer.confirmations >= kBuried;
    block->fate = answer.confirmations < 0 ? BlockFate::kOrphaned
                  : confirmed              ? BlockFate::kConfirmed
                                           : BlockFate::kPending;
    constexpr double kOrphanSettlesAfter = 7 * 86'400;
    block->settled = confirmed || (answer.confirmations < 0 && time() > block->found_at + kOrphanSettlesAfter);
    record(*block);
}

std::optional<dash::Uint256> Model::block_to_check() {
    if (!claimed_.empty()) return claimed_.front().hash;
    const FoundBlock* block = blocks_.due(time());
    if (block == nullptr) return std::nullopt;
    return block->hash;
}

void Model::take_old_difficulties(std::vector<DifficultySample> samples) {
    store_difficulty_samples(store_, samples);
    samples_.prepend(std::move(samples));
}

/// Also told as an event: a block that is new, or another than before.
void Model::record(FoundBlock& block) {
    store_block(store_, block);
    if (sink_) sink_("block", Json{{"hash", block.hash.to_hex()}});
}

/// What was sent and received since the last snapshot; of a peer that left in between, the last second is not counted.
void Model::take_traffic(const NetworkStatus& network) {
    std::map<std::string, Traffic> now;
    double in = 0;
    double out = 0;
    for (const auto& peer : network.peers) {
        const std::string key = peer.address.text() + " " + std::to_string(peer.connected_since);
        const auto before = traffic_.find(key);
        const Traffic earlier = before == traffic_.end() ? Traffic{} : before->second;
        in += static_cast<double>(peer.bytes_received - earlier.in);
        out += static_cast<double>(peer.bytes_sent - earlier.out);
        now[key] = {peer.bytes_received, peer.bytes_sent};
    }
    traffic_ = std::move(now);
    if (in > 0 || out > 0) graphs_.add("traffic_rate", time(), {{"p2p/in", in}, {"p2p/out", out}});
}

/// It counts at once as what it is likely to be; settle_own_shares() corrects that.
void Model::count_own_share(const share_chain::Share& share) {
    const bool late = own_shares_.at(share.hash);
    const double hashes = dash::to_double(dash::average_attempts(share.target));
    unsettled_.push_back({share.hash, time(), steady() + kSettleSeconds, hashes, late ? kDeadShares : kGoodShares});
    graphs_.add("local_share_hash_rates", time(), {{unsettled_.back().counted_as, hashes}});
}

void Model::settle_own_shares() {
    while (!unsettled_.empty() && unsettled_.front().due <= steady()) {
        const Unsettled share = unsettled_.front();
        unsettled_.pop_front();
        const auto line = shares_.line(snapshot_->chain->best, snapshot_->chain->height);
        const bool in_chain = std::any_of(
            line.begin(), line.end(), [&](const ShareIndex::Entry* entry) { return entry->share->hash == share.hash; });
        const char* fate = in_chain ? kGoodShares : share.counted_as == kDeadShares ? kDeadShares : kOrphanShares;
        if (fate == share.counted_as) continue;
        graphs_.add("local_share_hash_rates", std::min(share.at, time()),
                    {{share.counted_as, -share.hashes}, {fate, share.hashes}});
    }
}

void Model::sample() {
    const auto difficulty = network_difficulty();
    if (!difficulty) return;
    const DifficultySample now{time(), *difficulty, snapshot_->template_facts->height - 1};
    if (samples_.add(now)) store_difficulty_samples(store_, {now});
}

void Model::feed_graphs() {
    const double now = time();
    const auto& network = *snapshot_->peers;
    const auto rates = workers_.rates(steady());
    std::set<dash::Hash160> miners;
    for (const auto& entry : rates) {
        if (const WorkerFacts* worker = workers_.find(entry.first)) miners.insert(worker->payout_hash);
    }
    graphs_.add("peers", now,
                {{"incoming", static_cast<double>(network.incoming)},
                 {"outgoing", static_cast<double>(network.peers.size() - network.incoming)}});
    graphs_.add("worker_count", now, static_cast<double>(rates.size()));
    graphs_.add("unique_miner_count", now, static_cast<double>(miners.size()));
    graphs_.add("connected_miners", now, static_cast<double>(snapshot_->stratum->connections.size()));
    if (const auto bytes = resident_bytes()) graphs_.add("memory_usage", now, *bytes);
    const auto payout_of = [&](const dash::Hash160& hash) {
        const auto found = snapshot_->chain->payouts.find(dash::p2pkh_script(hash));
        return found == snapshot_->chain->payouts.end() ? 0 : static_cast<double>(found->second) / dash::kDuffsPerCoin;
    };
    if (!snapshot_->chain->last_hour) return;
    std::map<std::string, double> payouts;
    for (const dash::Hash160& miner : miners)
        payouts[address_of(miner)] = payout_of(miner);
    graphs_.add("current_payouts", now, payouts);
    double own = 0;
    for (const dash::Hash160& hash : own_payouts())
        own += payout_of(hash);
    graphs_.add("current_payout", now, own);
    feed_pool(now);
    if (steady() >= next_log_) write_log();
}

void Model::feed_pool(double now) {
    const ChainFacts& chain = *snapshot_->chain;
    graphs_.add("pool_rates", now, chain.hour_stale_rates);
    std::map<std::string, double> votes;
    for (const auto& [version, rate] : chain.version_rates)
        votes[std::to_string(version)] = rate;
    graphs_.add("desired_version_rates", now, votes);
    const HashrateSample sample{now, pool_rate().value_or(0), network_difficulty()};
    if (samples_.add(sample)) store_hashrate_sample(store_, sample);
}

void Model::write_log() {
    const double now = time();
    const ChainFacts& chain = *snapshot_->chain;
    if (chain.height < 3600 / facts_.network->share_period_seconds || snapshot_->template_facts == nullptr) return;
    next_log_ = steady() + kLogIntervalSeconds;
    Json rates = Json::object();
    Json late_rates = Json::object();
    for (const auto& [name, rate] : strongest(workers_.rates(steady()), kMostLoggedWorkers)) {
        rates[name] = rate.hashes_per_second;
        if (rate.late_hashes_per_second > 0) late_rates[name] = rate.late_hashes_per_second;
    }
    const auto& own = snapshot_->own_shares;
    const auto payout = graphs_.find("current_payout", "hour")->read(now).front().values;
    Json entry = {{"time", now},
                  {"pool_hash_rate", pool_rate().value_or(0)},
                  {"pool_stale_prop", chain.last_hour->stale_proportion},
                  {"local_hash_rates", std::move(rates)},
                  {"local_dead_hash_rates", std::move(late_rates)},
                  {"shares", own.total},
                  {"stale_shares", own.orphans + own.late},
                  {"stale_shares_breakdown", {{"orphan", own.orphans}, {"doa", own.late}}},
                  {"current_payout", payout && !payout->empty() ? payout->begin()->second : 0},
                  {"peers",
                   {{"incoming", snapshot_->peers->incoming},
                    {"outgoing", snapshot_->peers->peers.size() - snapshot_->peers->incoming}}},
                  {"attempts_to_share", big_integer(dash::average_attempts(chain.max_target))},
                  {"attempts_to_block", big_integer(dash::average_attempts(snapshot_->template_facts->target))},
                  {"block_value", static_cast<double>(snapshot_->template_facts->value_duffs) / dash::kDuffsPerCoin}};
    store_log_entry(store_, now, to_text(entry));
    log_.push_back(std::move(entry));
    while (!log_.empty() && log_.front()["time"].get<double>() < now - kLogRememberedSeconds)
        log_.pop_front();
}

void Model::save() {
    next_save_ = steady() + kSaveSeconds;
    save_graphs(store_, graphs_);
    store_limits(store_, time());
}

void Model::tell_peers() {
    const std::pair counts(snapshot_->peers->incoming, snapshot_->peers->peers.size() - snapshot_->peers->incoming);
    if (counts == told_peers_ || !sink_) return;
    told_peers_ = counts;
    sink_("peers", {{"incoming", counts.first}, {"outgoing", counts.second}});
}

std::string Model::address_of(const dash::Bytes& script) const {
    const auto address = dash::script_address(script);
    return address ? dash::format_address(*address, *facts_.network->parent) : std::string();
}

std::string Model::address_of(const dash::Hash160& hash) const {
    return dash::format_address({dash::Address::Kind::kPubkeyHash, hash}, *facts_.network->parent);
}

std::vector<dash::Hash160> Model::own_payouts() const {
    if (!snapshot_->own_payouts.empty()) return snapshot_->own_payouts;
    return {dash::parse_address(facts_.payout_address, *facts_.network->parent).hash};
}

bool Model::is_operator(const dash::Hash160& hash) const {
    const auto own = own_payouts();
    return std::find(own.begin(), own.end(), hash) != own.end();
}

std::optional<dash::Hash160> Model::rotated_payout() const {
    if (first_payouts_.empty() || snapshot_->own_payouts.empty()) return std::nullopt;
    const dash::Hash160& newest = snapshot_->own_payouts.back();
    return newest == first_payouts_.back() ? std::nullopt : std::optional(newest);
}

std::optional<double> Model::network_difficulty() const {
    if (snapshot_->template_facts == nullptr) return std::nullopt;
    return dash::difficulty_from_target(snapshot_->template_facts->target);
}

std::optional<double> Model::pool_rate() const {
    const ChainFacts& chain = *snapshot_->chain;
    if (chain.last_hour && chain.last_hour->stale_proportion < 1) {
        return chain.last_hour->hashes_per_second / (1 - chain.last_hour->stale_proportion);
    }
    if (chain.hashes_per_second > 0) return chain.hashes_per_second;
    return std::nullopt;
}

const AlertBook* Model::alerts_of(const dash::Hash160& miner) const {
    const auto found = miners_alerts_.find(miner);
    return found == miners_alerts_.end() ? nullptr : &found->second;
}

bool Model::choose_settings(const dash::Hash160& miner, const MinerSettings& settings) {
    if (!settings_.set(miner, settings)) return false;
    store_settings(store_, miner, settings);
    return true;
}

Json Model::broadcaster_trends(double seconds) const {
    if (broadcaster_trends_) return broadcaster_trends_(seconds);
    return {{"history", Json::array()}, {"broadcasts", Json::array()}, {"peers", Json::array()}};
}

std::vector<BlockLuck> Model::luck() const {
    return block_luck(blocks_.all(), samples_, present_rates());
}

}  // namespace web
