#include "p2pool/node/web_feed.h"

#include <algorithm>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/node/status_line.h"
#include "share_chain/context_check.h"
#include "share_chain/statistics.h"
#include "share_chain/weights.h"

namespace p2pool::node {
namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr int kPartOfTime = 100;
/// Figures of the pool's users and rates look back at most this far (python p2pool.web).
constexpr std::uint64_t kUserShares = 720;
/// With fewer shares statistics say nothing.
constexpr std::uint64_t kFewestForStatistics = 10;

double without_stale(double rate, double stale_proportion) {
    return rate / std::max(1e-9, 1 - stale_proportion);
}

std::vector<web::DashdFacts> dashd_facts(const dash::backends::Backends& dashds) {
    std::vector<web::DashdFacts> all;
    for (const dash::backends::BackendStatus& status : dashds.status()) {
        all.push_back({status.address, status.current, status.score, status.problem, status.link_up,
                       status.answer_seconds, status.height});
    }
    return all;
}

}  // namespace

WebFeed::WebFeed(Publish publish, Node& node, stratum::Server& server, NetworkStatus network, const dash::Clock& clock)
    : publish_(std::move(publish)), node_(node), server_(server), network_(std::move(network)), clock_(clock) {
    tell_known_shares();
    node_.add_chain_events({.on_added = [this](const share_chain::SharePtr& share) { share_added(share); },
                            .on_verified =
                                [this](const std::vector<dash::Uint256>& hashes) {
                                    for (const dash::Uint256& hash : hashes) {
                                        web::ShareChange change{
                                            web::ShareChange::Kind::kVerified, hash, nullptr, 0, {}, true, nullptr};
                                        const share_chain::SharePtr share = node_.tracker().find(hash);
                                        if (share != nullptr && share->claims_block())
                                            change.coinbase = coinbase_of(*share);
                                        happenings_.shares.push_back(std::move(change));
                                    }
                                },
                            .on_removed =
                                [this](const std::vector<dash::Uint256>& hashes) {
                                    for (const dash::Uint256& hash : hashes) {
                                        happenings_.shares.push_back(
                                            {web::ShareChange::Kind::kRemoved, hash, nullptr, 0, {}, false, nullptr});
                                    }
                                }});
}

/// Oldest first, each once though heads have ancestors in common.
void WebFeed::tell_known_shares() {
    const share_chain::Tracker& tracker = node_.tracker();
    std::vector<share_chain::SharePtr> shares;
    for (const dash::Uint256& tail : tracker.tails()) {
        std::vector<dash::Uint256> next = tracker.children(tail);
        while (!next.empty()) {
            const dash::Uint256 hash = next.back();
            next.pop_back();
            shares.push_back(tracker.find(hash));
            const std::vector<dash::Uint256> children = tracker.children(hash);
            next.insert(next.end(), children.begin(), children.end());
        }
    }
    for (const share_chain::SharePtr& share : shares) {
        web::ShareChange change{web::ShareChange::Kind::kAdded, share->hash, share, 0, {}, false, nullptr};
        change.verified = tracker.is_verified(share->hash);
        if (change.verified && share->claims_block()) change.coinbase = coinbase_of(*share);
        happenings_.shares.push_back(std::move(change));
    }
}

void WebFeed::share_added(const share_chain::SharePtr& share) {
    const share_chain::Tracker& tracker = node_.tracker();
    happenings_.shares.push_back({web::ShareChange::Kind::kAdded, share->hash, share, tracker.time_seen(share->hash),
                                  tracker.source(share->hash), false, nullptr});
}

/// Null when the ancestors that decide about it are gone.
std::shared_ptr<const dash::Bytes> WebFeed::coinbase_of(const share_chain::Share& share) const {
    try {
        const share_chain::Generation generation = share_chain::regenerate(node_.tracker(), share);
        return std::make_shared<const dash::Bytes>(generation.coinbase(share.contents.last_txout_nonce));
    } catch (const dash::Error&) {
        return nullptr;
    }
}

void WebFeed::work_accepted(const AcceptedWork& work) {
    web::WorkDone& done = happenings_.work[work.worker.name];
    done.hashes += work.hashes;
    ++done.submits;
    if (work.late) {
        done.late_hashes += work.hashes;
        ++done.late_submits;
    }
    done.best_hash = std::min(done.best_hash, work.hash);
    done.payout_hash = work.worker.payout_hash;
    done.share_target = work.share_target;
    if (work.is_share) happenings_.own_shares.push_back({work.hash, work.worker.name, work.late});
}

std::chrono::steady_clock::duration WebFeed::pause() const {
    return std::max<std::chrono::steady_clock::duration>(kInterval, kPartOfTime * cost_);
}

