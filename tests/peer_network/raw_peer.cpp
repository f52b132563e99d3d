#include "tests/peer_network/raw_peer.h"

#include <algorithm>
#include <utility>

namespace tests {

using namespace p2pool::peers;

RawPeer::RawPeer(World& world, const std::string& host)
    : world_(world), transport_(world.wires.plug_in(host, SimulatedNode::kPort)) {
    on_request_ = [this](Link& link, const ShareRequest& request) { reply(link, request, {}); };
    transport_->on_incoming([this](std::unique_ptr<Channel> channel) { take(std::move(channel)); });
}

void RawPeer::connect(const std::string& host) {
    transport_->connect(host, SimulatedNode::kPort, 5, [this](std::unique_ptr<Channel> channel, const std::string&) {
        if (channel == nullptr) {
            ++failed_connects_;
        } else {
            take(std::move(channel));
        }
    });
}

void RawPeer::take(std::unique_ptr<Channel> channel) {
    links_.push_back(std::make_unique<Link>(Link{.channel = std::move(channel),
                                                 .parser = dash::p2p::FrameParser(world_.network.p2p_prefix),
                                                 .opened_at = world_.simulation.now(),
                                                 .established = false,
                                                 .closed = std::nullopt}));
    Link& link = *links_.back();
    Version version;
    version.to.address = link.channel->remote();
    version.from.address = transport_->address();
    version.nonce = world_.simulation.random()();
    version.sub_version = "raw";
    version.best_share_hash = best_share_;
    send(link, version);
    link.channel->start({.on_bytes = [this, &link](dash::ByteSpan bytes) { received(link, bytes); },
                         .on_closed = [&link](const std::string& reason) { link.closed = reason; }});
}

void RawPeer::received(Link& link, dash::ByteSpan bytes) {
    link.parser.feed(bytes);
    while (const auto frame = link.parser.next()) {
        if (frame->command == Version::kCommand) {
            link.established = true;
            if (on_established_) on_established_(link);
        } else if (frame->command == ShareRequest::kCommand) {
            on_request_(link, decode_sharereq(frame->payload, Trailing::kReject));
        }
    }
}

std::size_t RawPeer::open_links() const {
    return static_cast<std::size_t>(
        std::count_if(links_.begin(), links_.end(), [](const auto& link) { return !link->closed.has_value(); }));
}

void RawPeer::send_frame(Link& link, dash::p2p::SharedFrame frame) {
    if (!link.closed) link.channel->send(std::move(frame));
}

void RawPeer::tell(const std::vector<share_chain::SharePtr>& shares) {
    for (const auto& link : links_) {
        if (link->established) send(*link, Shares{.shares = typed(shares)});
    }
}

void RawPeer::reply(Link& link, const ShareRequest& request, const std::vector<share_chain::SharePtr>& shares) {
    send(link, ShareReply{.id = request.id, .result = ShareResult::kGood, .shares = typed(shares)});
}

std::vector<share_chain::TypedContents> typed(const std::vector<share_chain::SharePtr>& shares) {
    std::vector<share_chain::TypedContents> result;
    for (const share_chain::SharePtr& share : shares)
        result.push_back({.type = share_chain::kShareType, .contents = share->packed});
    return result;
}

}  // namespace tests
