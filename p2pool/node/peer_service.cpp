#include "p2pool/node/peer_service.h"

#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/node/chain_wait.h"
#include "p2pool/node/format.h"
#include "p2pool/peer_io/address_files.h"
#include "p2pool/peer_io/asio_timers.h"
#include "p2pool/peer_io/hash_pool.h"
#include "p2pool/peer_io/port_mapper.h"
#include "p2pool/peer_io/tcp_transport.h"
#include "p2pool/version.h"

namespace p2pool::node {
namespace {

/// A program that was just stopped may hold the port for a moment.
constexpr double kListenAgainSeconds = 5;

std::vector<peers::HostPort> bootstrap_of(const share_chain::Network& network) {
    std::vector<peers::HostPort> hosts;
    for (const std::string& text : network.bootstrap_addresses) {
        if (auto host = peers::parse_host_port(text, network.p2p_port)) hosts.push_back(std::move(*host));
    }
    return hosts;
}

/// Strangers tell addresses on the networks that everybody knows; who keeps a pool of his own may keep it at home.
peers::AddressBook::Scope scope_of(const share_chain::Network& network) {
    const bool is_everybodys = share_chain::find_network(network.name) == &network;
    const bool is_regtest = network.parent == &dash::dash_regtest();
    return is_everybodys && !is_regtest ? peers::AddressBook::Scope::kPublic : peers::AddressBook::Scope::kPrivate;
}

peers::Settings network_settings(const options::Settings& settings) {
    peers::Settings network;
    network.network = settings.network;
    network.sub_version = version();
    std::random_device random;
    network.random_seed = (std::uint64_t{random()} << 32) | random();
    network.listen_port = settings.p2pool_port;
    network.advertise = settings.options.advertise;
    if (const auto& external = settings.external_address)
        network.external = peers::parse_peer_address(external->host, external->port);
    for (const options::Endpoint& node : settings.p2pool_nodes)
        network.permanent.push_back({node.host, node.port});
    network.bootstrap = bootstrap_of(*settings.network);
    network.scope = scope_of(*settings.network);
    network.desired_outgoing = settings.options.outgoing_peers;
    network.most_incoming = settings.options.most_incoming_peers;
    return network;
}

}  // namespace

class PeerService::Impl final : public peers::PeerHost {
  public:
    Impl(boost::asio::io_context& io, const options::Settings& settings, Node& node, const dash::Clock& clock,
         std::function<void(const dash::Uint256&)> on_block_heard)
        : settings_(settings),
          node_(node),
          on_block_heard_(std::move(on_block_heard)),
          chain_wait_(clock),
          transport_(io.get_executor()),
          timers_(io.get_executor()),
          hashers_(io.get_executor(), *settings.network),
          network_(network_settings(settings),
                   {.host = *this, .transport = transport_, .timers = timers_, .loader = hashers_, .clock = clock}),
          files_(settings.net_datadir / "addrs", settings.net_datadir / "p2pool.sqlite3", network_.addresses(),
                 timers_) {}

    void start() {
        dash::log::info("Joining p2pool network using port ", settings_.p2pool_port, "...");
        listen();
        if (settings_.options.upnp) port_mapper_.emplace(settings_.p2pool_port);
        network_.start();
    }

    [[nodiscard]] std::string reason_to_wait();
    void take_template(const work::WorkTemplatePtr& work_template);
    [[nodiscard]] peers::PeerNetwork& network() { return network_; }

  private:
    void listen();
    [[nodiscard]] const share_chain::Tracker& tracker() const override { return node_.tracker(); }
    [[nodiscard]] dash::Uint256 best_share() const override { return node_.best_share(); }
    void shares_came(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source) override {
        chain_wait_.shares_came();
        node_.take_peer_shares(shares, source);
    }
    void best_block_came(const dash::BlockHeader& header, const dash::Uint256& hash) override;
    [[nodiscard]] bool is_recent_block(const share_chain::Share& share) const override {
        return node_.is_recent_block(share.header.previous_block) || node_.is_recent_block(share.hash);
    }

