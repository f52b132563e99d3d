#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "dash/util/clock.h"
#include "dash/util/token_bucket.h"
#include "p2pool/peers/peer_address.h"

namespace p2pool::peers {

/// What a peer may make the node thread do, which miners wait for too. In microseconds, as what a message asks for
/// takes on a small machine: an estimate, so that the same messages are always worth the same.
///
/// Who asks for more waits: his next message is taken when the debt is paid. An honest peer never comes near it: all
/// shares of a full chain are a quarter of what is granted at once.
namespace effort {

constexpr double kPerSecond = 20'000;
constexpr double kAtOnce = 400'000;
/// Then the others get their turn, though the peer may go on.
constexpr double kATurn = 5'000;

constexpr double kMessage = 2;
constexpr double kByteTaken = 0.01;
constexpr double kByteAnswered = 0.005;
constexpr double kShareAnswered = 5;
constexpr double kShareTaken = 20;
constexpr double kTransactionNamed = 0.5;
constexpr double kTransactionRemembered = 2;
constexpr double kAddressLearned = 20;
constexpr double kAddressPassedOn = 5;
constexpr double kHeaderHashed = 20;

// Prices above what it takes here, for what nobody needs often.

/// A handshake, besides the bytes of the greeting: what a host that comes anew and anew pays.
constexpr double kHandshake = 10'000;
/// Where the peer itself listens: it may have others connect there, or fill books with ports of its own.
constexpr double kOwnAddress = 500;
/// A message that tells nothing: an unknown command, an empty list, a ping, an answer nobody asked for, the block that
/// was told last.
constexpr double kNoise = 50;

[[nodiscard]] constexpr double of_message(std::size_t bytes) {
    return kMessage + kByteTaken * static_cast<double>(bytes);
}
[[nodiscard]] constexpr double of_answer(std::size_t bytes) {
    return kByteAnswered * static_cast<double>(bytes);
}

}  // namespace effort

/// What each host has left of it, however often it connects anew. This machine's programs are not one host: each
/// connection from here has an account of its own.
class EffortAccounts {
  public:
    using Account = std::shared_ptr<dash::TokenBucket>;

    /// More are of hosts that are gone: then their debts are forgotten.
    static constexpr std::size_t kMostAccounts = 10'000;

    explicit EffortAccounts(const dash::Clock& clock) : clock_(clock) {}

    [[nodiscard]] Account of(const PeerAddress& address);

  private:
    const dash::Clock& clock_;
    std::map<std::string, Account> accounts_;  ///< by subscriber; at most kMostAccounts besides those in use
};

}  // namespace p2pool::peers
