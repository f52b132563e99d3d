#pragma once

#include <functional>
#include <vector>

#include "share_chain/codec.h"
#include "share_chain/share.h"

namespace p2pool::peers {

using share_chain::LoadedShare;

/// Decodes shares and makes the checks that need no other share (share_chain::load_shares: one X11 each), away from the
/// node thread where it can. Node thread only.
class ShareLoader {
  public:
    using Done = std::function<void(std::vector<LoadedShare>)>;

    virtual ~ShareLoader() = default;
    /// Answers from the event loop, batches in the order of the calls, shares in the order given.
    virtual void load(std::vector<share_chain::TypedContents> batch, Done done) = 0;
    /// Bytes of the batches that wait for an answer: who feeds this stops reading above a limit.
    [[nodiscard]] virtual std::size_t waiting_bytes() const = 0;
};

}  // namespace p2pool::peers
