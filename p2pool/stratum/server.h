#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dash/util/clock.h"
#include "p2pool/stratum/admission.h"
#include "p2pool/stratum/pool_statistics.h"
#include "p2pool/stratum/submit_limit.h"
#include "p2pool/work/work_source.h"
#include "share_chain/network.h"

namespace boost::asio {
class io_context;
}

namespace p2pool::stratum {

struct ServerSettings {
    /// Address to listen on; empty: all of them, IPv6 included.
    std::string host;
    /// 0: any free port.
    std::uint16_t port = 0;
    const share_chain::Network* network = nullptr;
    /// Vardiff aims at one submit of a connection in this time.
    double share_seconds = 10;
    /// Log submits that take long.
    bool bench = false;
    AdmissionSettings admission;
    SubmitLimitSettings submit_limit{};
    /// A TLS port brings connections too: each holds more open files.
    bool has_tls_port = false;
    /// Addresses and networks of balancers: their connections begin with a PROXY protocol header (version 2), and are
    /// counted for the client that it names.
    std::vector<std::string> proxies{};
};

/// A connection that speaks HTTP and asks for something else than work.
struct HttpConnection {
    int socket = -1;  ///< connected, non-blocking; the receiver owns it and counts it in his own limits from here on
    std::string received;  ///< what the client sent so far: at least the request line
    std::string ip;
};

/// Takes over a connection; called on the node thread, must not block. Requests for work that come later on the same
/// connection are the receiver's to refuse.
using HttpHandoff = std::function<void(HttpConnection)>;

struct ConnectionStatus {
    std::string ip;
    std::string worker;     ///< empty before authorize
    double difficulty = 0;  ///< sent last; 0 = none
    double connected_seconds = 0;
    double silent_seconds = 0;  ///< since the last submit, or since it connected
    std::uint64_t submitted = 0;
    std::uint64_t accepted = 0;
};

/// A picture of the worker port, for pages.
struct ServerStatus {
    PoolStatistics::Totals totals;
    std::vector<PoolStatistics::Worker> workers;
    std::vector<ConnectionStatus> connections;  ///< of stratum miners
    std::unordered_map<std::string, std::size_t> connections_by_ip;
    std::vector<Admission::Ban> bans;
    std::vector<Admission::Offender> offenders;  ///< the worst twenty
    std::size_t max_connections = 0;
};

/// The worker port: stratum and HTTP on one TCP port, told apart by the first byte. All on the io_context's single
/// thread, the node thread; it ends no connection but by its rules, and none of them costs another miner more than a
/// moment.
///
///  * 30 s to subscribe, to authorize or to finish an HTTP request; a day without a line; a minute without taking what
///  is sent to it.
///  * When every place is taken, the oldest connection that has not authorized makes room.
///  * A line is at most 16,384 bytes; a reader that lags behind by more than 256 KiB is dropped.
class Server {
  public:
    /// `source` and `clock` must outlive it. WorkSource may call work_changed() from within any of its methods.
    Server(boost::asio::io_context& io_context, work::WorkSource& source, const dash::Clock& clock,
           ServerSettings settings);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Starts to serve. Throws ConfigError when the address cannot be used.
    void listen();
    /// … on the port of the settings, which was taken before, see bind_port().
    void listen(boost::asio::ip::tcp::acceptor bound);
    [[nodiscard]] std::uint16_t port() const;
    /// Closes everything; nothing of it calls the WorkSource any more.
    void stop();

    /// Limits as the operator changed them; present connections stay.
    void set_limits(AdmissionSettings admission, SubmitLimitSettings submit_limit);

    /// One more connection, from elsewhere than the port: `socket` is connected and non-blocking, and the server's from
    /// here on; `address` is the client's, in digits.
    void take_in(int socket, const std::string& address);

    /// New work for every connection. `clean`: it is an event, and earlier jobs cannot win any more; else a refresh.
    /// Returns at once; connections get the work that is current when their turn comes.
    void work_changed(bool clean);

    /// Without one, such connections get an error in JSON.
    void set_http_handoff(HttpHandoff handoff);

    /// Ends what is overdue. Runs every second by itself; tests that move their own clock call it.
    void sweep();

    [[nodiscard]] ServerStatus status() const;
    /// The same, made bit by bit, so that nobody has to wait while ten thousand connections and workers are looked at.
    /// The server may end meanwhile.
    [[nodiscard]] boost::asio::awaitable<ServerStatus> collect_status();

  private:
    std::shared_ptr<class ServerCore> core_;
};

}  // namespace p2pool::stratum
