#include "p2pool/peers/connector.h"

#include <algorithm>

#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"

namespace p2pool::peers {
namespace {

constexpr double kMeanLookSeconds = 1;
/// The best address may be one that we have a connection to.
constexpr std::size_t kCandidates = 5;

}  // namespace

Connector::Connector(const Settings& settings, Transport& transport, TimerFactory& timers, const dash::Clock& clock,
                     AddressBook& book, Bans& bans, SessionTable& sessions, std::mt19937_64& random, Opened opened)
    : settings_(settings),
      transport_(transport),
      clock_(clock),
      book_(book),
      bans_(bans),
      unreachable_(clock),
      sessions_(sessions),
      random_(random),
      opened_(std::move(opened)),
      timer_(timers.make_timer()),
      bootstrap_not_before_(settings.bootstrap.size(), 0) {
    for (const HostPort& place : settings.permanent) {
        permanent_.push_back({place, timers.make_timer(), settings.first_reconnect_seconds, 0});
    }
}

void Connector::start() {
    transport_.on_incoming([weak = std::weak_ptr(self_)](std::unique_ptr<Channel> channel) {
        if (const auto self = weak.lock()) (*self)->accept(std::move(channel));
    });
    for (std::size_t i = 0; i < permanent_.size(); ++i)
        connect_permanent(i);
    plan_renewal();
    look_around();
}

bool Connector::has_candidates() const {
    return !permanent_.empty() || !settings_.bootstrap.empty() || book_.size() > 0;
}

void Connector::accept(std::unique_ptr<Channel> channel) {
    const PeerAddress& address = channel->remote();
    std::size_t incoming = 0;
    std::size_t of_group = 0;
    for (const PeerSession* session : sessions_.all()) {
        if (!session->is_incoming()) continue;
        ++incoming;
        if (session->address().group() == address.group()) ++of_group;
    }
    if (incoming >= settings_.most_incoming || of_group >= settings_.most_incoming_a_group ||
        bans_.is_banned(address)) {
        dash::log::debug("Turned away ", address.text(), ": it is banned, or there are enough like it");
        return;
    }
    opened_(std::move(channel), PeerSession::Direction::kIncoming);
}

std::size_t Connector::outgoing_sessions() const {
    const std::vector<PeerSession*> sessions = sessions_.all();
    return static_cast<std::size_t>(std::count_if(sessions.begin(), sessions.end(), [](const PeerSession* session) {
        return session->direction() == PeerSession::Direction::kOutgoing;
    }));
}

/// Connected in any direction, or its neighbourhood is one of those we chose or are about to.
bool Connector::is_taken(const PeerAddress& address) const {
    const std::string group = address.group();
    const std::vector<PeerSession*> sessions = sessions_.all();
    return std::any_of(sessions.begin(), sessions.end(),
                       [&](const PeerSession* session) {
                           if (session->is_incoming()) return session->address().ip == address.ip;
                           return session->address().group() == group;
                       }) ||
           std::any_of(attempts_.begin(), attempts_.end(),
                       [&](const auto& attempt) { return attempt.second.group == group; });
}

void Connector::look_around() {
    timer_->start(std::exponential_distribution<double>(1 / kMeanLookSeconds)(random_), [this] { look_around(); });
    const std::size_t outgoing = outgoing_sessions();
    const bool renewal =
        outgoing > 0 && outgoing == settings_.desired_outgoing && dash::steady_seconds(clock_) >= next_renewal_;
    if (outgoing >= settings_.desired_outgoing && !renewal) return;
    if (attempts_.size() >= settings_.most_attempts) return;
    if (renewal) plan_renewal();
    const std::size_t hosts = settings_.bootstrap.size();
    const std::size_t choices = hosts + book_.size();
    if (choices == 0) return;
    const std::size_t choice = std::uniform_int_distribution<std::size_t>(0, choices - 1)(random_);
    if (choice < hosts) return try_bootstrap(choice, renewal);
    for (const AddressRecord& record :
         book_.good(kCandidates, AddressBook::Family::kAny, clock_.unix_seconds(), random_)) {
        const PeerAddress& address = record.address;
        if (is_taken(address) || bans_.is_banned(address) || unreachable_.is_banned(address)) continue;
        return try_address(address, renewal);
    }
}

void Connector::plan_renewal() {
    next_renewal_ =
        dash::steady_seconds(clock_) + std::exponential_distribution<double>(1 / settings_.renewal_seconds)(random_);
}

void Connector::try_address(const PeerAddress& address, bool renewal) {
    const std::uint64_t attempt = ++last_attempt_;
    attempts_[attempt] = {address.group(), address, renewal};
    transport_.connect(
        address.host(), address.port, settings_.connect_timeout_seconds,
        [weak = std::weak_ptr(self_), attempt, address](std::unique_ptr<Channel> channel, const std::string&) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            if (channel == nullptr) {
                (*self)->book_.tried(address, false);
                (*self)->unreachable_.ban(address, (*self)->settings_.failed_connect_seconds);
            }
            (*self)->finish_attempt(attempt, std::move(channel));
        });
}

