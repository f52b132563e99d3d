#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dash/p2p/framing.h"
#include "p2pool/peers/messages.h"
#include "tests/peer_network/world.h"

namespace tests {

/// A machine that speaks the protocol and does with it what the test wants. It shakes hands on every connection, and
/// answers requests for shares, with none unless told otherwise; the rest of what it hears it ignores.
class RawPeer {
  public:
    struct Link {
        std::unique_ptr<p2pool::peers::Channel> channel;
        dash::p2p::FrameParser parser;
        double opened_at = 0;
        bool established = false;
        std::optional<std::string> closed;  ///< why
    };

    RawPeer(World& world, const std::string& host);
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    /// Its best share, it says.
    void announce(const dash::Uint256& best_share) { best_share_ = best_share; }
    void connect(const std::string& host);
    /// What it does instead of an empty answer.
    void on_request(std::function<void(Link&, const p2pool::peers::ShareRequest&)> handler) {
        on_request_ = std::move(handler);
    }
    void on_established(std::function<void(Link&)> handler) { on_established_ = std::move(handler); }

    [[nodiscard]] const std::vector<std::unique_ptr<Link>>& links() const { return links_; }
    /// The newest one; null when there was none yet.
    [[nodiscard]] Link* link() const { return links_.empty() ? nullptr : links_.back().get(); }
    [[nodiscard]] std::size_t open_links() const;
    [[nodiscard]] std::size_t failed_connects() const { return failed_connects_; }

    template <typename Message>
    void send(Link& link, const Message& message) {
        send_frame(link, p2pool::peers::make_frame(world_.network.p2p_prefix, message));
    }
    void send_frame(Link& link, dash::p2p::SharedFrame frame);
    /// As news, to everybody who is connected.
    void tell(const std::vector<share_chain::SharePtr>& shares);
    void reply(Link& link, const p2pool::peers::ShareRequest& request,
               const std::vector<share_chain::SharePtr>& shares);

  private:
    void take(std::unique_ptr<p2pool::peers::Channel> channel);
    void received(Link& link, dash::ByteSpan bytes);

    World& world_;
    std::unique_ptr<SimulatedTransport> transport_;
    dash::Uint256 best_share_;
    std::function<void(Link&, const p2pool::peers::ShareRequest&)> on_request_;
    std::function<void(Link&)> on_established_;
    std::size_t failed_connects_ = 0;
    std::vector<std::unique_ptr<Link>> links_;
};

/// As messages carry them.
[[nodiscard]] std::vector<share_chain::TypedContents> typed(const std::vector<share_chain::SharePtr>& shares);

}  // namespace tests
