#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "dash/p2p/block_message.h"
#include "dash/primitives/chain_params.h"
#include "dash/submission/pipeline.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/broadcaster/test_block.h"
#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/submission/scripted_dashd.h"

/// A pipeline with a scripted dashd and senders, and two blocks to win.
namespace submission_tests {

using namespace dash::submission;
using namespace std::chrono_literals;
using dash::Uint256;

inline constexpr std::uint32_t kHeight = 500;
inline const WonBlock kWon = tests::won(tests::test_block({tests::test_transaction(1, 5000)}), kHeight);
inline const WonBlock kRivalWon = tests::won(tests::test_block({}), kHeight + 1);
inline const Uint256 kHash = kWon.hash;
inline const Uint256 kRival = kRivalWon.hash;

inline WonBlock won_block(const Uint256& hash = kHash) {
    return hash == kRival ? kRivalWon : kWon;
}

/// A scripted dashd, a folder for the journal, and the thread that gets the reports.
struct Place {
    Place() { dashd.chain.expect(kHash, kHeight); }

    PipelineSettings settings() const {
        PipelineSettings settings;
        settings.chain = &dash::dash_regtest();
        settings.rpc.port = dashd.rpc_port;
        settings.rpc.password = "p";
        settings.link.port = dashd.p2p_port;
        settings.link.peer.magic = dash::dash_regtest().p2p_magic;
        settings.link.first_delay = 5ms;
        settings.link.longest_delay = 20ms;
        settings.database = folder.path() / "p2pool.sqlite3";
        settings.schedule.first_retry = 10ms;
        settings.schedule.longest_retry = 40ms;
        settings.schedule.first_check = 10ms;
        settings.schedule.longest_check = 40ms;
        return settings;
    }

    Pipeline& start(const PipelineSettings& with) {
        pipeline = std::make_unique<Pipeline>(with, loop.io().get_executor(),
                                              [this](const SubmissionReport& report) { reports.push_back(report); });
        pipeline->start();
        return *pipeline;
    }
    Pipeline& start() { return start(settings()); }

    bool wait_for(BlockState state) {
        return loop.run_until([&] { return !reports.empty() && reports.back().state == state; });
    }
    template <typename Happened>
    bool wait_until(Happened happened) {
        return loop.run_until(happened);
    }
    [[nodiscard]] const SubmissionReport& last() const { return reports.back(); }
    [[nodiscard]] int submits() const { return dashd.rpc->calls("submitblock"); }
    [[nodiscard]] std::size_t pushes() const { return dashd.peer->received("block").size(); }

    tests::TemporaryFolder folder{"submission"};
    tests::ScriptedDashd dashd;
    tests::EventLoop loop;
    std::vector<SubmissionReport> reports;
    std::unique_ptr<Pipeline> pipeline;
};

inline bool wait_for_link(Place& place) {
    return place.wait_until([&] { return !place.dashd.peer->received("ping").empty(); });
}

/// Reaches nobody at its first attempt and five peers at the second; or never ends.
class StubSender final : public BlockSender {
  public:
    StubSender(bool hangs, std::atomic<int>& attempts) : hangs_(hangs), attempts_(attempts) {}
    [[nodiscard]] std::string_view name() const override { return "Multi-peer"; }
    [[nodiscard]] boost::asio::awaitable<SendOutcome> send(WonBlock block) override {
        CHECK(block.hash == kHash);
        REQUIRE(block.message != nullptr);
        CHECK(block.message->size() > block.bytes->size());
        ++attempts_;
        if (hangs_) {
            boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                            boost::asio::steady_timer::time_point::max());
            co_await never.async_wait(boost::asio::use_awaitable);
        }
        co_return SendOutcome{attempts_ == 1 ? 0U : 5U, {}};
    }

  private:
    bool hangs_;
    std::atomic<int>& attempts_;
};

/// With a sender that never ends, nor is waited for at the end.
inline PipelineSettings with_hanging_sender(const Place& place, std::atomic<int>& attempts) {
    PipelineSettings settings = place.settings();
    settings.senders.push_back(
        [&](const SenderSurroundings&) { return std::make_unique<StubSender>(/*hangs=*/true, attempts); });
    settings.schedule.stop_grace = 0ms;
    return settings;
}

}  // namespace submission_tests