void Connector::try_bootstrap(std::size_t index, bool renewal) {
    const double now = dash::steady_seconds(clock_);
    if (bootstrap_not_before_[index] > now) return;
    bootstrap_not_before_[index] = now + settings_.failed_connect_seconds;
    const HostPort& place = settings_.bootstrap[index];
    const std::uint64_t attempt = ++last_attempt_;
    attempts_[attempt] = {{}, {}, renewal};
    transport_.connect(place.host, place.port, settings_.connect_timeout_seconds,
                       [weak = std::weak_ptr(self_), attempt, name = place.text()](std::unique_ptr<Channel> channel,
                                                                                   const std::string& reason) {
                           const auto self = weak.lock();
                           if (self == nullptr) return;
                           if (channel == nullptr) dash::log::debug("Cannot reach bootstrap host ", name, ": ", reason);
                           (*self)->finish_attempt(attempt, std::move(channel));
                       });
}

void Connector::finish_attempt(std::uint64_t attempt, std::unique_ptr<Channel> channel) {
    const auto found = attempts_.find(attempt);
    const std::size_t most = settings_.desired_outgoing + (found->second.renewal ? 1 : 0);
    attempts_.erase(found);
    if (channel == nullptr || outgoing_sessions() >= most) return;
    if (is_taken(channel->remote()) || bans_.is_banned(channel->remote())) return;
    opened_(std::move(channel), PeerSession::Direction::kOutgoing);
}

void Connector::connect_permanent(std::size_t index) {
    const HostPort& place = permanent_[index].place;
    transport_.connect(
        place.host, place.port, settings_.connect_timeout_seconds,
        [weak = std::weak_ptr(self_), index](std::unique_ptr<Channel> channel, const std::string& reason) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            Permanent& permanent = (*self)->permanent_[index];
            if (channel == nullptr) {
                dash::log::info("Cannot reach peer ", permanent.place.text(), " (-n): ", reason, ". Next try in ",
                                static_cast<int>(permanent.delay), " seconds");
                return (*self)->retry_permanent(index);
            }
            permanent.session = (*self)->opened_(std::move(channel), PeerSession::Direction::kPermanent);
            if ((*self)->sessions_.find(permanent.session) == nullptr) (*self)->retry_permanent(index);
        });
}

void Connector::retry_permanent(std::size_t index) {
    Permanent& permanent = permanent_[index];
    permanent.session = 0;
    permanent.timer->start(permanent.delay, [this, index] { connect_permanent(index); });
    permanent.delay = std::min(permanent.delay * 2, settings_.longest_reconnect_seconds);
}

void Connector::session_ended(const PeerSession& session) {
    for (std::size_t i = 0; i < permanent_.size(); ++i) {
        if (permanent_[i].session == session.id()) retry_permanent(i);
    }
    if (session.direction() == PeerSession::Direction::kOutgoing && !session.has_shaken_hands()) {
        book_.tried(session.address(), false);
        unreachable_.ban(session.address(), settings_.failed_connect_seconds);
    }
}

void Connector::session_established(const PeerSession& session) {
    for (Permanent& permanent : permanent_) {
        if (permanent.session == session.id()) permanent.delay = settings_.first_reconnect_seconds;
    }
    if (session.is_incoming()) return;
    make_way_for(session);
    book_.learn(session.address(), session.version().services, clock_.unix_seconds());
    book_.tried(session.address(), true);
}

void Connector::make_way_for(const PeerSession& session) {
    if (outgoing_sessions() <= settings_.desired_outgoing) return;
    std::vector<PeerSession*> others = sessions_.all();
    std::erase_if(others, [&](const PeerSession* other) {
        return other == &session || other->direction() != PeerSession::Direction::kOutgoing;
    });
    if (others.empty()) return;
    const std::size_t choice = std::uniform_int_distribution<std::size_t>(0, others.size() - 1)(random_);
    others[choice]->end({.reason = "Exchanged for another peer", .misbehaved = false});
}

}  // namespace p2pool::peers
