#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "dash/util/clock.h"
#include "p2pool/peers/address_book.h"
#include "p2pool/peers/bans.h"
#include "p2pool/peers/session_table.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/transport.h"

namespace p2pool::peers {

/// Who gets connected: chooses addresses to connect to, keeps permanent peers, judges who may come in (python
/// p2pool.p2p ClientFactory, ServerFactory, SingleClientFactory).
///
/// Unlike the python node, peers who came to us do not count towards the peers we look for: whoever fills our slots
/// must not become our only view of the network. And now and then a peer we chose is exchanged for another: the parts
/// of a network that was cut in two would else be content with themselves for ever, once each has enough peers.
class Connector {
  public:
    /// Makes a session of a new connection and returns its id.
    using Opened = std::function<std::uint64_t(std::unique_ptr<Channel>, PeerSession::Direction)>;

    Connector(const Settings& settings, Transport& transport, TimerFactory& timers, const dash::Clock& clock,
              AddressBook& book, Bans& bans, SessionTable& sessions, std::mt19937_64& random, Opened opened);

    void start();
    /// A session is over and out of the table.
    void session_ended(const PeerSession& session);
    /// The peer shook hands.
    void session_established(const PeerSession& session);
    [[nodiscard]] bool has_candidates() const;

  private:
    struct Permanent {
        HostPort place;
        std::unique_ptr<Timer> timer;
        double delay = 0;
        std::uint64_t session = 0;  ///< 0: none
    };
    struct Attempt {
        std::string group;  ///< empty while a bootstrap host's name is looked up
        PeerAddress address;
        bool renewal = false;  ///< one more than desired, until it has shaken hands
    };

    void accept(std::unique_ptr<Channel> channel);
    void look_around();
    [[nodiscard]] std::size_t outgoing_sessions() const;
    void plan_renewal();
    /// Ends one outgoing session, not that one.
    void make_way_for(const PeerSession& session);
    [[nodiscard]] bool is_taken(const PeerAddress& address) const;
    void try_address(const PeerAddress& address, bool renewal);
    void try_bootstrap(std::size_t index, bool renewal);
    void finish_attempt(std::uint64_t attempt, std::unique_ptr<Channel> channel);
    void connect_permanent(std::size_t index);
    void retry_permanent(std::size_t index);

    const Settings& settings_;
    Transport& transport_;
    const dash::Clock& clock_;
    AddressBook& book_;
    Bans& bans_;
    Bans unreachable_;  ///< did not answer lately
    SessionTable& sessions_;
    std::mt19937_64& random_;
    Opened opened_;
    std::unique_ptr<Timer> timer_;
    std::vector<Permanent> permanent_;
    std::vector<double> bootstrap_not_before_;   ///< steady seconds
    std::map<std::uint64_t, Attempt> attempts_;  ///< at most most_attempts
    std::uint64_t last_attempt_ = 0;
    double next_renewal_ = 0;  ///< steady seconds
    std::shared_ptr<Connector*> self_ = std::make_shared<Connector*>(this);
};

}  // namespace p2pool::peers
