#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "p2pool/stratum/miner_session.h"
#include "p2pool/stratum/server.h"

namespace p2pool::stratum {

class ServerCore;

/// One TCP connection of the worker port: reads lines for a MinerSession, or hands over to HTTP. Writing never waits:
/// what the system does not take at once is kept, within a bound, until it does.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket, std::uint64_t number,
               std::string ip);

    void start();
    /// Idempotent; the core forgets the connection.
    void close();
    /// Once a second.
    void tick();
    /// `number` of the round, and that of the last one that made earlier jobs worthless.
    void push_work(std::uint64_t number, std::uint64_t last_clean_number);

    [[nodiscard]] std::optional<ConnectionStatus> status() const;

    // For the HTTP side.
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }
    [[nodiscard]] const std::string& ip() const { return ip_; }
    /// Waits for data and returns what came, valid until the next co_await; empty when the connection is over.
    [[nodiscard]] boost::asio::awaitable<std::string_view> read_chunk();
    [[nodiscard]] bool is_closed() const { return closed_; }
    [[nodiscard]] boost::asio::awaitable<void> pause(double seconds);
    /// Something happened that proves the peer alive: its time starts anew.
    void touch();
    /// Nothing is expected from the peer for now.
    void set_waiting(bool waiting) { waiting_ = waiting; }
    void set_authorized();
    /// Gives the socket away and ends the connection.
    [[nodiscard]] int release_socket();
    /// Says goodbye so that the peer can read what was sent last, even while it is still sending.
    [[nodiscard]] boost::asio::awaitable<void> finish();

  private:
    [[nodiscard]] boost::asio::awaitable<void> run();
    [[nodiscard]] boost::asio::awaitable<std::string> first_bytes();
    [[nodiscard]] boost::asio::awaitable<void> speak_stratum(std::string_view first);
    /// False when nothing more is to be read.
    [[nodiscard]] bool take(std::string_view data);
    [[nodiscard]] bool take_lines(std::string_view data);
    [[nodiscard]] bool take_line(std::string_view line);
    [[nodiscard]] bool refuse_long_line();

    template <typename Action>
    void protect(Action action);
    void send(std::span<const std::string_view> pieces);
    void flush();
    void write_when_possible();
    void shut_down_if_done();
    [[nodiscard]] bool is_overdue() const;
    void log_end() const;

    std::shared_ptr<ServerCore> core_;
    boost::asio::ip::tcp::socket socket_;
    std::uint64_t number_;
    std::string ip_;
    double started_;
    double last_sign_of_life_;  ///< a line, or a step of an HTTP exchange
    bool closed_ = false;
    bool finishing_ = false;
    bool waiting_ = false;
    bool authorized_ = false;

    std::optional<MinerSession> miner_;  ///< none before the first byte, and for HTTP
    std::string partial_line_;           ///< at most kMaxLineBytes
    std::uint64_t pushed_number_;        ///< change of work that the miner was told last

    std::string out_;           ///< not written yet
    std::size_t unsent_limit_;  ///< of it, above which new work is not added but the connection dropped
    bool collecting_ = false;   ///< answers to one chunk are written together
    bool writing_ = false;
    double blocked_since_ = 0;  ///< while writing_
};

/// Serves HTTP on the connection: work for getwork miners, the rest for the handoff. Returns when the connection is
/// over.
[[nodiscard]] boost::asio::awaitable<void> serve_http(Connection& connection, ServerCore& core, std::string received);

}  // namespace p2pool::stratum
