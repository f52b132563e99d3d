#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "p2pool/stratum/getwork.h"
#include "p2pool/stratum/miner_context.h"
#include "p2pool/stratum/server.h"

namespace p2pool::stratum {

class Connection;

/// What stands behind Server: the connections and what they share. Connections hold it, so that it lives until the last
/// one ends.
class ServerCore : public std::enable_shared_from_this<ServerCore> {
  public:
    /// As much as one connection may have the node handle before others get their turn.
    static constexpr std::size_t kScratchBytes = 16'384;

    ServerCore(boost::asio::io_context& io_context, work::WorkSource& source, const dash::Clock& clock,
               ServerSettings settings);

    void listen();
    void listen(boost::asio::ip::tcp::acceptor bound);
    [[nodiscard]] std::uint16_t port() const;
    void stop();
    void work_changed(bool clean);
    void set_limits(AdmissionSettings admission, SubmitLimitSettings submit_limit);
    void take_in(int socket, const std::string& address);
    void sweep();
    [[nodiscard]] ServerStatus status();
    [[nodiscard]] boost::asio::awaitable<ServerStatus> collect_status();

    // For connections.
    [[nodiscard]] MinerContext& miners() { return miners_; }
    [[nodiscard]] Getwork& getwork() { return getwork_; }
    [[nodiscard]] double now() const;
    /// Counts the changes of work.
    [[nodiscard]] std::uint64_t work_number() const { return work_number_; }
    /// Where whoever reads from a socket reads to; its content does not outlive the next co_await.
    [[nodiscard]] std::array<char, kScratchBytes>& scratch() { return scratch_; }
    /// The connection has shown that it is a miner's, and keeps its place.
    void authorized(std::uint64_t number) { unproven_.erase(number); }
    void remove(std::uint64_t number, const std::string& ip);
    /// Until the next work event.
    [[nodiscard]] boost::asio::awaitable<void> wait_for_work_event();

    HttpHandoff http_handoff;

  private:
    [[nodiscard]] boost::asio::awaitable<void> accept_all();
    [[nodiscard]] boost::asio::awaitable<void> sweep_every_second();
    void take_in(boost::asio::ip::tcp::socket socket);
    [[nodiscard]] boost::asio::awaitable<void> take_in_proxied(boost::asio::ip::tcp::socket socket,
                                                               boost::asio::ip::address balancer);
    void take_in(boost::asio::ip::tcp::socket socket, const std::string& client);
    /// False when there is none.
    [[nodiscard]] bool make_room();
    void start_round();
    void push_some();
    /// Calls `visit` with so many connections from this number on. Returns the number to go on with; 0 when that was
    /// the last one.
    template <typename Visit>
    std::uint64_t visit_some(std::uint64_t from, std::size_t most, const Visit& visit);
    void expire();
    /// As visit_some().
    std::uint64_t add_connections(ServerStatus& status, std::uint64_t from, std::size_t most);
    /// What takes no look at each connection or worker.
    void finish(ServerStatus& status);

    boost::asio::io_context& io_context_;
    ServerSettings settings_;
    std::size_t max_connections_;
    dash::IpList proxies_;
    std::size_t proxied_ = 0;  ///< connections of which the header is awaited; at most max_connections_
    MinerContext miners_;
    Getwork getwork_;
    std::array<char, kScratchBytes> scratch_{};

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer sweep_timer_;
    boost::asio::steady_timer work_event_timer_;  ///< never expires; cancelled at each event

    // By number, that is by age; bounded by max_connections_.
    std::uint64_t next_number_ = 1;
    std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
    std::set<std::uint64_t> unproven_;

    // The round that brings new work to every connection; what changes meanwhile is brought by another one after it.
    std::uint64_t work_number_ = 0;
    std::uint64_t last_clean_number_ = 0;
    std::uint64_t next_to_push_ = 0;
    bool pushing_ = false;
    bool another_round_ = false;
    double next_store_sweep_ = 0;
};

}  // namespace p2pool::stratum
