#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "dash/backends/backends.h"
#include "dash/util/clock.h"
#include "p2pool/node/node.h"
#include "p2pool/peers/status.h"
#include "p2pool/stratum/server.h"
#include "web/snapshot.h"

namespace p2pool::node {

/// Tells the web side what the node does: gathers what happens, and makes a picture of the node now and then. Node
/// thread.
class WebFeed {
  public:
    /// Takes each picture; must not block.
    using Publish = std::function<void(web::SnapshotPtr, web::Happenings)>;
    using NetworkStatus = std::function<peers::NetworkStatus()>;

    /// All of it must outlive the feed's last call. The shares that the node has already are told first.
    WebFeed(Publish publish, Node& node, stratum::Server& server, NetworkStatus network, const dash::Clock& clock);

    void work_accepted(const AcceptedWork& work);
    void template_came(double seconds) { happenings_.template_seconds.push_back(seconds); }
    /// What dashd says of itself (getnetworkinfo), from the next picture on.
    void take_dashd_warnings(const std::string& warnings) { warned_of_.dashd_warnings = warnings; }
    /// When the next picture is due: a second after the last one, or when it is less than a hundredth of the node's
    /// time.
    [[nodiscard]] std::chrono::steady_clock::duration pause() const;
    /// Never holds the thread for long: miners' connections are looked at bit by bit.
    [[nodiscard]] boost::asio::awaitable<void> publish(const dash::backends::Backends& dashds);

  private:
    void tell_known_shares();
    void share_added(const share_chain::SharePtr& share);
    [[nodiscard]] std::shared_ptr<const dash::Bytes> coinbase_of(const share_chain::Share& share) const;
    void look_at_template();
    void look_at_chain();
    [[nodiscard]] std::shared_ptr<const web::ChainFacts> chain_facts() const;
    void add_rates(web::ChainFacts& facts) const;
    [[nodiscard]] std::map<std::uint64_t, dash::Wide> version_counts(std::uint64_t height) const;
    [[nodiscard]] std::uint64_t last_hour(std::uint64_t height) const;

    Publish publish_;
    Node& node_;
    stratum::Server& server_;
    NetworkStatus network_;
    const dash::Clock& clock_;
    web::Happenings happenings_;
    /// The parts that were told last, and what they were made from.
    web::Snapshot last_;
    work::WorkTemplatePtr template_;
    double block_came_ = 0;  ///< steady seconds: first template on the present block
    dash::Uint256 chain_best_;
    work::WorkTemplatePtr chain_template_;
    NodeStatus warned_of_;  ///< as much of it as warnings come from
    std::chrono::steady_clock::duration cost_{};
};

}  // namespace p2pool::node