boost::asio::awaitable<void> WebFeed::publish(const dash::backends::Backends& dashds) {
    auto status = std::make_shared<const stratum::ServerStatus>(co_await server_.collect_status());
    const auto start = std::chrono::steady_clock::now();
    look_at_template();
    look_at_chain();
    web::Snapshot snapshot = last_;
    snapshot.time = clock_.unix_seconds();
    snapshot.stratum = std::move(status);
    snapshot.peers = std::make_shared<const peers::NetworkStatus>(network_());
    const work::OwnShares::Counts own = node_.own_shares();
    snapshot.own_shares = {own.total, own.orphans, own.late};
    snapshot.own_payouts = node_.payouts().hashes();
    snapshot.shares_known = node_.tracker().size();
    snapshot.shares_verified = node_.tracker().verified_size();
    snapshot.dashd_link_up = dashds.current().link().up();
    snapshot.dashds = dashd_facts(dashds);
    snapshot.no_work_reason = node_.no_work_reason();
    if (template_ != nullptr) warned_of_.template_age_seconds = snapshot.time - node_.contact_at();
    snapshot.warnings = status_warnings(warned_of_);
    snapshot.publish_cost_seconds = std::chrono::duration<double>(cost_).count();
    snapshot.interval_seconds = std::chrono::duration<double>(pause()).count();
    publish_(std::make_shared<const web::Snapshot>(std::move(snapshot)), std::exchange(happenings_, {}));
    cost_ = std::chrono::steady_clock::now() - start;
}

void WebFeed::look_at_template() {
    const work::WorkTemplatePtr current = node_.current_template();
    if (current == nullptr) return;
    const bool is_new_block = template_ == nullptr || template_->block.previous_block != current->block.previous_block;
    auto facts = std::make_shared<web::TemplateFacts>();
    facts->height = current->block.height;
    facts->previous_block = current->block.previous_block;
    facts->target = current->block.target;
    if (is_new_block) block_came_ = current->received_at;
    facts->received_at = clock_.unix_seconds() - (dash::steady_seconds(clock_) - block_came_);
    facts->confirmed_at = node_.contact_at();
    facts->transactions = current->txids.size();
    facts->value_duffs = current->block.coinbase_value_duffs;
    facts->payment_duffs = current->block.payment_total_duffs;
    template_ = current;
    last_.template_facts = std::move(facts);
}

void WebFeed::look_at_chain() {
    const bool is_same = last_.chain != nullptr && node_.best_share() == chain_best_ && template_ == chain_template_;
    if (is_same) return;
    chain_best_ = node_.best_share();
    chain_template_ = template_;
    last_.chain = chain_facts();
    warned_of_.chain_height = last_.chain->height;
    warned_of_.newer_votes = share_chain::votes_above(version_counts(last_.chain->height), share_chain::kShareType);
}

/// Of the last hour.
std::map<std::uint64_t, dash::Wide> WebFeed::version_counts(std::uint64_t height) const {
    const std::uint64_t shares = last_hour(height);
    if (height < kFewestForStatistics || shares < 2) return {};
    return share_chain::desired_version_counts(node_.tracker(), node_.best_share(), shares);
}

std::uint64_t WebFeed::last_hour(std::uint64_t height) const {
    const share_chain::Network& network = node_.tracker().network();
    return std::min<std::uint64_t>({height, kStatisticsSeconds / network.share_period_seconds, network.chain_length});
}

std::shared_ptr<const web::ChainFacts> WebFeed::chain_facts() const {
    auto facts = std::make_shared<web::ChainFacts>();
    const share_chain::Tracker& tracker = node_.tracker();
    const share_chain::SharePtr best = tracker.find(node_.best_share());
    if (best == nullptr) return facts;
    facts->best = best->hash;
    facts->height = tracker.line(best->hash).height;
    facts->max_target = best->max_target;
    facts->target = best->target;
    facts->payouts = node_.current_payouts();
    add_rates(*facts);
    return facts;
}

void WebFeed::add_rates(web::ChainFacts& facts) const {
    const share_chain::Tracker& tracker = node_.tracker();
    const std::uint64_t shares = std::min(facts.height, kUserShares);
    if (shares < 2) return;
    facts.hashes_per_second = without_stale(share_chain::pool_attempts_per_second(tracker, facts.best, shares),
                                            share_chain::average_stale_proportion(tracker, facts.best, shares));
    facts.stale_rates = share_chain::stale_rates(tracker, facts.best, shares);
    facts.stale_proportions = share_chain::user_stale_proportions(tracker, facts.best, shares);
    const share_chain::PayoutWeights weights =
        share_chain::payout_weights(tracker, facts.best, shares, dash::Wide(share_chain::kWeightPerAttempt) << 256);
    for (const auto& [script, weight] : weights.by_script)
        facts.fractions[script] = dash::true_division(weight, weights.total);

    const std::uint64_t hour = last_hour(facts.height);
    if (facts.height < kFewestForStatistics || hour < 2) return;
    facts.last_hour = web::PoolRates{share_chain::pool_attempts_per_second(tracker, facts.best, hour),
                                     share_chain::average_stale_proportion(tracker, facts.best, hour),
                                     share_chain::pool_attempts_per_second(tracker, facts.best, hour, true)};
    facts.hour_stale_rates = share_chain::stale_rates(tracker, facts.best, hour);
    double total = 0;
    for (const auto& rate : facts.hour_stale_rates)
        total += rate.second;
    const auto versions = version_counts(facts.height);
    dash::Wide all = 0;
    for (const auto& version : versions)
        all += version.second;
    for (const auto& [version, work] : versions)
        facts.version_rates[version] = all == 0 ? 0 : total * dash::true_division(work, all);
}

}  // namespace p2pool::node
