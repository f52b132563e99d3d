#include "tests/fuzz/socket_pair.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace fuzz {
namespace {

/// Larger inputs do not fit a socket's buffer at once.
constexpr std::size_t kMostBytes = 100'000;

}  // namespace

SocketPair::SocketPair(dash::ByteSpan said) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("no pair of sockets");
    own_ = ends[0];
    other_ = ends[1];
    const dash::ByteSpan sent = said.first(std::min(said.size(), kMostBytes));
    if (!sent.empty() && send(own_, sent.data(), sent.size(), 0) != static_cast<ssize_t>(sent.size()))
        throw std::runtime_error("the input does not fit a socket's buffer");
    shutdown(own_, SHUT_WR);
}

SocketPair::~SocketPair() {
    close(own_);
    if (other_ >= 0) close(other_);
}

int SocketPair::take() {
    return std::exchange(other_, -1);
}

std::string SocketPair::run(boost::asio::io_context& io) {
    std::string heard;
    std::array<char, 65'536> buffer{};
    while (true) {
        io.restart();
        const std::size_t steps = io.poll();
        const ssize_t size = recv(own_, buffer.data(), buffer.size(), 0);
        if (size > 0) heard.append(buffer.data(), static_cast<std::size_t>(size));
        if (steps == 0 && size <= 0) return heard;
    }
}

}  // namespace fuzz
