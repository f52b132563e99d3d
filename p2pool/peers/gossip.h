#pragma once

#include <memory>
#include <random>
#include <vector>

#include "dash/util/clock.h"
#include "dash/util/token_bucket.h"
#include "p2pool/peers/address_book.h"
#include "p2pool/peers/session_table.h"
#include "p2pool/peers/settings.h"

namespace p2pool::peers {

/// What peers tell each other about where nodes are (python p2pool.p2p: addrme, addrs, getaddrs). Only IPv4 addresses
/// are told: the python node fails on others.
class Gossip {
  public:
    /// Addresses passed on, whoever told them: each goes on from node to node, on the account of honest ones, and a
    /// stranger can make up any number.
    static constexpr double kPassedOnPerSecond = 5;
    static constexpr double kPassedOnAtOnce = 200;

    Gossip(const Settings& settings, AddressBook& book, SessionTable& sessions, TimerFactory& timers,
           const dash::Clock& clock, std::mt19937_64& random);

    void start();
    /// Tells one peer where we are, unless nobody shall know.
    void advertise(PeerSession& session);
    void received(PeerSession& session, const AddrMe& message);
    void received(PeerSession& session, const Addrs& message);
    void received(PeerSession& session, const GetAddrs& message);

  private:
    void ask_somebody();
    void advertise_to_somebody();
    void choose_addresses();
    [[nodiscard]] bool is_lucky();
    /// To any peer, by chance, while the budget lasts; `from` is charged for it.
    template <typename Message>
    void pass_on(PeerSession& from, const Message& message);
    [[nodiscard]] bool may_be_told(const PeerAddress& address) const;
    [[nodiscard]] double random_delay(double mean_seconds);

    const Settings& settings_;
    AddressBook& book_;
    SessionTable& sessions_;
    const dash::Clock& clock_;
    std::mt19937_64& random_;
    dash::TokenBucket passes_{kPassedOnPerSecond, kPassedOnAtOnce};
    std::vector<TimedAddress> chosen_;  ///< to be told, best first; as many as anybody is told
    double chosen_until_ = 0;           ///< steady seconds
    std::unique_ptr<Timer> ask_timer_;
    std::unique_ptr<Timer> advertise_timer_;
};

}  // namespace p2pool::peers
