#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "dash/primitives/uint256.h"
#include "dash/rpc/daemon.h"

namespace p2pool::node {

/// Gets block templates from dashd for as long as the node runs: at once when told of a new block, else by polling,
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
    using Handler = std::function<void(dash::rpc::BlockTemplate)>;

    TemplateFeed(boost::asio::any_io_executor executor, dash::rpc::Daemon& daemon, Schedule schedule, Handler handler);

    /// Serves until cancelled (the executor stops).
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// dashd announced this block, or we made it: unless the templates build on it already, ask now, until they build
    /// on another block than before.
    void new_block(const dash::Uint256& hash);
    /// How long dashd took for the last template.
    [[nodiscard]] double last_seconds() const { return last_seconds_; }
    /// Whether dashd's P2P link is up.
    void set_link_up(bool up) { link_up_ = up; }

  private:
    [[nodiscard]] std::chrono::milliseconds delay() const;
    void report(const std::string& problem);

    dash::rpc::Daemon& daemon_;
    Schedule schedule_;
    Handler handler_;
    boost::asio::steady_timer timer_;
    dash::Uint256 previous_block_;
    double last_seconds_ = 0;
    bool link_up_ = false;
    bool asked_ = false;   ///< new_block() came since the last call was sent
    int tries_left_ = 0;   ///< while a new block is expected
    std::string problem_;  ///< the one told last; empty while all is well
};

}  // namespace p2pool::node
