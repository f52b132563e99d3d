#include "p2pool/stratum/proxy_protocol.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <vector>

#include "dash/util/coroutines.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
using dash::kAwait;
using namespace asio::experimental::awaitable_operators;

constexpr std::array<std::uint8_t, 12> kSignature = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kLocal = 0;
constexpr std::uint8_t kProxy = 1;
constexpr std::uint8_t kTcpOverV4 = 0x11;
constexpr std::uint8_t kTcpOverV6 = 0x21;
/// Both addresses and both ports.
constexpr std::size_t kBytesV4 = 12;
constexpr std::size_t kBytesV6 = 36;
constexpr std::chrono::seconds kPatience{5};

}  // namespace

namespace proxy_protocol {

std::optional<std::size_t> body_bytes(std::span<const std::uint8_t, kHeadBytes> head) {
    if (!std::equal(kSignature.begin(), kSignature.end(), head.begin()) || head[12] >> 4 != kVersion) {
        return std::nullopt;
    }
    const std::size_t size = std::size_t{head[14]} << 8 | head[15];
    return size <= kMostBodyBytes ? std::optional(size) : std::nullopt;
}

std::variant<std::monostate, Local, asio::ip::address> read(std::span<const std::uint8_t, kHeadBytes> head,
                                                            std::span<const std::uint8_t> body) {
    const std::uint8_t command = head[12] & 0x0f;
    if (command == kLocal) return Local{};
    if (command != kProxy) return std::monostate{};
    if (head[13] == kTcpOverV4 && body.size() >= kBytesV4) {
        asio::ip::address_v4::bytes_type bytes{};
        std::copy_n(body.begin(), bytes.size(), bytes.begin());
        return asio::ip::address(asio::ip::address_v4(bytes));
    }
    if (head[13] == kTcpOverV6 && body.size() >= kBytesV6) {
        asio::ip::address_v6::bytes_type bytes{};
        std::copy_n(body.begin(), bytes.size(), bytes.begin());
        return asio::ip::address(asio::ip::address_v6(bytes));
    }
    return std::monostate{};
}

}  // namespace proxy_protocol

namespace {

asio::awaitable<std::optional<asio::ip::address>> read_header(asio::ip::tcp::socket& socket,
                                                              asio::ip::address balancer) {
    std::array<std::uint8_t, proxy_protocol::kHeadBytes> head{};
    const auto [head_error, head_read] = co_await asio::async_read(socket, asio::buffer(head), kAwait);
    if (head_error) co_return std::nullopt;
    const auto size = proxy_protocol::body_bytes(head);
    if (!size) co_return std::nullopt;
    std::vector<std::uint8_t> body(*size);
    const auto [body_error, body_read] = co_await asio::async_read(socket, asio::buffer(body), kAwait);
    if (body_error) co_return std::nullopt;
    const auto told = proxy_protocol::read(head, body);
    if (std::holds_alternative<proxy_protocol::Local>(told)) co_return balancer;
    if (const auto* client = std::get_if<asio::ip::address>(&told)) co_return *client;
    co_return std::nullopt;
}

}  // namespace

asio::awaitable<std::optional<asio::ip::address>> read_proxy_header(asio::ip::tcp::socket& socket,
                                                                    asio::ip::address balancer) {
    asio::steady_timer timer(socket.get_executor(), kPatience);
    const auto result = co_await (read_header(socket, balancer) || timer.async_wait(kAwait));
    co_return result.index() == 0 ? std::get<0>(result) : std::nullopt;
}

}  // namespace p2pool::stratum
