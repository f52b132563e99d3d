#include "p2pool/peers/peer_network.h"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <unordered_set>
#include <utility>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "dash/x11/x11.h"
#include "p2pool/peers/connector.h"
#include "p2pool/peers/gossip.h"
#include "p2pool/peers/peer_dropped.h"
#include "p2pool/peers/peer_session.h"
#include "p2pool/peers/session_table.h"
#include "p2pool/peers/share_download.h"
#include "p2pool/peers/share_exchange.h"
#include "p2pool/peers/share_intake.h"
#include "p2pool/peers/transaction_news.h"

namespace p2pool::peers {
namespace {

using share_chain::SharePtr;

constexpr double kHousekeepingSeconds = 10;
/// Transactions that so many of the best chain's youngest shares announced are kept.
constexpr std::uint64_t kYoungShares = 120;
/// A verified block is told again when dashd had time to take it.
constexpr double kTellBlockAgainSeconds = 5;
/// Whoever connects us to ourselves again and again is kept out for a while.
constexpr std::size_t kMostSelfConnections = 3;
constexpr double kSelfConnectionWindowSeconds = 600;
constexpr double kSelfConnectionBanSeconds = 300;
constexpr std::size_t kMostSelfConnectingHosts = 100;

}  // namespace

class PeerNetwork::Impl final : public SessionOwner {
  public:
    Impl(Settings settings, Environment environment)
        : settings_(std::move(settings)),
          host_(environment.host),
          timers_(environment.timers),
          clock_(environment.clock),
          random_(settings_.random_seed),
          nonce_(random_()),
          book_(settings_.most_addresses, settings_.scope),
          bans_(clock_),
          efforts_(clock_),
          transactions_(clock_),
          sessions_(timers_),
          news_(settings_, sessions_, clock_),
          intake_(environment.loader, host_.tracker()),
          exchange_(settings_, host_, intake_, sessions_, transactions_,
                    [this](const std::vector<KnownTransaction>& news) { learned(news); }),
          download_(settings_, host_, intake_, exchange_, sessions_, timers_, clock_, random_),
          gossip_(settings_, book_, sessions_, timers_, clock_, random_),
          connector_(settings_, environment.transport, timers_, clock_, book_, bans_, sessions_, random_,
                     [this](std::unique_ptr<Channel> channel, PeerSession::Direction direction) {
                         return open(std::move(channel), direction);
                     }),
          housekeeping_timer_(timers_.make_timer()),
          block_timer_(timers_.make_timer()) {
        book_.set_own(settings_.external);
    }

    void start() {
        told_best_ = host_.best_share();
        exchange_.start();
        gossip_.start();
        connector_.start();
        housekeeping_timer_->start(kHousekeepingSeconds, [this] { keep_house(); });
    }

    void set_listening(bool listening) { settings_.listening = listening; }
    void take_decision(const share_chain::Decision& decision);
    void take_template(std::vector<KnownTransaction> transactions);
    void broadcast_share(const dash::Uint256& hash) { exchange_.broadcast(hash); }
    void announce_best_block(const dash::BlockHeader& header) { sessions_.send_to_all(prefix(), BestBlock{header}); }

    AddressBook& addresses() { return book_; }
    [[nodiscard]] const KnownTransactions& transactions() const { return transactions_; }
    [[nodiscard]] std::size_t peer_count() const { return sessions_.established_count(); }
    [[nodiscard]] bool expects_chain() const {
        return peer_count() == 0 ? connector_.has_candidates() : download_.is_busy() || intake_.waiting_bytes() > 0;
    }
    [[nodiscard]] DownloadProgress download_progress() const { return download_.progress(); }
    [[nodiscard]] NetworkStatus status() const;

