#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "dash/primitives/uint256.h"
#include "dash/rpc/block_template.h"
#include "dash/util/clock.h"

namespace dash::backends {

/// Gets block templates from one dashd for as long as the node runs: at once when told of a new block, else by polling,
/// quickly while nothing else would tell of new blocks. Never gives up; each trouble is told once. Node thread.
class TemplateFeed {
  public:
    struct Schedule {
        std::chrono::milliseconds poll{15'000};  ///< while dashd's P2P link announces blocks
        std::chrono::milliseconds poll_without_link{1'000};
        std::chrono::milliseconds retry{1'000};  ///< after an error
        /// dashd announces a block slightly before its templates build on it: asked again this often, so many times.
        std::chrono::milliseconds not_yet{100};
        int not_yet_tries = 10;
    };
    /// Gives a template, or throws dash::Error.
    using Ask = std::function<boost::asio::awaitable<rpc::BlockTemplate>()>;
    struct Events {
        /// Must not destroy the feed.
        std::function<void(rpc::BlockTemplate)> on_template;
        /// There is another problem than before; empty: there is none any more.
        std::function<void(const std::string& problem)> on_problem;
    };

    TemplateFeed(boost::asio::any_io_executor executor, Ask ask, Schedule schedule, Events events, const Clock& clock);

    /// Serves until cancelled (the executor stops).
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// dashd announced this block, or we made it: unless the templates build on it already, ask now, until they build
    /// on another block than before.
    void new_block(const Uint256& hash);
    /// A template is wanted without delay.
    void ask_now();
    /// How long dashd took for the last template.
    [[nodiscard]] double last_seconds() const { return last_seconds_; }
    /// Whether dashd's P2P link is up.
    void set_link_up(bool up) { link_up_ = up; }
    /// Empty while all is well.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    /// Since when an answer has been waited for; nullopt: none is.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> waiting_since() const { return waiting_since_; }

  private:
    [[nodiscard]] std::chrono::milliseconds delay() const;
    void report(const std::string& problem);
    void take(rpc::BlockTemplate block);

    Ask ask_;
    Schedule schedule_;
    Events events_;
    const Clock& clock_;
    boost::asio::steady_timer timer_;
    Uint256 previous_block_;
    double last_seconds_ = 0;
    std::optional<std::chrono::steady_clock::time_point> waiting_since_;
    bool link_up_ = false;
    bool asked_ = false;   ///< new_block() came since the last call was sent
    int tries_left_ = 0;   ///< while a new block is expected
    std::string problem_;  ///< the one told last; empty while all is well
};

}  // namespace dash::backends
