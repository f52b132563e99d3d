#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/hash160.h"
#include "dash/primitives/uint256.h"
#include "p2pool/peers/status.h"
#include "p2pool/stratum/server.h"
#include "share_chain/share.h"

/// What the node tells the web thread: values only, made on the node thread, read on the web thread, never changed in
/// between. Times are unix seconds, hash rates hashes a second, amounts duffs.
namespace web {

/// What dashd gave last.
struct TemplateFacts {
    std::uint32_t height = 0;  ///< of the block that is searched
    dash::Uint256 previous_block;
    dash::Uint256 target;
    double received_at = 0;           ///< when this template came first
    double confirmed_at = 0;          ///< when dashd answered last
    std::size_t transactions = 0;     ///< without the coinbase
    std::uint64_t value_duffs = 0;    ///< all that the coinbase may pay
    std::uint64_t payment_duffs = 0;  ///< of it, what goes to masternodes, platform and superblocks
};

/// One of the dashds behind the node.
struct DashdFacts {
    std::string address;                   ///< of its RPC, "host:port"
    bool current = false;                  ///< miners get its templates
    double score = 0;                      ///< 0…100, see dash::backends::Chooser; 0: out of use
    std::string problem;                   ///< why it is out of use, in words that follow "it"; empty: it is not
    bool link_up = false;                  ///< its P2P
    std::optional<double> answer_seconds;  ///< that it took for its last answer
    std::optional<std::uint32_t> height;   ///< of its tip
};

/// Rates over some of the best chain's last shares.
struct PoolRates {
    double hashes_per_second = 0;  ///< of the shares in the chain, that is without stale ones
    double stale_proportion = 0;   ///< of all shares found, as the chain's shares report
    /// hashes_per_second counted by the attempts of max_target instead of each share's own.
    double minimum_hashes_per_second = 0;
};

/// The share chain from the best share down; made anew when that or the template changes.
struct ChainFacts {
    dash::Uint256 best;        ///< zero: there is none, and nothing below means anything
    std::uint64_t height = 0;  ///< shares in its line
    dash::Uint256 max_target;  ///< of the best share: what every share has to meet
    dash::Uint256 target;      ///< of the best share

    /// Over min(height, an hour) shares, as statistics and graphs have it; none below ten shares.
    std::optional<PoolRates> last_hour;
    std::map<std::string, double> hour_stale_rates;  ///< like stale_rates
    std::map<std::uint64_t, double> version_rates;   ///< desired share version → hashes per second

    /// Over min(height, 720) shares.
    double hashes_per_second = 0;               ///< stale shares included
    std::map<std::string, double> stale_rates;  ///< "good", "orphan", "doa", "unk<n>" → hashes per second
    std::map<dash::Bytes, double> fractions;    ///< payout script → part of the weight; what is missing is donation
    std::map<dash::Hash160, double> stale_proportions;

    std::map<dash::Bytes, std::uint64_t> payouts;  ///< script → duffs, if a block were found now
};

/// The node's own shares since its start.
struct OwnShareFacts {
    std::uint64_t total = 0;
    std::uint64_t orphans = 0;
    std::uint64_t late = 0;
};

/// The node at one moment. The parts are shared with other snapshots where they did not change; `template_facts` is
/// null before the first template, the others never are.
struct Snapshot {
    double time = 0;
    std::shared_ptr<const TemplateFacts> template_facts;
    std::shared_ptr<const ChainFacts> chain;
    std::shared_ptr<const p2pool::stratum::ServerStatus> stratum;  ///< at most a few seconds old
    std::shared_ptr<const p2pool::peers::NetworkStatus> peers;
    OwnShareFacts own_shares;
    std::vector<dash::Hash160> own_payouts;  ///< whom the node's own work pays, the oldest first
    std::size_t shares_known = 0;
    std::size_t shares_verified = 0;
    bool dashd_link_up = false;         ///< its P2P, which tells of new blocks at once
    std::vector<DashdFacts> dashds;     ///< in the operator's order
    std::string no_work_reason;         ///< in words for people; empty while there is work
    std::vector<std::string> warnings;  ///< what the operator should read
    double publish_cost_seconds = 0;    ///< time of the node thread that the snapshot before took
    double interval_seconds = 1;        ///< the next one comes so much later
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// What became of the shares since the last snapshot, in order.
struct ShareChange {
    enum class Kind { kAdded, kVerified, kRemoved };
    Kind kind = Kind::kAdded;
    dash::Uint256 hash;
    // Of an added share:
    share_chain::SharePtr share;
    double time_seen = 0;  ///< 0: from the store
    std::string source;    ///< "host:port" of the peer; empty: our own, or from the store
    bool verified = false;
    /// The coinbase that the share's rules dictate, serialized; only of a share that claims to be a block, when it is
    /// verified or comes from the store, and its ancestors are there.
    std::shared_ptr<const dash::Bytes> coinbase;
};

/// What miners did since the last snapshot, by worker name.
struct WorkDone {
    double hashes = 0;       ///< late ones included
    double late_hashes = 0;  ///< for jobs that were too old
    std::uint64_t submits = 0;
    std::uint64_t late_submits = 0;
    dash::Uint256 best_hash = dash::Uint256::max();  ///< the smallest
    dash::Hash160 payout_hash{};
    dash::Uint256 share_target;  ///< of the last job
};

/// A share that a miner of this node found.
struct OwnShare {
    dash::Uint256 hash;
    std::string worker;
    bool late = false;
};

/// What is told once and not again: handed over with the next snapshot.
struct Happenings {
    std::vector<ShareChange> shares;
    std::map<std::string, WorkDone> work;
    std::vector<OwnShare> own_shares;
    std::vector<double> template_seconds;  ///< how long dashd took for each template

    [[nodiscard]] bool empty() const {
        return shares.empty() && work.empty() && own_shares.empty() && template_seconds.empty();
    }
};

}  // namespace web
