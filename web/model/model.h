#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "dash/submission/won_block.h"
#include "dash/util/clock.h"
#include "dash/util/steady_seconds.h"
#include "web/graphs/streams.h"
#include "web/model/alerts.h"
#include "web/model/facts.h"
#include "web/model/found_blocks.h"
#include "web/model/luck.h"
#include "web/model/miner_settings.h"
#include "web/model/samples.h"
#include "web/model/share_index.h"
#include "web/model/workers.h"
#include "web/store/store.h"

namespace web {

/// All that pages show, put together from what the node tells. Web thread.
class Model {
  public:
    /// Names and data of events for the event stream.
    using EventSink = std::function<void(std::string_view name, const Json& data)>;

    /// Reads what earlier runs left in the store. `broadcaster`: JSON of /broadcaster_status.
    Model(NodeFacts facts, Store& store, const dash::Clock& clock, std::function<Json()> broadcaster);

    void set_event_sink(EventSink sink) { sink_ = std::move(sink); }

    /// How the broadcaster fared in the last so many seconds, as dash::broadcaster::ReportReader tells it.
    void set_broadcaster_trends(std::function<Json(double seconds)> trends) { broadcaster_trends_ = std::move(trends); }
    /// How a won block went to the Dash network, as dash::broadcaster::ReportReader tells it; null: nothing is known.
    void set_broadcast_reports(std::function<Json(const dash::Uint256&)> reports) {
        broadcast_reports_ = std::move(reports);
    }

    /// Hears of each of the operator's alerts when it begins and when it ends.
    void set_alert_listener(AlertBook::Listener listener) { alert_listener_ = std::move(listener); }

    /// The node's next snapshot and what happened before it.
    void take(SnapshotPtr snapshot, const Happenings& happenings);
    /// A solution of ours, or a peer's block that is passed on.
    void take(const dash::submission::WonBlock& block);
    void take(const dash::submission::SubmissionReport& report);
    /// What dashd says about a block; `known`: false when it has never seen it.
    struct ChainAnswer {
        bool known = false;
        std::int64_t confirmations = 0;
        bool chainlock = false;
        std::uint32_t height = 0;
    };
    void take(const dash::Uint256& hash, const ChainAnswer& answer);
    void take_old_difficulties(std::vector<DifficultySample> samples);
    /// A block that dashd should be asked about; nullopt: none now.
    [[nodiscard]] std::optional<dash::Uint256> block_to_check();
    /// Graphs and log to the store; every half minute by itself.
    void save();

    [[nodiscard]] const NodeFacts& facts() const { return facts_; }
    [[nodiscard]] const Snapshot& now() const { return *snapshot_; }
    [[nodiscard]] double time() const { return clock_.unix_seconds(); }
    /// For intervals, and what workers() counts in: a clock that is set does not touch it.
    [[nodiscard]] double steady() const { return dash::steady_seconds(clock_); }
    [[nodiscard]] double uptime() const { return steady() - started_; }
    /// How old the snapshot is.
    [[nodiscard]] double seconds_since_told() const { return steady() - told_at_; }
    /// When the node first ran in this data folder: nothing was recorded before, but for what the python node left.
    [[nodiscard]] double records_begin() const { return records_begin_; }
    [[nodiscard]] const ShareIndex& shares() const { return shares_; }
    [[nodiscard]] Workers& workers() { return workers_; }
    [[nodiscard]] graphs::Graphs& graphs() { return graphs_; }
    [[nodiscard]] const Samples& samples() const { return samples_; }
    [[nodiscard]] FoundBlocks& blocks() { return blocks_; }
    /// The operator's.
    [[nodiscard]] const AlertBook& alerts() const { return alerts_; }
    /// Of the miner who chose alerts of his own; null for others.
    [[nodiscard]] const AlertBook* alerts_of(const dash::Hash160& miner) const;
    [[nodiscard]] const MinerSettingsBook& settings() const { return settings_; }
    /// Kept for good. False when too many others have settings.
    bool choose_settings(const dash::Hash160& miner, const MinerSettings& settings);
    [[nodiscard]] Json broadcaster() const { return broadcaster_(); }
    [[nodiscard]] Json broadcaster_trends(double seconds) const;
    [[nodiscard]] Json broadcast_report(const dash::Uint256& block) const {
        return broadcast_reports_ ? broadcast_reports_(block) : Json();
    }
    /// Entries of /web/log, oldest first.
    [[nodiscard]] const std::deque<Json>& log() const { return log_; }
    /// Shares found by this node's miners since its start.
    [[nodiscard]] bool is_own(const dash::Uint256& share) const { return own_shares_.count(share) != 0; }
    [[nodiscard]] const std::unordered_map<dash::Uint256, bool>& own_shares() const { return own_shares_; }

