#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "dash/rpc/block_template.h"
#include "dash/rpc/daemon.h"
#include "dash/submission/won_block.h"
#include "dash/util/clock.h"
#include "p2pool/node/block_heights.h"
#include "p2pool/node/chain_end.h"
#include "p2pool/node/payout_pool.h"
#include "p2pool/node/peer_block.h"
#include "p2pool/service/open_files.h"
#include "p2pool/work/job_builder.h"
#include "p2pool/work/own_shares.h"
#include "p2pool/work/rates.h"
#include "p2pool/work/work_source.h"
#include "share_chain/network.h"
#include "share_chain/statistics.h"
#include "share_chain/tracker.h"

namespace p2pool::node {

struct NodeSettings {
    const share_chain::Network* network = nullptr;
    std::vector<dash::Hash160> payout_hashes;  ///< the operator's, at least one; see PayoutPool
    double fee = 0;                            ///< part of the miners' jobs that pay the operator, 0…1
    double donation = 0;                       ///< part of every share that pays the authors, 0…1
    std::uint64_t random_seed = 0;
    bool bench = false;  ///< log the time that each job takes
};

/// Work of a miner that counts.
struct AcceptedWork {
    const work::Worker& worker;
    double hashes = 0;  ///< that it stands for, on average
    bool late = false;
    bool is_share = false;  ///< it makes a share of the chain, if the tracker takes that
    const dash::Uint256& hash;
    const dash::Uint256& share_target;  ///< of the job
};

/// What the node's owner wants to hear. Called on the node thread; must not block.
struct NodeEvents {
    /// Miners need new jobs. `clean`: a new block or best share made the old ones worthless; else it is a refresh.
    std::function<void(bool clean)> on_work_changed;
    /// A solution met the block target: send it, now.
    std::function<void(dash::submission::WonBlock)> on_block_won;
    /// Shares came: call settle() soon. Once for several shares is enough, and better.
    std::function<void()> on_shares_added;
    /// The best share was chosen anew; it may be the same as before.
    std::function<void(const share_chain::Decision&)> on_decision;
    /// A solution made a block of a chain that is merge-mined.
    std::function<void(work::AuxSolution)> on_aux_block_won{};
    /// With each good submit: has to be quick.
    std::function<void(const AcceptedWork&)> on_work_accepted{};
};

/// What the node has to ask of the p2pool network. Called on the node thread; must not block.
struct PeerKnowledge {
    /// Transactions of peers' shares.
    FindTransaction find_transaction;
    /// While there is no usable share chain: why the node does not begin one, in words for miners; empty when it may.
    std::function<std::string()> reason_to_wait;
};

/// What becomes of the share chain, for whoever keeps it elsewhere too. Called on the node thread; must not block.
struct ChainEvents {
    std::function<void(const share_chain::SharePtr&)> on_added;
    std::function<void(const std::vector<dash::Uint256>&)> on_verified;
    std::function<void(const std::vector<dash::Uint256>&)> on_removed;
};

/// Pool figures look back at most this far.
inline constexpr std::uint64_t kStatisticsSeconds = 3600;
/// With fewer shares in the chain there is nothing to say of the pool.
inline constexpr std::uint64_t kFewestShares = 3;
/// Without a template for this long, new jobs would be work on an old block.
inline constexpr double kLostContactSeconds = 60;

/// Figures for the status line and pages.
struct NodeStatus {
    std::uint64_t chain_height = 0;
    std::size_t shares_known = 0;
    std::size_t shares_verified = 0;
    dash::Uint256 best_share;
    work::OwnShares::Counts own;
    work::RateMonitor<std::string>::Rate local;  ///< of all workers together
    double local_span_seconds = 0;               ///< time that `local` is about
    std::size_t workers = 0;
    std::optional<double> pool_hashes_per_second;  ///< stale shares included; none while the chain is too short
    double stale_proportion = 0;
    std::optional<double> attempts_to_share;
    std::optional<double> attempts_to_block;
    std::optional<double> template_age_seconds;
    std::size_t peers = 0;  ///< p2pool nodes connected; this and the next two are filled in by who knows
    std::size_t incoming_peers = 0;
    std::optional<service::OpenFiles> open_files;           ///< of this process, with --debug
    std::string dashd_warnings;                             ///< `warnings` of getnetworkinfo
    std::vector<std::uint64_t> payouts_if_block_now_duffs;  ///< of the operator's addresses
    /// Of the last hour's shares, for share versions that this node does not know.
    std::vector<share_chain::VersionVote> newer_votes;
};

/// The mining node: holds the share chain and the current template, makes jobs from them, takes solutions. All of it on
/// one thread, the node thread; it does no I/O.
class Node final : public work::WorkSource {
  public:
    Node(NodeSettings settings, const dash::Clock& clock);

