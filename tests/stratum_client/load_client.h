#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/stratum_client/statistics.h"

namespace stratum_client {

struct LoadSettings {
    enum class Mode {
        kMine,    ///< threads search for solutions of whatever difficulty the server asks
        kSubmit,  ///< solutions at a fixed rate: the difficulty asked for has to be low
        kListen,  ///< subscribes and authorizes, and reads jobs
        kSilent,  ///< connects and says nothing
    };
    Mode mode = Mode::kListen;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::size_t connections = 1;
    /// Shared out to the connections in turn; each connection gets a worker name of its own behind it, before
    /// `user_suffix`.
    std::vector<std::string> users;
    std::string user_suffix;  ///< e.g. "+0.001"
    std::string password = "x";
    std::size_t threads = 1;        ///< of kMine
    double submits_per_second = 0;  ///< of kSubmit, over all connections
    bool junk = false;              ///< of kSubmit: send nonces that were not hashed, so most are above the target
    bool roll_versions = false;
    bool tls = false;                ///< whatever certificate the server shows
    bool reconnect = false;          ///< a second after a connection ended
    double connects_per_second = 0;  ///< 0: all at once
    /// Connections from 127.0.0.0/8 when the server is there too, so that its limits by address do not hit a test.
    bool many_sources = true;
};

/// Many miners in one process. The object lives on one thread; its connections on another.
class LoadClient {
  public:
    explicit LoadClient(LoadSettings settings);
    /// Ends everything.
    ~LoadClient();
    LoadClient(const LoadClient&) = delete;
    LoadClient& operator=(const LoadClient&) = delete;

    /// Resolves the host and begins to connect. Throws dash::ConfigError when there is no such host.
    void start();

    /// True when every connection has its first job (kSilent: is open) before the time is over.
    [[nodiscard]] bool wait_until_ready(std::chrono::milliseconds timeout);

    /// Latencies of the next new block count from here.
    void trigger(TimePoint when = std::chrono::steady_clock::now());

    [[nodiscard]] Statistics statistics();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Different valid regtest addresses, always the same ones.
[[nodiscard]] std::vector<std::string> make_addresses(std::size_t count);

/// Raises the soft limit of open files to the hard one; the new limit.
std::size_t raise_file_limit();

}  // namespace stratum_client
