#include "p2pool/peers/gossip.h"

#include <algorithm>
#include <cmath>

#include "dash/util/steady_seconds.h"

namespace p2pool::peers {
namespace {

constexpr double kMeanAskSeconds = 20;
constexpr std::size_t kEnoughAddresses = 1000;
constexpr std::uint32_t kAddressesAskedFor = 8;
constexpr double kMeanAdvertiseSeconds = 100;
constexpr double kPassOnProbability = 0.8;
constexpr std::size_t kMostAddressesTold = 100;
/// Who asks again sooner hears the same: to choose takes a look at each address there is.
constexpr double kChoiceSeconds = 5;
/// More in one message are not looked at.
constexpr std::size_t kMostAddressesTaken = 1000;
/// More of one message are not passed on.
constexpr std::size_t kMostAddressesPassedOn = 100;

}  // namespace

Gossip::Gossip(const Settings& settings, AddressBook& book, SessionTable& sessions, TimerFactory& timers,
               const dash::Clock& clock, std::mt19937_64& random)
    : settings_(settings),
      book_(book),
      sessions_(sessions),
      clock_(clock),
      random_(random),
      ask_timer_(timers.make_timer()),
      advertise_timer_(timers.make_timer()) {}

double Gossip::random_delay(double mean_seconds) {
    return std::exponential_distribution<double>(1 / mean_seconds)(random_);
}

bool Gossip::is_lucky() {
    return std::bernoulli_distribution(kPassOnProbability)(random_);
}

void Gossip::start() {
    ask_timer_->start(random_delay(kMeanAskSeconds), [this] { ask_somebody(); });
    advertise_timer_->start(random_delay(kMeanAdvertiseSeconds), [this] { advertise_to_somebody(); });
}

void Gossip::ask_somebody() {
    ask_timer_->start(random_delay(kMeanAskSeconds), [this] { ask_somebody(); });
    if (book_.size() >= kEnoughAddresses) return;
    if (PeerSession* const peer = sessions_.any(random_)) peer->send(GetAddrs{kAddressesAskedFor});
}

void Gossip::advertise_to_somebody() {
    advertise_timer_->start(random_delay(kMeanAdvertiseSeconds), [this] { advertise_to_somebody(); });
    if (PeerSession* const peer = sessions_.any(random_)) advertise(*peer);
}

void Gossip::advertise(PeerSession& session) {
    if (!settings_.listening || !settings_.advertise) return;
    if (settings_.external && settings_.external->is_ipv4()) {
        const auto now = static_cast<std::uint64_t>(clock_.unix_seconds());
        session.send(Addrs{{TimedAddress{now, NetworkAddress{0, *settings_.external}}}});
    } else {
        session.send(AddrMe{settings_.external ? settings_.external->port : settings_.listen_port});
    }
}

void Gossip::received(PeerSession& session, const AddrMe& message) {
    session.charge(effort::kAddressLearned);
    session.charge_price(effort::kOwnAddress);
    PeerAddress address = session.address();
    address.port = message.port;
    // From this machine, or through a tunnel that ends here: somebody else may see the address.
    if (address.is_loopback()) {
        if (is_lucky()) pass_on(session, message);
        return;
    }
    const double now = std::floor(clock_.unix_seconds());
    book_.learn(address, 0, now);
    if (!may_be_told(address) || !is_lucky()) return;
    const TimedAddress entry{static_cast<std::uint64_t>(now), NetworkAddress{0, address}};
    pass_on(session, Addrs{{entry}});
}

template <typename Message>
void Gossip::pass_on(PeerSession& from, const Message& message) {
    if (!passes_.take(dash::steady_seconds(clock_))) return;
    from.charge(effort::kAddressPassedOn);
    if (PeerSession* const peer = sessions_.any(random_)) peer->send(message);
}

bool Gossip::may_be_told(const PeerAddress& address) const {
    return address.is_ipv4() && book_.is_acceptable(address);
}

void Gossip::received(PeerSession& session, const Addrs& message) {
    const double now = std::floor(clock_.unix_seconds());
    const std::size_t taken = std::min(message.addresses.size(), kMostAddressesTaken);
    session.charge_list(taken, effort::kAddressLearned);
    std::size_t passed_on = 0;
    for (std::size_t i = 0; i < taken; ++i) {
        const TimedAddress& entry = message.addresses[i];
        const PeerAddress& address = entry.address.address;
        book_.learn(address, entry.address.services, std::min(now, static_cast<double>(entry.timestamp)));
        if (!may_be_told(address) || passed_on >= kMostAddressesPassedOn || !is_lucky()) continue;
        ++passed_on;
        TimedAddress told = entry;
        told.timestamp = std::min(told.timestamp, static_cast<std::uint64_t>(now));
        pass_on(session, Addrs{{told}});
    }
}

void Gossip::choose_addresses() {
    const double now = dash::steady_seconds(clock_);
    if (now < chosen_until_) return;
    chosen_until_ = now + kChoiceSeconds;
    chosen_.clear();
    for (const AddressRecord& record :
         book_.good(kMostAddressesTold, AddressBook::Family::kIpv4, clock_.unix_seconds(), random_)) {
        chosen_.push_back({static_cast<std::uint64_t>(std::max(record.last_seen, 0.0)),
                           NetworkAddress{record.services, record.address}});
    }
}

void Gossip::received(PeerSession& session, const GetAddrs& message) {
    choose_addresses();
    const std::size_t count = std::min<std::size_t>(message.count, chosen_.size());
    const Addrs answer{{chosen_.begin(), chosen_.begin() + static_cast<std::ptrdiff_t>(count)}};
    const dash::p2p::SharedFrame frame = make_frame(settings_.network->p2p_prefix, answer);
    session.charge(effort::of_answer(frame->size()));
    session.send_frame(frame);
}

}  // namespace p2pool::peers