    /// Before anything else is called.
    void set_events(NodeEvents events) { events_ = std::move(events); }
    /// One more who follows the chain.
    void add_chain_events(ChainEvents events) { chain_events_.push_back(std::move(events)); }
    /// A share of an earlier run, and whether it was verified then; before the first template, and not told as an
    /// event. False when the tracker does not take it.
    bool restore(const share_chain::SharePtr& share, bool verified);
    /// Without it the node is alone: it begins a chain, and knows only its own shares' transactions.
    void set_peer_knowledge(PeerKnowledge peers) { peers_ = std::move(peers); }

    /// A template came from dashd.
    void take_template(dash::rpc::BlockTemplate block);
    /// Other chains' blocks to mine too; null: none.
    void take_aux_work(work::AuxTreePtr aux);
    /// Null before the first one.
    [[nodiscard]] work::WorkTemplatePtr current_template() const { return template_; }
    /// A block of which dashd should be asked for the header; nullopt when nothing is wanted now.
    [[nodiscard]] std::optional<dash::Uint256> wanted_header();
    void take_header(const dash::rpc::HeaderInfo& header);
    /// The block is dashd's tip or one of the five below.
    [[nodiscard]] bool is_recent_block(const dash::Uint256& hash) const {
        return chain_end_.bits_after(hash).has_value();
    }
    /// Shares of a peer that were not known, with the checks passed that need no other share.
    void take_peer_shares(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source);
    /// The chain's end that is mined on; zero when there is none.
    [[nodiscard]] const dash::Uint256& best_share() const { return own_.best(); }
    /// Gives new jobs when the template changed since the last ones without an event: new transactions, later time.
    void refresh_work();
    /// Verifies the shares that came, chooses the best one, and gives new jobs when it is another.
    void settle();
    /// Drops what nobody needs, then settle()s. Every few seconds.
    void maintain();
    [[nodiscard]] NodeStatus status();
    [[nodiscard]] work::OwnShares::Counts own_shares() const { return own_.counts(); }
    /// When dashd answered with a template last, unix seconds; 0: never.
    [[nodiscard]] double contact_at() const;
    [[nodiscard]] const share_chain::Tracker& tracker() const { return tracker_; }
    /// Who is paid for the node's own work.
    [[nodiscard]] PayoutPool& payouts() { return payouts_; }
    /// Of the best share; 0 without one.
    [[nodiscard]] std::uint64_t chain_height() const { return tracker_.line(own_.best()).height; }
    /// Expected payouts if a block were found now: script → duffs; empty without chain or template.
    [[nodiscard]] std::map<dash::Bytes, std::uint64_t> current_payouts() const;

