#pragma once

#include "dash/util/error.h"

namespace p2pool::peers {

/// Costs the peer its connection, but no ban.
class PeerDropped : public dash::Error {
  public:
    using dash::Error::Error;
};

}  // namespace p2pool::peers
