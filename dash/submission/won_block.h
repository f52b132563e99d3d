#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "dash/util/clock.h"

namespace dash::rpc {
class Daemon;
}
namespace dash::p2p {
class BlockMessage;
class DaemonLink;
}  // namespace dash::p2p

namespace dash::submission {

/// A solved block on its way to the network.
struct WonBlock {
    Uint256 hash;  ///< X11 of the header, which the finder has computed
    std::uint32_t height = 0;
    std::shared_ptr<const Bytes> bytes;  ///< the serialized block
    std::string finder;                  ///< who gets the honour in the log and reports: a worker's name or a peer
    double found_at = 0;                 ///< Unix seconds
    /// For all who send it by P2P, made by the pipeline; null before. Submission thread only.
    std::shared_ptr<p2p::BlockMessage> message{};
};

/// What the chain says about a block.
enum class BlockState {
    kSubmitted,  ///< sent, or being sent; the chain has not taken it yet
    kAccepted,   ///< on dashd's main chain
    kOrphaned,   ///< known, but another block has its place
    kConfirmed,  ///< final: ChainLock, or buried
    kLost,       ///< final: another block at its height has a ChainLock or is buried
    kRejected,   ///< final: dashd found it invalid
};

[[nodiscard]] constexpr bool is_final(BlockState state) {
    return state >= BlockState::kConfirmed;
}
/// "submitted", "accepted", …; used in the journal and by reports.
[[nodiscard]] std::string_view to_string(BlockState state);

/// When one way to the network was gone: milliseconds since the block was won, by Clock::unix_seconds().
struct PhaseTimes {
    std::optional<double> started_ms;   ///< the first attempt
    std::optional<double> finished_ms;  ///< the first that came to something
};

/// How far a block is. One is given out at each change.
struct SubmissionReport {
    Uint256 hash;
    std::uint32_t height = 0;
    std::string finder;
    double found_at = 0;
    BlockState state = BlockState::kSubmitted;
    bool resumed = false;             ///< taken up from the journal of an earlier run
    bool daemon_p2p_sent = false;     ///< to one of our dashds at least
    std::uint32_t peers_reached = 0;  ///< by the further senders
    /// "accepted", or dashd's word, or the error of the call; empty until there is one. Of several dashds, of the first
    /// that took it, else of the first.
    std::string submitblock_result;
    PhaseTimes daemon_p2p;   ///< finished: the operating system has all of it
    PhaseTimes peers;        ///< the further senders together; finished: an attempt ended that reached somebody
    PhaseTimes submitblock;  ///< finished: dashd's answer is there
    std::int64_t confirmations = 0;
    bool chainlock = false;
    std::optional<Uint256> winner;  ///< who has its place, when kOrphaned or kLost
    std::vector<bool> sent_to{};    ///< to which of our dashds by P2P, in their order
};

/// What a sender's attempt came to.
struct SendOutcome {
    std::uint32_t reached = 0;           ///< peers that took the block
    std::vector<std::string> log_lines;  ///< what the operator shall read about it
};

/// A further way to the network besides the local dashd, for instance a pool of peers. Lives on the submission thread
/// and must not block it.
class BlockSender {
  public:
    virtual ~BlockSender() = default;
    /// For the log: "Multi-peer".
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// Sends to all within a time the sender bounds; called again later when it reached nobody.
    [[nodiscard]] virtual boost::asio::awaitable<SendOutcome> send(WonBlock block) = 0;
    /// How a block fares: each report of the pipeline.
    virtual void block_changed(const SubmissionReport& /*report*/) {}
};

/// What a sender may use; outlives it. All of it belongs to the submission thread.
struct SenderSurroundings {
    boost::asio::any_io_executor executor;
    std::function<rpc::Daemon&()> best_daemon;  ///< the dashd whose word about the network counts now
    const p2p::DaemonLink& link;                ///< to the first dashd
    const Clock& clock;
    std::vector<const p2p::DaemonLink*> further_links{};  ///< to the dashds besides the first, in their order
};
using BlockSenderFactory = std::function<std::unique_ptr<BlockSender>(const SenderSurroundings&)>;

}  // namespace dash::submission
