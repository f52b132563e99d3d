#include "tests/interop/pool_peer.h"

#include <random>
#include <stdexcept>

namespace interop {
namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

using namespace p2pool::peers;

PoolPeer::PoolPeer(std::uint16_t port, const share_chain::Network& network)
    : socket_(port), prefix_(network.p2p_prefix.begin(), network.p2p_prefix.end()), parser_(prefix_) {
    const PeerAddress loopback = parse_peer_address("127.0.0.1", port).value();
    Version ours;
    ours.to.address = loopback;
    ours.from.address = loopback;
    ours.nonce = (static_cast<std::uint64_t>(std::random_device()()) << 32) | std::random_device()();
    ours.sub_version = "interop-test";
    send(ours);
    version_ = decode_version(wait_for(Version::kCommand));
}

template <typename Message>
void PoolPeer::send(const Message& message) {
    const dash::p2p::SharedFrame frame = make_frame(prefix_, message);
    socket_.send({reinterpret_cast<const char*>(frame->data()), frame->size()});
}

dash::Bytes PoolPeer::wait_for(std::string_view command) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        while (auto frame = parser_.next()) {
            if (frame->command == command) return std::move(frame->payload);
        }
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        const std::string came = socket_.read_some(left);
        if (came.empty()) throw std::runtime_error("the node closed the connection");
        parser_.feed(dash::as_bytes(came));
    }
}

std::vector<share_chain::TypedContents> PoolPeer::ask_for(const dash::Uint256& share, std::uint64_t parents) {
    ShareRequest request;
    request.id = dash::Uint256(next_id_++);
    request.hashes = {share};
    request.parents = parents;
    send(request);
    for (;;) {
        ShareReply reply = decode_sharereply(wait_for(ShareReply::kCommand), Trailing::kReject);
        if (reply.id != request.id) continue;
        if (reply.result != ShareResult::kGood) throw std::runtime_error("the node did not answer a request of shares");
        return std::move(reply.shares);
    }
}

}  // namespace interop
