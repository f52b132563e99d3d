#include "tests/unit/p2p/fake_peer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <utility>

#include "dash/primitives/chain_params.h"

namespace tests {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using dash::Bytes;
using dash::ByteSpan;

void write(tcp::socket& socket, const std::string& command, ByteSpan payload) {
    boost::system::error_code ignored;
    const auto frame = dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, command, payload);
    asio::write(socket, asio::buffer(*frame), ignored);
}

}  // namespace

FakePeer::FakePeer(Manner manner, std::uint16_t port)
    : manner_(manner),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
      port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(io_, listen(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

FakePeer::~FakePeer() {
    io_.stop();
    thread_.join();
}

dash::p2p::PeerSettings FakePeer::peer_settings() const {
    dash::p2p::PeerSettings settings;
    settings.magic = dash::dash_regtest().p2p_magic;
    settings.user_agent = "/P2Pool:test/";
    settings.start_height = 7;
    return settings;
}

dash::p2p::DaemonLinkSettings FakePeer::link_settings() const {
    dash::p2p::DaemonLinkSettings settings;
    settings.port = port_;
    settings.peer = peer_settings();
    settings.first_delay = std::chrono::milliseconds(5);
    settings.longest_delay = std::chrono::milliseconds(20);
    return settings;
}

std::vector<Bytes> FakePeer::received(const std::string& command) const {
    const std::lock_guard lock(mutex_);
    std::vector<Bytes> payloads;
    for (const auto& frame : received_) {
        if (frame.command == command) payloads.push_back(frame.payload);
    }
    return payloads;
}

void FakePeer::send(const std::string& command, ByteSpan payload) {
    send_raw(*dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, command, payload));
}

void FakePeer::send_raw(Bytes bytes) {
    asio::post(io_, [this, bytes = std::move(bytes)] {
        boost::system::error_code ignored;
        for (const auto& socket : sockets_)
            asio::write(*socket, asio::buffer(bytes), ignored);
    });
}

void FakePeer::read(std::size_t bytes) {
    asio::post(io_, [this, bytes] {
        boost::system::error_code ignored;
        Bytes read_bytes(bytes);
        for (const auto& socket : sockets_)
            asio::read(*socket, asio::buffer(read_bytes), ignored);
    });
}

void FakePeer::fall_silent() {
    std::promise<void> done;
    asio::post(io_, [this, &done] {
        manner_ = Manner::kMute;
        done.set_value();
    });
    done.get_future().get();
}

void FakePeer::hang_up() {
    asio::post(io_, [this] {
        boost::system::error_code ignored;
        for (const auto& socket : sockets_)
            socket->close(ignored);
        sockets_.clear();
    });
}

asio::awaitable<void> FakePeer::listen() {
    while (true) {
        auto socket = std::make_shared<tcp::socket>(co_await acceptor_.async_accept(asio::use_awaitable));
        ++connections_;
        if (manner_ == Manner::kClosesAtOnce) continue;
        sockets_.push_back(socket);
        asio::co_spawn(io_, serve(socket), asio::detached);
    }
}

asio::awaitable<void> FakePeer::serve(std::shared_ptr<tcp::socket> socket) {
    dash::p2p::FrameParser parser(dash::dash_regtest().p2p_magic);
    Bytes chunk(1 << 16);
    while (true) {
        const auto count = co_await socket->async_read_some(asio::buffer(chunk), asio::use_awaitable);
        parser.feed(ByteSpan(chunk).first(count));
        while (const auto frame = parser.next()) {
            answer(*socket, *frame);
            const std::lock_guard lock(mutex_);
            received_.push_back(*frame);
            if (manner_ == Manner::kDeaf && frame->command == "verack") co_return;
        }
    }
}

void FakePeer::answer(tcp::socket& socket, const dash::p2p::Frame& frame) {
    if (manner_ == Manner::kMute) return;
    if (frame.command == "version") {
        dash::p2p::VersionMessage version;
        version.version = 70240;
        version.user_agent = "/Fake:1/";
        write(socket, "version", encode(version));
        // Real ones say more before their verack.
        write(socket, "sendaddrv2", {});
        if (manner_ != Manner::kUnfinished) write(socket, "verack", {});
    } else if (frame.command == "ping" && manner_ != Manner::kNeverPongs) {
        write(socket, "pong", frame.payload);
        if (manner_ == Manner::kPongsOnce) manner_ = Manner::kNeverPongs;
    }
}

}  // namespace tests
