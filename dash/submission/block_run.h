#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
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

/// What the runs of all blocks share; outlives them.
struct RunContext {
    boost::asio::any_io_executor executor;
    std::array<std::uint8_t, 4> magic;
    rpc::Daemon& daemon;
    p2p::DaemonLink& link;
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

    /// All phases at once.
    void start();

    /// The link to dashd is up (again).
    void link_is_up() { send_by_link(); }
    /// The main chain has changed: time to look.
    void chain_moved() { look_now(); }

    /// dashd has got the block in one way or another.
    [[nodiscard]] bool delivered() const { return report_.daemon_p2p_sent || answered_ || finished(); }
    [[nodiscard]] bool finished() const { return is_final(report_.state); }

  private:
    void spawn(boost::asio::awaitable<void> work);
    void send_by_link();
    boost::asio::awaitable<void> send_by(BlockSender& sender);
    boost::asio::awaitable<void> submit();
    boost::asio::awaitable<void> submit_once();
    boost::asio::awaitable<void> follow();
    boost::asio::awaitable<void> look_at_chain();
    boost::asio::awaitable<std::optional<rpc::HeaderInfo>> find_rival();
    boost::asio::awaitable<void> ask_to_prefer(Uint256 rival);
    void take_answer(const std::optional<std::string>& word);
    void take_trouble(const std::string& text);
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
    p2p::SharedFrame frame_;
    bool link_busy_ = false;
    bool submitting_ = false;
    bool answered_ = false;  ///< submitblock gave an answer that repeating would not change
    bool invalid_ = false;   ///< … namely that the block is invalid
    bool asked_to_prefer_ = false;
    bool look_requested_ = false;
    boost::asio::steady_timer look_timer_;
};

}  // namespace dash::submission
