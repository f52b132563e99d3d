#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "dash/primitives/block.h"
#include "dash/util/clock.h"
#include "p2pool/node/node.h"
#include "p2pool/options/options.h"
#include "p2pool/peers/peer_network.h"

namespace p2pool::node {

/// The node's side of the p2pool network: gives the network its sockets, threads and files, and joins it with the node.
/// Node thread; must be gone before the io_context.
class PeerService {
  public:
    /// `on_block_heard`: a peer tells of a block on dashd's tip, which dashd may not have told of yet.
    PeerService(boost::asio::io_context& io, const options::Settings& settings, Node& node, const dash::Clock& clock,
                std::function<void(const dash::Uint256& hash)> on_block_heard);
    /// Saves the addresses and drops all peers.
    ~PeerService();
    PeerService(const PeerService&) = delete;
    PeerService& operator=(const PeerService&) = delete;

    /// Listens and connects. The stored shares are in the node's tracker. When the port is taken, says so and tries
    /// again.
    void start();

    /// What Node asks of the network.
    [[nodiscard]] PeerKnowledge knowledge() const;
    /// After each choice of the best share.
    void take_decision(const share_chain::Decision& decision);
    /// After each template.
    void take_template(const work::WorkTemplatePtr& work_template);
    /// dashd's tip is another one.
    void announce_best_block(const dash::BlockHeader& header);

    [[nodiscard]] const peers::PeerNetwork& network() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::node