    [[nodiscard]] work::JobPtr job(const work::PayoutChoice& choice) override;
    [[nodiscard]] std::string no_work_reason() const override;
    [[nodiscard]] work::CoinbaseParts coinbase(const work::Job& job) const override {
        return work::coinbase_parts(job);
    }
    [[nodiscard]] dash::Uint256 merkle_root(const work::Job& job, std::uint64_t extranonce) const override {
        return work::merkle_root(job, extranonce);
    }
    [[nodiscard]] std::vector<std::string> transaction_hex(const work::Job& job) const override {
        return work::transaction_hex(job);
    }
    [[nodiscard]] work::PayoutChoice apply_fee(const work::PayoutChoice& choice) override;
    [[nodiscard]] dash::Hash160 node_payout_hash() override { return payouts_.pick(); }
    [[nodiscard]] std::uint64_t work_event() const override { return work_event_; }
    [[nodiscard]] work::Evaluation evaluate(const work::JobPtr& job, const work::Solution& solution,
                                            const work::Worker& worker) override;
    void accept(const work::JobPtr& job, const work::Solution& solution, const work::Evaluation& evaluation,
                const work::Worker& worker, const dash::Uint256& credited_target, bool late) override;

  private:
    /// True when the best share is another now.
    bool choose_best();
    bool add_share(const share_chain::SharePtr& share, const share_chain::Source& source);
    void forget(const std::vector<dash::Uint256>& removed);
    void new_work(bool clean);
    /// Since dashd answered with a template, whatever happened to the clock meanwhile.
    [[nodiscard]] double seconds_without_contact() const;
    [[nodiscard]] bool template_is_lost() const;
    /// Empty when jobs can be made; else the reason, in words for miners.
    [[nodiscard]] std::string reason_for_no_chain() const;
    void submit_if_block(const share_chain::Share& share);
    /// Those of peers that came before dashd's chain or the clock was so far.
    void submit_early_blocks();
    [[nodiscard]] BlockDemands demands_on_block_after(const dash::Uint256& previous) const;
    [[nodiscard]] dash::Uint256 share_target_for(const work::PayoutChoice& choice);
    void tell_new_work(const work::Job& job, const dash::Hash160& payout);
    [[nodiscard]] work::JobPtr build_job(const work::JobRequest& request);
    [[nodiscard]] std::optional<double> pool_rate_of_last_hour() const;
    void add_own_share(const work::Job& job, const work::Solution& solution, const work::Worker& worker, bool late);
    void win_aux_blocks(const work::Job& job, const work::Solution& solution, const dash::Uint256& hash);
    void win_block(const work::Job& job, const work::Solution& solution, const dash::Uint256& hash,
                   const work::Worker& worker);

    NodeSettings settings_;
    const dash::Clock& clock_;
    NodeEvents events_;
    std::vector<ChainEvents> chain_events_;
    PeerKnowledge peers_;
    BlockHeights heights_;
    ChainEnd chain_end_;
    share_chain::Tracker tracker_;
    share_chain::Decision decision_;
    work::JobBuilder builder_;
    work::OwnShares own_;
    work::RateMonitor<std::string> worker_rates_;
    work::RateMonitor<dash::Hash160> payout_rates_;
    std::mt19937_64 random_;
    PayoutPool payouts_;

    work::WorkTemplatePtr template_;
    work::AuxTreePtr aux_;
    work::WorkTemplatePtr template_of_jobs_;  ///< the one that the jobs handed out last were made from
    std::string job_problem_;                 ///< why the share chain's rules allow no job from this template
    bool refused_without_chain_ = false;      ///< somebody waits for the share chain
    double told_work_at_ = 0;                 ///< in the log
    double contact_steady_ = 0;               ///< when dashd last answered with a template, steady seconds
    std::uint64_t work_event_ = 0;
    std::map<work::PayoutChoice, work::JobPtr> jobs_;  ///< one a payout group; emptied at each change
    std::deque<dash::Uint256> won_blocks_;             ///< the last ones, so that a solution sent twice wins once
    std::deque<dash::Uint256> early_blocks_;           ///< shares of peers that may be sent as blocks soon
    std::deque<dash::Uint256> aux_solutions_;          ///< the same, of other chains' blocks
};

}  // namespace p2pool::node
