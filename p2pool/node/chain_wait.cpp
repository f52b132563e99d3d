#include "p2pool/node/chain_wait.h"

#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/node/format.h"

namespace p2pool::node {

ChainWait::ChainWait(const dash::Clock& clock)
    : clock_(clock), began_at_(dash::steady_seconds(clock)), last_share_at_(began_at_) {}

void ChainWait::shares_came() {
    last_share_at_ = dash::steady_seconds(clock_);
}

bool ChainWait::is_over() {
    if (over_) return true;
    const double now = dash::steady_seconds(clock_);
    const bool is_silent = now - last_share_at_ >= kLongestSilenceSeconds;
    over_ = is_silent || now - began_at_ >= kLongestSeconds;
    if (!over_) return false;
    dash::log::warning(
        is_silent ? "No share came from p2pool peers for " + format_duration(kLongestSilenceSeconds)
                  : "No usable share chain came from p2pool peers in " + format_duration(kLongestSeconds),
        ": miners now get work on a share chain of this node's own, and until that of the others comes a found block "
        "pays this node's miners alone. See that this machine reaches the Internet and that no firewall keeps it from "
        "p2pool's port, or name a node that is up with -n HOST.");
    return true;
}

}  // namespace p2pool::node