    Version our_version(const PeerAddress& to) override;
    void established(PeerSession& session) override;
    void received(PeerSession& session, const AddrMe& message) override { gossip_.received(session, message); }
    void received(PeerSession& session, const Addrs& message) override { gossip_.received(session, message); }
    void received(PeerSession& session, const GetAddrs& message) override { gossip_.received(session, message); }
    void received(PeerSession& session, const ShareRequest& message) override { exchange_.answer(session, message); }
    void received(PeerSession& session, const BestBlock& message) override;
    void received(PeerSession& session, Shares message) override { exchange_.received(session, std::move(message)); }
    void learned(const std::vector<KnownTransaction>& transactions) override;
    void released() override { trim_if_due(); }
    void ended(PeerSession& session, const SessionEnd& end) override;

  private:
    [[nodiscard]] dash::ByteSpan prefix() const { return settings_.network->p2p_prefix; }
    std::uint64_t open(std::unique_ptr<Channel> channel, PeerSession::Direction direction);
    void refuse_ourselves(const PeerSession& session);
    void ban_source(const std::string& source);
    void tell_verified_blocks(const std::vector<dash::Uint256>& verified);
    void tell_blocks_again();
    void tell_block(const dash::Uint256& hash);
    void update_template_at(PeerSession& session);
    void keep_house();
    void trim_transactions();
    void trim_if_due() {
        if (transactions_.is_trim_due()) trim_transactions();
    }

    Settings settings_;
    PeerHost& host_;
    TimerFactory& timers_;
    const dash::Clock& clock_;
    std::mt19937_64 random_;
    const std::uint64_t nonce_;  ///< by which we recognize ourselves
    AddressBook book_;
    Bans bans_;
    EffortAccounts efforts_;
    KnownTransactions transactions_;
    TemplateTransactions template_;
    SessionTable sessions_;
    TransactionNews news_;
    ShareIntake intake_;
    ShareExchange exchange_;
    ShareDownload download_;
    Gossip gossip_;
    Connector connector_;
    std::unique_ptr<Timer> housekeeping_timer_;
    std::unique_ptr<Timer> block_timer_;