    const options::Settings& settings_;
    Node& node_;
    std::function<void(const dash::Uint256&)> on_block_heard_;
    ChainWait chain_wait_;
    peer_io::TcpTransport transport_;
    peer_io::AsioTimers timers_;
    peer_io::HashPool hashers_;
    peers::PeerNetwork network_;
    peer_io::AddressFiles files_;
    std::optional<peer_io::PortMapper> port_mapper_;
    std::unique_ptr<peers::Timer> listen_timer_ = timers_.make_timer();
    bool told_port_problem_ = false;
    work::WorkTemplatePtr told_template_;
    dash::Uint256 heard_block_;
};

/// Miners and peers that we connect to need no port of ours: the node goes on without, and tries again.
void PeerService::Impl::listen() {
    try {
        transport_.listen(settings_.p2pool_port);
        network_.set_listening(true);
        if (told_port_problem_) dash::log::info("Listening for p2pool peers on port ", settings_.p2pool_port);
    } catch (const dash::ConfigError& problem) {
        network_.set_listening(false);
        if (!std::exchange(told_port_problem_, true)) {
            dash::log::error(problem.what(), ". Until then other p2pool nodes cannot connect to this one.");
        }
        listen_timer_->start(kListenAgainSeconds, [this] { listen(); });
    }
}

std::string PeerService::Impl::reason_to_wait() {
    if (!network_.expects_chain() || chain_wait_.is_over()) return {};
    if (network_.peer_count() == 0) return "the node looks for p2pool peers to get the share chain from; work follows";
    const peers::DownloadProgress progress = network_.download_progress();
    std::string text = "the node downloads the share chain: " + std::to_string(progress.known_shares) + " of about " +
                       std::to_string(progress.estimated_total) + " shares";
    if (progress.seconds_left) text += ", " + format_duration(*progress.seconds_left) + " left";
    return text + "; work follows";
}

void PeerService::Impl::take_template(const work::WorkTemplatePtr& work_template) {
    if (told_template_ != nullptr && told_template_->txids == work_template->txids) return;
    told_template_ = work_template;
    std::vector<peers::KnownTransaction> transactions;
    transactions.reserve(work_template->txids.size());
    for (std::size_t i = 0; i < work_template->txids.size(); ++i) {
        // Points into the template, which it keeps alive.
        transactions.push_back(
            {work_template->txids[i],
             std::shared_ptr<const dash::Bytes>(work_template, &work_template->block.transactions[i].data)});
    }
    network_.take_template(std::move(transactions));
}

/// A stranger may name any block whose hash meets bits of his choice: only one that is as hard as ours, and stands on
/// our tip, is worth a question to dashd and a word to the others.
void PeerService::Impl::best_block_came(const dash::BlockHeader& header, const dash::Uint256& hash) {
    const work::WorkTemplatePtr current = node_.current_template();
    if (current == nullptr || hash == heard_block_) return;
    if (header.previous_block != current->block.previous_block || hash > current->block.target) return;
    heard_block_ = hash;
    dash::log::info("Skipping from block ", header.previous_block.to_hex(), " to block ", hash.to_hex(),
                    "! NewHeight=", current->block.height + 1);
    network_.announce_best_block(header);
    on_block_heard_(hash);
}

PeerService::PeerService(boost::asio::io_context& io, const options::Settings& settings, Node& node,
                         const dash::Clock& clock, std::function<void(const dash::Uint256&)> on_block_heard)
    : impl_(std::make_unique<Impl>(io, settings, node, clock, std::move(on_block_heard))) {}

PeerService::~PeerService() = default;

void PeerService::start() {
    impl_->start();
}

PeerKnowledge PeerService::knowledge() const {
    return {
        .find_transaction =
            [impl = impl_.get()](const dash::Uint256& txid) { return impl->network().transactions().find_late(txid); },
        .reason_to_wait = [impl = impl_.get()] { return impl->reason_to_wait(); }};
}

void PeerService::take_decision(const share_chain::Decision& decision) {
    impl_->network().take_decision(decision);
}

void PeerService::take_template(const work::WorkTemplatePtr& work_template) {
    impl_->take_template(work_template);
}

void PeerService::announce_best_block(const dash::BlockHeader& header) {
    impl_->network().announce_best_block(header);
}

const peers::PeerNetwork& PeerService::network() const {
    return impl_->network();
}

}  // namespace p2pool::node
