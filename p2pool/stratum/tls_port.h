#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace p2pool::stratum {

struct TlsPortSettings {
    std::string host;  ///< address to listen on; empty: all of them, IPv6 included
    std::uint16_t port = 0;
    std::filesystem::path certificate;  ///< PEM: the certificate, and those between it and the authority's
    std::filesystem::path key;          ///< PEM
    /// Addresses of balancers, whose connections begin with a PROXY header.
    std::vector<std::string> proxies;
    /// To take what is left for him, when the worker port has closed a client's connection.
    std::chrono::milliseconds farewell{60'000};
};

/// The worker port through TLS, with a thread of its own: it takes the cryptography off a connection and gives the rest
/// to the plain port, as one more socket, so that handshakes, however many, never delay a miner's submit.
///
///  * TLS 1.2 or newer. New certificate and key are read some seconds after the files change; while they cannot be
///    used, the old ones stay, and the log says so.
///  * Ten seconds for a handshake; when 256 are under way, the oldest makes room.
///  * The worker port counts its connections, and forgets those it closed: a client that is slow to take its last words
///    has TlsPortSettings::farewell for it; when there are 128 such, the oldest makes room.
class TlsPort {
  public:
    /// Hands over what speaks plain stratum or HTTP: a connected non-blocking socket, which the receiver owns, and the
    /// client's address. On the thread of the port; must not block.
    using Handoff = std::function<void(int socket, std::string address)>;

    /// Throws ConfigError when certificate or key cannot be used.
    TlsPort(TlsPortSettings settings, Handoff handoff);
    /// stop()s.
    ~TlsPort();
    TlsPort(const TlsPort&) = delete;
    TlsPort& operator=(const TlsPort&) = delete;

    /// Takes the port; nobody is let in yet. Throws ConfigError when the address cannot be used.
    void bind();
    /// Starts to serve, after bind() if that was not called. Throws ConfigError.
    void listen();
    [[nodiscard]] std::uint16_t port() const;
    /// Closes everything and ends the thread.
    void stop();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::stratum
