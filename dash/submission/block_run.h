#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dash/p2p/daemon_link.h"
#include "dash/rpc/daemon.h"
#include "dash/submission/journal.h"
#include "dash/submission/phase_log.h"
#include "dash/submission/pipeline.h"
#include "dash/submission/won_block.h"
#include "dash/util/clock.h"

namespace dash::submission {

/// A dashd that gets the blocks.
struct DaemonDoor {
    std::string name;  ///< for the log; empty: it is the first one, of which the phases tell
    rpc::Daemon& daemon;
    p2p::DaemonLink& link;
};

/// What the runs of all blocks share; outlives them.
struct RunContext {
    boost::asio::any_io_executor executor;
    /// Of another thread, for what takes long and needs nothing of the runs.
    boost::asio::any_io_executor encoder;
    std::array<std::uint8_t, 4> magic;
    const std::vector<DaemonDoor>& daemons;  ///< at least one
    /// The number of the daemon whose word about the chain counts now.
    std::function<std::size_t()> best_daemon;
    const Clock& clock;
    const std::vector<std::unique_ptr<BlockSender>>& senders;
    const Schedule& schedule;
    std::function<void(JournalEntry)> journal;
    /// The block was won here, in this run or an earlier one.
    std::function<bool(const Uint256&)> is_ours;
    std::function<void(const SubmissionReport&)> report;
    /// The block has been handed to dashd, or its run has ended.
    std::function<void()> on_progress;
};

/// One block on its way, from the moment it was won until the chain has decided. Submission thread only.
class BlockRun : public std::enable_shared_from_this<BlockRun> {
  public:
    BlockRun(RunContext& context, JournalEntry entry, bool resumed);

    /// All phases at once; the compact blocks for peers, which take least, leave first.
    void start();

    /// The link to this dashd is up (again).
    void link_is_up(std::size_t daemon) { send_by_link(daemon); }
    /// The main chain has changed: time to look.
    void chain_moved() { look_now(); }

    /// Every dashd has had its chance: one has got the block in one way or another, or none will be given it again.
    [[nodiscard]] bool delivered() const;
    [[nodiscard]] bool finished() const { return is_final(report_.state); }

  private:
    /// How far the block is with one dashd.
    struct Delivery {
        bool link_busy = false;
        bool sent = false;         ///< by P2P
        bool link_missed = false;  ///< the link was down when the block was to be sent
        bool submitting = false;
        bool answered = false;  ///< submitblock gave an answer that repeating would not change
        bool invalid = false;   ///< … namely that the block is invalid
        bool given_up = false;  ///< it has refused the block too often
        int failures = 0;       ///< calls in a row that did not bring the block on its chain
        int refusals = 0;       ///< those of them that it answered
        std::string result;     ///< of submitblock

        [[nodiscard]] bool taken() const { return answered && !invalid; }
        /// submitblock is called no more.
        [[nodiscard]] bool settled() const { return answered || given_up; }
    };

    void spawn(boost::asio::awaitable<void> work);
    void send_by_link(std::size_t daemon);
    void link_has_sent(std::size_t daemon, bool sent);
    boost::asio::awaitable<void> send_by(BlockSender& sender);
    boost::asio::awaitable<void> submit(std::size_t daemon);
    boost::asio::awaitable<void> submit_once(std::size_t daemon);
    boost::asio::awaitable<std::string> encode_hex();
    boost::asio::awaitable<void> follow();
    boost::asio::awaitable<void> look_at_chain();
    boost::asio::awaitable<std::optional<rpc::HeaderInfo>> find_rival(rpc::Daemon& daemon);
    boost::asio::awaitable<void> ask_to_prefer(rpc::Daemon& daemon, Uint256 rival);
    [[nodiscard]] std::chrono::milliseconds retry_delay(int failures) const;
    void take_answer(std::size_t daemon, const std::optional<std::string>& word);
    void take_trouble(std::size_t daemon, const rpc::RpcError& error);
    void count_refusal(std::size_t daemon);
    void take_result(std::size_t daemon, const std::string& result, std::vector<LogLine> lines);
    [[nodiscard]] bool taken() const;
    [[nodiscard]] bool is_invalid_for(std::size_t daemon) const;
    void take_state(BlockState state, const std::optional<rpc::HeaderInfo>& own,
                    const std::optional<rpc::HeaderInfo>& rival);
    void look_now();
    /// Sets `time` to now, in milliseconds since the win. Only the first call for a time counts.
    void note_time(std::optional<double>& time) const;
    /// How an attempt of a phase went: the first is told in its place among the phases, later ones at once.
    void tell(std::size_t phase, std::vector<LogLine> lines);
    void tell_completion();
    /// The senders together are one phase.
    void take_sender_lines(std::vector<LogLine> lines, bool first);
    void changed();

    RunContext& context_;
    WonBlock block_;
    SubmissionReport report_;
    BlockState journalled_state_;
    std::string journalled_result_;
    PhaseLog phases_;
    std::size_t senders_awaited_;        ///< that have not told of their first attempt
    std::vector<LogLine> sender_lines_;  ///< of the others, until then
    std::vector<Delivery> deliveries_;   ///< one a dashd
    std::chrono::steady_clock::time_point begun_;
    bool asked_to_prefer_ = false;
    bool look_requested_ = false;
    boost::asio::steady_timer look_timer_;
};

}  // namespace dash::submission