    // Figures that several pages have.
    [[nodiscard]] std::string address_of(const dash::Bytes& script) const;  ///< empty: it has no address
    [[nodiscard]] std::string address_of(const dash::Hash160& hash) const;
    /// Whom the node's own work pays: one at least, the oldest first.
    [[nodiscard]] std::vector<dash::Hash160> own_payouts() const;
    [[nodiscard]] bool is_operator(const dash::Hash160& hash) const;
    /// The address that took another's place last; nullopt while they are those of the start.
    [[nodiscard]] std::optional<dash::Hash160> rotated_payout() const;
    [[nodiscard]] std::optional<double> network_difficulty() const;
    /// Stale shares included, over the last hour; else what there is of it.
    [[nodiscard]] std::optional<double> pool_rate() const;
    [[nodiscard]] PresentRates present_rates() const { return {pool_rate(), network_difficulty()}; }
    [[nodiscard]] std::vector<BlockLuck> luck() const;

  private:
    void restore(Store& store);
    void take_shares(const Happenings& happenings);
    void take_block_of(const share_chain::Share& share, const dash::Bytes* coinbase);
    void take_work(const Happenings& happenings);
    void take_traffic(const p2pool::peers::NetworkStatus& network);
    void count_own_share(const share_chain::Share& share);
    void settle_own_shares();
    void sample();
    void feed_graphs();
    void feed_pool(double now);
    void write_log();
    void record(FoundBlock& block);
    void tell_alert(const Alert& alert);
    void tell_peers();
    void notice_set_clock();

    NodeFacts facts_;
    Store& store_;
    const dash::Clock& clock_;
    std::function<Json()> broadcaster_;
    std::function<Json(const dash::Uint256&)> broadcast_reports_;
    std::function<Json(double)> broadcaster_trends_;
    EventSink sink_;
    AlertBook::Listener alert_listener_;
    SnapshotPtr snapshot_;
    ShareIndex shares_;
    Workers workers_;
    graphs::Graphs graphs_;
    Samples samples_;
    FoundBlocks blocks_;
    AlertBook alerts_;
    std::map<dash::Hash160, AlertBook> miners_alerts_;  ///< of those who have settings
    MinerSettingsBook settings_;
    std::deque<Json> log_;

    std::unordered_map<dash::Uint256, bool> own_shares_;  ///< hash → late; as long as the share is known
    struct Unsettled {
        dash::Uint256 hash;
        double at = 0;   ///< unix seconds
        double due = 0;  ///< steady seconds
        double hashes = 0;
        const char* counted_as = "";  ///< in the graph of own shares
    };
    std::deque<Unsettled> unsettled_;  ///< own shares of the last minutes
    /// Blocks that shares of peers claim; recorded when dashd knows them. Bounded.
    std::deque<FoundBlock> claimed_;
    struct Traffic {
        std::uint64_t in = 0;
        std::uint64_t out = 0;
    };
    std::map<std::string, Traffic> traffic_;  ///< of the peers connected at the last snapshot
    std::pair<std::size_t, std::size_t> told_peers_{0, 0};
    std::vector<dash::Hash160> first_payouts_;  ///< own_payouts() at the start
    double records_begin_ = 0;
    double clock_offset_ = 0;  ///< time() − steady() at the last snapshot
    // Steady seconds.
    double started_ = 0;
    double told_at_ = 0;
    double next_feed_ = 0;
    double next_log_ = 0;
    double next_save_ = 0;
};

}  // namespace web