    std::uint64_t last_session_ = 0;
    dash::Uint256 told_best_;
    dash::BlockHeader last_header_;                                ///< of a peer, that met its bits
    std::deque<std::pair<double, dash::Uint256>> blocks_to_tell_;  ///< again, and when; bounded by the time
    std::map<std::string, std::deque<double>> self_connections_;   ///< host → when
};

std::uint64_t PeerNetwork::Impl::open(std::unique_ptr<Channel> channel, PeerSession::Direction direction) {
    const std::uint64_t id = ++last_session_;
    PeerSession::Environment environment{settings_,     timers_, clock_,
                                         transactions_, random_, efforts_.of(channel->remote())};
    sessions_.add(std::make_unique<PeerSession>(id, std::move(channel), direction, *this, std::move(environment)))
        .start();
    return id;
}

Version PeerNetwork::Impl::our_version(const PeerAddress& to) {
    Version version;
    version.to.address = to;
    // Nobody uses it, and what the socket is bound to is nobody's business.
    version.from.address = *parse_peer_address("0.0.0.0", settings_.listen_port);
    version.nonce = nonce_;
    version.sub_version = settings_.sub_version;
    version.best_share_hash = host_.best_share();
    return version;
}

void PeerNetwork::Impl::established(PeerSession& session) {
    if (session.version().nonce == nonce_) refuse_ourselves(session);
    for (const PeerSession* other : sessions_.established()) {
        if (other != &session && other->version().nonce == session.version().nonce) {
            throw PeerDropped("Detected duplicate connection, disconnecting");
        }
    }
    dash::log::info(session.is_incoming() ? "Incoming" : "Outgoing", " connection ",
                    session.is_incoming() ? "from" : "to", " peer ", session.name(),
                    " established. p2pool version: ", session.version().version, " '", session.version().sub_version,
                    "'");
    connector_.session_established(session);
    session.send(Ping{});
    gossip_.advertise(session);
    const dash::Uint256& best = session.version().best_share_hash;
    if (!best.is_zero() && !host_.tracker().contains(best)) download_.ask_for_head(best, session);
    news_.greet(session, template_);
    update_template_at(session);
}

/// Throws PeerDropped.
void PeerNetwork::Impl::refuse_ourselves(const PeerSession& session) {
    const double now = dash::steady_seconds(clock_);
    std::erase_if(self_connections_,
                  [now](const auto& entry) { return entry.second.back() < now - kSelfConnectionWindowSeconds; });
    if (self_connections_.size() < kMostSelfConnectingHosts || self_connections_.count(session.address().host()) != 0) {
        std::deque<double>& times = self_connections_[session.address().host()];
        times.push_back(now);
        while (times.front() < now - kSelfConnectionWindowSeconds)
            times.pop_front();
        if (times.size() > kMostSelfConnections) {
            dash::log::warning("Connected to ourselves through ", session.address().host(), " ", times.size(),
                               " times: left alone for ", kSelfConnectionBanSeconds,
                               " seconds. If it is this machine's address, name it with --external-ip.");
            bans_.ban(session.address(), kSelfConnectionBanSeconds);
            times.clear();
            times.push_back(now);
        }
    }
    throw PeerDropped("Connected to ourselves, disconnecting");
}

void PeerNetwork::Impl::ended(PeerSession& session, const SessionEnd& end) {
    if (end.misbehaved) {
        dash::log::warning("Peer ", session.name(), " misbehaving, will drop and ban. Reason: ", end.reason);
        bans_.ban(session.address(), settings_.ban_seconds);
        dash::log::warning("Bad peer banned: ('", session.address().host(), "', ", session.address().port, ")");
    }
    if (session.has_shaken_hands()) {
        dash::log::info("Lost peer ", session.name(), " - ", end.reason);
    } else {
        dash::log::debug("No session with ", session.name(), ": ", end.reason);
    }
    sessions_.retire(session);
    connector_.session_ended(session);
}

void PeerNetwork::Impl::received(PeerSession& session, const BestBlock& message) {
    if (message.header == last_header_) return session.charge_price(effort::kNoise);
    session.charge(effort::kHeaderHashed);
    const dash::Uint256 hash = dash::x11::hash_number(message.header.serialize());
    if (hash > dash::target_if_it_fits(message.header.bits).value_or(dash::Uint256::max())) {
        throw dash::PeerMisbehaving("received block header fails PoW test");
    }
    last_header_ = message.header;
    dash::log::debug("Peer ", session.name(), " has block ", hash.to_hex());
    host_.best_block_came(message.header, hash);
}

void PeerNetwork::Impl::learned(const std::vector<KnownTransaction>& transactions) {
    if (transactions.empty()) return;
    news_.tell_of_peers(transactions);
    trim_if_due();
}

void PeerNetwork::Impl::take_template(std::vector<KnownTransaction> transactions) {
    TemplateTransactions next;
    for (KnownTransaction& transaction : transactions) {
        if (!next.names.insert(transaction.txid).second) continue;
        transactions_.add(transaction);
        transactions_.hold(transaction.txid);
        next.list.push_back(std::move(transaction));
    }
    for (const dash::Uint256& txid : std::exchange(template_, std::move(next)).names)
        transactions_.release(txid);
    news_.tell_own(template_.list);
    trim_if_due();
    for (PeerSession* session : sessions_.established())
        update_template_at(*session);
}

void PeerNetwork::Impl::update_template_at(PeerSession& session) {
    const PeerTransactions::Update update = session.transactions().change_template(template_);
    if (!update.forget.hashes.empty()) session.send(update.forget);
    if (!update.remember.hashes.empty() || !update.remember.transactions.empty()) session.send(update.remember);
}

void PeerNetwork::Impl::take_decision(const share_chain::Decision& decision) {
    for (const std::string& source : decision.misbehaving)
        ban_source(source);
    if (decision.best != told_best_) {
        told_best_ = decision.best;
        exchange_.broadcast(decision.best);
    }
    tell_verified_blocks(decision.newly_verified);
    download_.set_wanted(decision.wanted);
}

void PeerNetwork::Impl::ban_source(const std::string& source) {
    if (PeerSession* const session = sessions_.find(source)) {
        session->end({.reason = "told shares that fail their check", .misbehaved = true});
        return;
    }
    const auto place = parse_host_port(source, 1);
    const auto address = place ? parse_peer_address(place->host, place->port) : std::nullopt;
    if (!address) return;
    bans_.ban(*address, settings_.ban_seconds);
    dash::log::warning("Bad peer banned: ('", address->host(), "', ", address->port, ")");
}

void PeerNetwork::Impl::tell_verified_blocks(const std::vector<dash::Uint256>& verified) {
    for (const dash::Uint256& hash : verified) {
        const SharePtr share = host_.tracker().find(hash);
        if (share == nullptr || !share->claims_block()) continue;
        tell_block(hash);
        if (blocks_to_tell_.empty()) block_timer_->start(kTellBlockAgainSeconds, [this] { tell_blocks_again(); });
        blocks_to_tell_.emplace_back(dash::steady_seconds(clock_) + kTellBlockAgainSeconds, hash);
    }
}

void PeerNetwork::Impl::tell_blocks_again() {
    const double now = dash::steady_seconds(clock_);
    while (!blocks_to_tell_.empty() && blocks_to_tell_.front().first <= now) {
        const dash::Uint256 hash = blocks_to_tell_.front().second;
        blocks_to_tell_.pop_front();
        tell_block(hash);
    }
    if (blocks_to_tell_.empty()) return;
    block_timer_->start(blocks_to_tell_.front().first - now, [this] { tell_blocks_again(); });
}

void PeerNetwork::Impl::tell_block(const dash::Uint256& hash) {
    const SharePtr share = host_.tracker().find(hash);
    if (share != nullptr && host_.is_recent_block(*share)) exchange_.broadcast(hash);
}

void PeerNetwork::Impl::keep_house() {
    housekeeping_timer_->start(kHousekeepingSeconds, [this] { keep_house(); });
    exchange_.clean_up();
    trim_transactions();
}

void PeerNetwork::Impl::trim_transactions() {
    std::unordered_set<dash::Uint256> young;
    const dash::Uint256 best = host_.best_share();
    if (!best.is_zero()) {
        for (const SharePtr& share : host_.tracker().chain(best, kYoungShares)) {
            const auto& news = share->info().new_transaction_hashes;
            young.insert(news.begin(), news.end());
        }
    }
    news_.take_back(transactions_.trim([&](const dash::Uint256& txid) { return young.count(txid) != 0; }));
}

NetworkStatus PeerNetwork::Impl::status() const {
    NetworkStatus status;
    for (const PeerSession* session : sessions_.established()) {
        status.peers.push_back(session->status());
        if (session->is_incoming()) ++status.incoming;
    }
    status.addresses_known = book_.size();
    status.hosts_banned = bans_.size();
    status.transactions_known = transactions_.size();
    status.transaction_bytes_known = transactions_.bytes();
    status.download = download_.progress();
    return status;
}

PeerNetwork::PeerNetwork(Settings settings, Environment environment)
    : impl_(std::make_unique<Impl>(std::move(settings), environment)) {}

PeerNetwork::~PeerNetwork() = default;

void PeerNetwork::start() {
    impl_->start();
}

void PeerNetwork::set_listening(bool listening) {
    impl_->set_listening(listening);
}

void PeerNetwork::take_decision(const share_chain::Decision& decision) {
    impl_->take_decision(decision);
}

void PeerNetwork::take_template(std::vector<KnownTransaction> transactions) {
    impl_->take_template(std::move(transactions));
}

void PeerNetwork::broadcast_share(const dash::Uint256& hash) {
    impl_->broadcast_share(hash);
}

void PeerNetwork::announce_best_block(const dash::BlockHeader& header) {
    impl_->announce_best_block(header);
}

AddressBook& PeerNetwork::addresses() {
    return impl_->addresses();
}

const KnownTransactions& PeerNetwork::transactions() const {
    return impl_->transactions();
}

std::size_t PeerNetwork::peer_count() const {
    return impl_->peer_count();
}

bool PeerNetwork::expects_chain() const {
    return impl_->expects_chain();
}

DownloadProgress PeerNetwork::download_progress() const {
    return impl_->download_progress();
}

NetworkStatus PeerNetwork::status() const {
    return impl_->status();
}

}  // namespace p2pool::peers
