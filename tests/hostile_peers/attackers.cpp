#include "tests/hostile_peers/attackers.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <tuple>
#include <vector>

#include "dash/util/coroutines.h"
#include "tests/hostile_peers/arsenal.h"

namespace tests {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using dash::kAwait;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kReconnectPause{50};
/// With fewer, everything that the node says is looked at.
constexpr std::size_t kEnoughShares = 50;

class Attack {
  public:
    explicit Attack(const AttackSettings& settings)
        : settings_(settings),
          arsenal_(*settings.network, settings.seed),
          end_(std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                      std::chrono::duration<double>(settings.seconds))) {}

    AttackReport run() {
        for (std::size_t place = 0; place < settings_.connections; ++place)
            asio::co_spawn(io_, hold_place(place), asio::detached);
        io_.run_until(end_);
        report_.shares_heard = arsenal_.shares_heard();
        return report_;
    }

  private:
    struct Connection {
        explicit Connection(asio::io_context& io, dash::ByteSpan prefix) : socket(io), parser(prefix) {}

        tcp::socket socket;
        dash::p2p::FrameParser parser;
        std::uint64_t received = 0;
    };

    asio::awaitable<void> hold_place(std::size_t place) {
        const auto from = asio::ip::address_v4(
            {127, static_cast<std::uint8_t>(1 + place % 250), static_cast<std::uint8_t>(place / 250), 1});
        const bool reads = place % 4 != 3;
        while (true) {
            const auto connection = std::make_shared<Connection>(io_, settings_.network->p2p_prefix);
            error_code error;
            connection->socket.open(tcp::v4(), error);
            connection->socket.bind({from, 0}, error);
            std::tie(error) =
                co_await connection->socket.async_connect({asio::ip::address_v4::loopback(), settings_.port}, kAwait);
            if (!error) {
                ++report_.connections;
                if (reads) asio::co_spawn(io_, read(connection), asio::detached);
                co_await fire(connection, place % 2 == 0);
                if (reads && connection->received == 0) ++report_.refused;
                connection->socket.close(error);
            }
            co_await pause(kReconnectPause);
        }
    }

    asio::awaitable<void> fire(std::shared_ptr<Connection> connection, bool lawful) {
        // Most begin as they should.
        if (lawful || arsenal_.random()() % 20 != 0) {
            const bool sent = co_await send(connection, "greeting", arsenal_.greeting());
            if (!sent) co_return;
        }
        if (arsenal_.shares_heard() == 0) co_await get_shares(connection);
        while (true) {
            Arsenal::Shot shot = lawful ? arsenal_.next_lawful() : arsenal_.next();
            const bool sent = co_await send(connection, shot.kind, std::move(shot.bytes));
            if (!sent) co_return;
            if (arsenal_.random()() % 50 == 0) co_await pause(std::chrono::milliseconds(arsenal_.random()() % 200));
        }
    }

    /// Waits a second for the node's first words, then for shares to bend.
    asio::awaitable<void> get_shares(std::shared_ptr<Connection> connection) {
        for (int i = 0; i < 20 && arsenal_.shares_heard() == 0; ++i) {
            co_await pause(std::chrono::milliseconds(50));
            if (best_share_.is_zero() || i % 5 != 0) continue;
            const bool sent = co_await send(connection, "requests", arsenal_.ask_for_shares(best_share_));
            if (!sent) co_return;
        }
    }

    asio::awaitable<void> pause(std::chrono::milliseconds duration) {
        asio::steady_timer timer(io_, duration);
        co_await timer.async_wait(kAwait);
    }

    asio::awaitable<bool> send(std::shared_ptr<Connection> connection, std::string_view kind, dash::Bytes bytes) {
        const auto [error, size] = co_await asio::async_write(connection->socket, asio::buffer(bytes), kAwait);
        AttackReport::Sent& sent = report_.sent[std::string(kind)];
        sent.bytes += size;
        if (!error) ++sent.messages;
        co_return !error;
    }

    asio::awaitable<void> read(std::shared_ptr<Connection> connection) {
        std::vector<std::uint8_t> chunk(65'536);
        while (true) {
            const auto [error, size] = co_await connection->socket.async_read_some(asio::buffer(chunk), kAwait);
            if (error) co_return;
            connection->received += size;
            report_.bytes_received += size;
            connection->parser.feed(dash::ByteSpan(chunk).first(size));
            while (const auto frame = connection->parser.next())
                listen(*frame);
        }
    }

    void listen(const dash::p2p::Frame& frame) {
        using p2pool::peers::Version;
        if (frame.command == Version::kCommand) {
            best_share_ = p2pool::peers::decode_version(frame.payload).best_share_hash;
        } else if (arsenal_.shares_heard() < kEnoughShares || arsenal_.random()() % 10 == 0) {
            arsenal_.heard(frame);
        }
    }

    AttackSettings settings_;
    asio::io_context io_;
    Arsenal arsenal_;
    std::chrono::steady_clock::time_point end_;
    AttackReport report_;
    dash::Uint256 best_share_;  ///< of the node
};

}  // namespace

AttackReport attack(const AttackSettings& settings) {
    return Attack(settings).run();
}

}  // namespace tests
