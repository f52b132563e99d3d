#include "tests/support/blocking_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace tests {

BlockingSocket::BlockingSocket(std::uint16_t port, const std::string& host)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket_);
        throw std::runtime_error("nobody listens on port " + std::to_string(port));
    }
}

BlockingSocket::~BlockingSocket() {
    ::close(socket_);
}

void BlockingSocket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error("the other side closed the connection while we sent");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool BlockingSocket::wait(std::chrono::steady_clock::time_point deadline) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wanted{socket_, POLLIN, 0};
    return ::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) > 0;
}

bool BlockingSocket::fill(std::chrono::steady_clock::time_point deadline) {
    if (!wait(deadline)) throw std::runtime_error("nothing came from the other side in time");
    std::array<char, 65536> buffer;
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
}

std::optional<std::string> BlockingSocket::read_line(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const std::size_t end = received_.find('\n');
        if (end != std::string::npos) {
            std::string line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return line;
        }
        if (!fill(deadline)) return std::nullopt;
    }
}

bool BlockingSocket::wait_for_line(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (received_.find('\n') == std::string::npos) {
        if (!wait(deadline) || !fill(deadline)) return false;
    }
    return true;
}

std::string BlockingSocket::read_some(std::chrono::milliseconds patience) {
    if (received_.empty()) fill(std::chrono::steady_clock::now() + patience);
    return std::exchange(received_, {});
}

std::string BlockingSocket::read_all(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (fill(deadline)) {
    }
    return std::move(received_);
}

}  // namespace tests
