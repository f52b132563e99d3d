#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dash/broadcaster/own_block.h"
#include "dash/broadcaster/peer_pool.h"
#include "dash/broadcaster/report.h"

namespace dash::broadcaster {

/// Pushes won blocks to the peers of a pool, also to those that connect while a block is fresh, and answers what they
/// ask about them. All on the executor's single thread.
class BlockPusher {
  public:
    /// Reports of the last blocks that are still added to.
    static constexpr std::size_t kMostReports = 16;
    /// For so long after its start, peers that connect get the block too, and proofs that peers have it are added to
    /// the report.
    static constexpr std::chrono::seconds kFreshTime{60};

    /// A report is new or has changed.
    using ReportHandler = std::function<void(const BroadcastReport&)>;

    /// `pool` and `clock` outlive this.
    BlockPusher(boost::asio::any_io_executor executor, std::array<std::uint8_t, 4> magic, PeerPool& pool,
                ReportHandler on_report, const Clock& clock);
    /// What is under way ends when the executor runs no more.
    ~BlockPusher();
    BlockPusher(const BlockPusher&) = delete;
    BlockPusher& operator=(const BlockPusher&) = delete;

    /// Ends when each peer was reached or has failed, at the latest Broadcast::kDeadline after its start. Without peers
    /// the report has none. What a peer that connected meanwhile has begun is not repeated. Throws DecodeError when the
    /// bytes are no block.
    [[nodiscard]] boost::asio::awaitable<BroadcastReport> push(submission::WonBlock block);

    // What the pool's events tell.
    void take_message(const PeerAddress& from, std::string_view command, ByteSpan payload);
    void take_announcement(const PeerAddress& from, const Uint256& block);
    void take_ready(const PeerAddress& peer);
    void take_loss(const PeerAddress& peer, const std::string& reason);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dash::broadcaster
