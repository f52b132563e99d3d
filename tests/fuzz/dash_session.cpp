// A node of the Dash network that the broadcaster called, and that says anything before or after a proper handshake,
// while a block of ours is on its way to it.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>

#include "dash/broadcaster/block_pusher.h"
#include "dash/primitives/chain_params.h"
#include "tests/fuzz/target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/broadcaster/test_block.h"

namespace {

using namespace dash::broadcaster;

/// Of a block that needs several messages' answers, and is built quickly.
constexpr std::size_t kBlockBytes = 5'000;
/// More than a connection on a busy machine takes that nothing delays.
constexpr std::chrono::seconds kPatience{15};
/// What the peer says, by number.
constexpr std::array<const char*, 20> kCommands = {
    "version",   "verack",  "ping",       "pong",     "inv",          "getdata",     "getheaders",
    "headers",   "block",   "cmpctblock", "addr",     "addrv2",       "getblocktxn", "blocktxn",
    "sendcmpct", "getaddr", "reject",     "notfound", "twelve_bytes", "sendheaders"};

/// Our node calls it, and it says the input and hangs up.
class Caller {
  public:
    Caller() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        // A port rests for a minute after its connection, and there are fewer ports than inputs in a minute.
        static std::uint32_t number = 0;
        address.sin_addr.s_addr = htonl(0x7f010001U + number++ % 0xff00U);
        socklen_t size = sizeof address;
        auto* const place = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_, place, size) != 0 || listen(listener_, 1) != 0 || getsockname(listener_, place, &size) != 0)
            throw std::runtime_error("no port to listen on");
        const auto host = boost::asio::ip::address_v4(ntohl(address.sin_addr.s_addr));
        address_ = *parse_peer_address(host.to_string() + ":" + std::to_string(ntohs(address.sin_port)));
    }
    ~Caller() {
        close(listener_);
        if (connection_ >= 0) close(connection_);
    }
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    [[nodiscard]] const PeerAddress& address() const { return address_; }
    /// Takes one call and says this; later ones are refused. False when nobody has called yet.
    bool say(dash::ByteSpan bytes) {
        connection_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection_ < 0) return false;
        shutdown(listener_, SHUT_RDWR);
        static_cast<void>(send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
        shutdown(connection_, SHUT_WR);
        return true;
    }

  private:
    int listener_;
    int connection_ = -1;
    PeerAddress address_;
};

void append_message(dash::Bytes& said, std::string_view command, dash::ByteSpan payload) {
    dash::append(said, *dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, command, payload));
}

/// Bytes as they are, or messages: a number of kCommands, two bytes of length, the payload.
dash::Bytes read_speech(fuzz::Input input, bool shakes_hands, bool raw) {
    dash::Bytes said;
    if (shakes_hands) {
        dash::p2p::VersionMessage version;
        version.version = 70'230;
        append_message(said, "version", encode(version));
        append_message(said, "verack", {});
    }
    if (raw) {
        dash::append(said, input.rest());
        return said;
    }
    while (!input.empty()) {
        const char* const command = kCommands[input.byte() % kCommands.size()];
        const std::size_t low = input.byte();
        append_message(said, command, input.bytes(low + 256U * input.byte()));
    }
    return said;
}

PeerBook book_of(const PeerAddress& peer, double now) {
    PeerBook book({.port = peer.port, .local_ones_too = true});
    static_cast<void>(book.add(peer, Source::kDashd, now, now));
    return book;
}

/// The part of a broadcaster that peers have to do with. It has one place: no address that the peer tells is called.
struct Broadcasting {
    explicit Broadcasting(const PeerAddress& peer)
        : pool(
              io.get_executor(), {.magic = dash::dash_regtest().p2p_magic, .user_agent = "/P2Pool:test/"},
              PeerManager({.max_peers = 2, .min_peers = 1}, book_of(peer, clock.unix_seconds()), true, clock),
              [this]() -> dash::rpc::Daemon& { return daemon; }, events(), clock) {}

    PeerPool::Events events() {
        return {.on_message = [this](const PeerAddress& from, std::string_view command,
                                     dash::ByteSpan payload) { pusher.take_message(from, command, payload); },
                .on_block = [this](const PeerAddress& from,
                                   const dash::Uint256& block) { pusher.take_announcement(from, block); },
                .on_lost = [this](const PeerAddress& peer, const std::string& why) { pusher.take_loss(peer, why); },
                .on_ready = [this](const PeerAddress& peer) { pusher.take_ready(peer); }};
    }
    void push(const dash::submission::WonBlock& block) {
        boost::asio::co_spawn(io, pusher.push(block), boost::asio::detached);
    }
    [[nodiscard]] bool is_busy() const {
        return pool.manager().dialing() != 0 || !pool.manager().connections().empty();
    }

    tests::ManualClock clock;
    boost::asio::io_context io;
    dash::rpc::Client client{dash::rpc::ClientSettings()};
    dash::rpc::Daemon daemon{client, dash::dash_regtest()};
    PeerPool pool;
    BlockPusher pusher{io.get_executor(), dash::dash_regtest().p2p_magic, pool, [](const BroadcastReport&) {}, clock};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const dash::submission::WonBlock block = tests::won(tests::block_of_size(kBlockBytes));
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const bool has_block = (choice & 4U) == 0;
    const dash::Bytes said = read_speech(input, (choice & 1U) == 0, (choice & 2U) != 0);

    Caller peer;
    Broadcasting node(peer.address());
    if (has_block) node.push(block);
    node.pool.start();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    const auto is_late = [&] { return std::chrono::steady_clock::now() > deadline; };
    while (!peer.say(said) && !is_late())
        node.io.run_one_for(std::chrono::milliseconds(1));
    while (node.is_busy() && !is_late())
        node.io.run_one_for(std::chrono::milliseconds(100));
    fuzz::require(!node.is_busy(), "a peer that hung up is still there");
    fuzz::require(node.pool.manager().book().size() <= PeerBook::kMostPeers, "the book is too full");
    return 0;
}
