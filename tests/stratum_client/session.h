#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/stratum_client/job.h"
#include "tests/stratum_client/statistics.h"

namespace stratum_client {

struct SessionSettings {
    boost::asio::ip::tcp::endpoint server;
    std::optional<boost::asio::ip::address> source;  ///< bound before connecting
    std::string user;
    std::string password = "x";
    bool roll_versions = false;
    bool silent = false;                               ///< connects and says nothing
    std::shared_ptr<boost::asio::ssl::context> tls{};  ///< null: plain
};

/// One stratum connection as a miner keeps it. Runs on the executor's one thread; only work() may be called from
/// others.
class Session {
  public:
    Session(boost::asio::any_io_executor executor, SessionSettings settings, Statistics& statistics);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Connects, subscribes, authorizes and reads until the connection ends; may be called again then.
    [[nodiscard]] boost::asio::awaitable<void> run();
    void close();

    /// The newest job, decoded when first asked for; nullptr before there is one, or when
    /// the server sent something else. From any thread.
    [[nodiscard]] std::shared_ptr<const Work> work();
    /// Changes with every job. From any thread.
    [[nodiscard]] std::uint64_t work_version() const { return work_version_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool has_work() const { return work_version() != 0; }

    void submit(const Solution& solution);

  private:
    [[nodiscard]] boost::asio::awaitable<void> connect();
    template <typename Stream>
    [[nodiscard]] boost::asio::awaitable<void> talk(Stream& stream);
    template <typename Stream>
    [[nodiscard]] boost::asio::awaitable<void> read(Stream& stream);
    template <typename Stream>
    [[nodiscard]] boost::asio::awaitable<void> write(Stream& stream);
    void introduce();
    void read_line(std::string_view line, TimePoint when);
    void drop_work();
    void on_notify(std::string_view line, TimePoint when);
    void on_answer(const nlohmann::json& message, TimePoint when);
    void on_subscribed(const nlohmann::json& result);
    void on_configured(const nlohmann::json& result);
    void on_submit_answer(std::uint64_t id, bool accepted, const nlohmann::json& error, TimePoint when);
    void call(std::uint64_t id, std::string_view method, const nlohmann::json& params);
    void send(std::string line);

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer something_to_write_;
    SessionSettings settings_;
    Statistics& statistics_;
    std::deque<std::string> outgoing_;
    std::uint64_t next_id_ = 0;
    bool closed_ = false;
    TimePoint began_;                                          ///< to connect
    std::unordered_map<std::uint64_t, TimePoint> unanswered_;  ///< submits; at most kMostUnanswered
    double difficulty_ = 1;
    std::string previous_block_text_;

    std::mutex work_mutex_;
    std::atomic<std::uint64_t> work_version_ = 0;
    std::string notify_line_;  ///< not yet decoded: most jobs of a load generator never are
    Work pending_;             ///< all of the next Work but the job
    std::shared_ptr<const Work> work_;
};

}  // namespace stratum_client
