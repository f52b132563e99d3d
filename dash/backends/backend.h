#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "dash/backends/chooser.h"
#include "dash/backends/template_feed.h"
#include "dash/p2p/daemon_link.h"
#include "dash/primitives/chain_params.h"
#include "dash/rpc/client.h"
#include "dash/rpc/daemon.h"

namespace dash::backends {

struct BackendSettings {
    std::string name;  ///< for the log: "dashd", or "dashd 2 (10.0.0.2:9998)"
    rpc::ClientSettings rpc;
    p2p::DaemonLinkSettings link;
};

/// One dashd: its RPC, its P2P link, its templates, and a question a second that shows how it is. Node thread.
class Backend {
  public:
    static constexpr std::chrono::milliseconds kProbeInterval{1'000};
    /// An answer that takes longer is none: the daemon hangs.
    static constexpr std::chrono::milliseconds kProbeTimeout{2'000};
    static constexpr std::chrono::seconds kTemplatePatience{3};
    static constexpr std::size_t kProbesRemembered = 20;

    struct Events {
        std::function<void(rpc::BlockTemplate)> on_template;
        /// Something that observe() tells may be different.
        std::function<void()> on_change;
        /// It gives no templates, or, when empty, gives them again.
        std::function<void(const std::string& problem)> on_template_problem;
    };

    /// `alone`: there is no other dashd, so that there is no use in doubting this one's tip.
    Backend(boost::asio::any_io_executor executor, const ChainParams& chain, BackendSettings settings, bool alone,
            Events events, const Clock& clock);

    void start_link() { link_.start(); }
    // Until the executor stops:
    [[nodiscard]] boost::asio::awaitable<void> feed() { return feed_.run(); }
    [[nodiscard]] boost::asio::awaitable<void> probe();

    [[nodiscard]] Observation observe() const;
    void new_block(const Uint256& hash) { feed_.new_block(hash); }
    void ask_for_template() { feed_.ask_now(); }

    [[nodiscard]] const BackendSettings& settings() const { return settings_; }
    [[nodiscard]] const p2p::DaemonLink& link() const { return link_; }
    [[nodiscard]] rpc::Daemon& daemon() { return daemon_; }
    /// Gives up soon.
    [[nodiscard]] rpc::Daemon& quick_daemon() { return quick_daemon_; }
    [[nodiscard]] double last_template_seconds() const { return feed_.last_seconds(); }
    [[nodiscard]] std::optional<std::uint32_t> height() const { return height_; }

  private:
    [[nodiscard]] p2p::DaemonLink::Events link_events();
    [[nodiscard]] TemplateFeed::Events feed_events();
    [[nodiscard]] boost::asio::awaitable<rpc::BlockTemplate> ask();
    [[nodiscard]] boost::asio::awaitable<void> prove(const rpc::BlockTemplate& block);
    void probe_now() { probe_timer_.cancel(); }
    void answered(const rpc::ChainInfo& info, double seconds);
    void failed(const rpc::RpcError& error);
    void remember(bool in_time);

    BackendSettings settings_;
    const ChainParams& chain_;
    bool alone_;
    Events events_;
    const Clock& clock_;
    rpc::Client client_;
    rpc::Daemon daemon_;
    rpc::Client quick_client_;
    rpc::Daemon quick_daemon_;
    TemplateFeed feed_;
    boost::asio::steady_timer probe_timer_;
    p2p::DaemonLink link_;
    std::optional<Tip> tip_;
    std::optional<std::uint32_t> height_;  ///< of the tip
    std::chrono::steady_clock::time_point template_at_;
    std::deque<bool> probes_;    ///< the last ones: whether answered in time
    std::string probe_problem_;  ///< empty while it answers well
    int failures_in_a_row_ = 0;
    double answer_seconds_ = 0;
    bool synchronises_ = false;
    Uint256 told_best_;  ///< the best block that it told last
};

}  // namespace dash::backends
