#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dash/backends/backend.h"

namespace dash::backends {

/// A daemon as pages and metrics show it.
struct BackendStatus {
    std::string address;   ///< of its RPC, "host:port"
    bool current = false;  ///< miners get its templates
    std::string problem;   ///< why it is out of question, in words that follow "dashd"; empty: usable
    double score = 0;      ///< see Chooser
    bool link_up = false;
    std::optional<double> answer_seconds;  ///< of the last answer; none before it
    std::optional<std::uint32_t> height;   ///< of its tip
};

/// The daemons behind the node, at least one. All are asked for templates all the time, so that changing over costs no
/// time; the node gets those of the best, see Chooser. Node thread, but for best().
class Backends {
  public:
    struct Events {
        /// `seconds`: how long the daemon took for it.
        std::function<void(rpc::BlockTemplate, double seconds)> on_template;
    };
    /// Starts something that runs until the executor stops.
    using Spawn = std::function<void(boost::asio::awaitable<void>)>;

    /// In the order in which the operator prefers them.
    Backends(boost::asio::any_io_executor executor, const ChainParams& chain, std::vector<BackendSettings> settings,
             Events events, const Clock& clock = system_clock());
    ~Backends();
    Backends(const Backends&) = delete;
    Backends& operator=(const Backends&) = delete;

    void start_links();
    /// Asks each in turn, and again, until one is what the node needs: that one is current then.
    [[nodiscard]] boost::asio::awaitable<rpc::DaemonCheck> wait_until_usable();
    /// From now on templates come.
    void start_templates(const Spawn& spawn);

    /// Somebody has this block, or we made it: see TemplateFeed.
    void new_block(const Uint256& hash);

    [[nodiscard]] std::size_t size() const { return all_.size(); }
    /// The one whose templates miners get.
    [[nodiscard]] Backend& current() { return *all_[chooser_.current()]; }
    [[nodiscard]] const Backend& current() const { return *all_[chooser_.current()]; }
    /// Its number; the function may be called on any thread and outlive this.
    [[nodiscard]] std::function<std::size_t()> best() const;
    [[nodiscard]] std::vector<BackendStatus> status() const;

  private:
    [[nodiscard]] Backend::Events events_of(std::size_t number);
    [[nodiscard]] bool alone() const { return all_.size() == 1; }
    [[nodiscard]] boost::asio::awaitable<void> look_regularly();
    void take(std::size_t number, rpc::BlockTemplate block);
    void take_template_problem(std::size_t number, const std::string& problem) const;
    void look();
    void tell_changes(std::size_t before);
    void deliver(std::size_t number);

    boost::asio::any_io_executor executor_;
    Events events_;
    std::vector<std::unique_ptr<Backend>> all_;
    std::vector<std::optional<rpc::BlockTemplate>> kept_;  ///< the last one of each that miners did not get
    std::vector<bool> told_trouble_;                       ///< in the log
    Chooser chooser_;
    bool started_ = false;
    std::optional<std::size_t> source_;  ///< of the template that miners got last
    std::shared_ptr<std::atomic<std::size_t>> best_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace dash::backends
