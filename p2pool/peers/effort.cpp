#include "p2pool/peers/effort.h"

#include "dash/util/steady_seconds.h"

namespace p2pool::peers {

EffortAccounts::Account EffortAccounts::of(const PeerAddress& address) {
    const auto make = [] { return std::make_shared<dash::TokenBucket>(effort::kPerSecond, effort::kAtOnce); };
    if (address.is_loopback()) return make();
    const double now = dash::steady_seconds(clock_);
    const bool is_crowded = accounts_.size() >= kMostAccounts;
    std::erase_if(accounts_, [&](const auto& entry) {
        return entry.second.use_count() == 1 && (is_crowded || entry.second->is_full(now));
    });
    Account& account = accounts_[address.subscriber()];
    if (account == nullptr) account = make();
    return account;
}

}  // namespace p2pool::peers
