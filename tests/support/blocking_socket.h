#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tests {

/// A TCP connection on this machine for tests: every call waits, with a limit, and throws std::runtime_error when it is
/// reached.
class BlockingSocket {
  public:
    /// `host` is an IPv4 address in digits.
    explicit BlockingSocket(std::uint16_t port, const std::string& host = "127.0.0.1");
    ~BlockingSocket();
    BlockingSocket(const BlockingSocket&) = delete;
    BlockingSocket& operator=(const BlockingSocket&) = delete;

    void send(std::string_view bytes);
    /// The next line without its end; nullopt when the other side closed the connection, throws when nothing comes.
    [[nodiscard]] std::optional<std::string> read_line(std::chrono::milliseconds patience = std::chrono::seconds(10));
    /// Whether read_line() would have one to give within `patience`.
    [[nodiscard]] bool wait_for_line(std::chrono::milliseconds patience);
    /// What has come, at least one byte; empty when the other side closed the connection.
    [[nodiscard]] std::string read_some(std::chrono::milliseconds patience = std::chrono::seconds(10));
    /// Everything until the other side closes.
    [[nodiscard]] std::string read_all(std::chrono::milliseconds patience = std::chrono::seconds(10));

  private:
    /// Waits until there is something to receive, or the end of the stream; false when the deadline comes first.
    [[nodiscard]] bool wait(std::chrono::steady_clock::time_point deadline) const;
    /// False at the end of the stream.
    bool fill(std::chrono::steady_clock::time_point deadline);

    int socket_ = -1;
    std::string received_;
};

}  // namespace tests
