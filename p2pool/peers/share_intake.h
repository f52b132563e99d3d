#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "p2pool/peers/share_loading.h"
#include "share_chain/tracker.h"

namespace p2pool::peers {

/// Brings shares to the loader, but for those whose bytes came before and are in the tracker: several peers send the
/// same shares, and each is hashed once.
class ShareIntake {
  public:
    static constexpr std::size_t kMostRememberedShares = 20'000;

    ShareIntake(ShareLoader& loader, const share_chain::Tracker& tracker) : loader_(loader), tracker_(tracker) {}

    /// Shares in the order given; from inside the call when none has to be hashed, and never after the intake is
    /// destroyed.
    void load(std::vector<share_chain::TypedContents> batch, ShareLoader::Done done);
    [[nodiscard]] std::size_t waiting_bytes() const { return loader_.waiting_bytes(); }

  private:
    void remember(const dash::Uint256& digest, const dash::Uint256& share);

    ShareLoader& loader_;
    const share_chain::Tracker& tracker_;
    std::unordered_map<dash::Uint256, dash::Uint256> shares_;  ///< double SHA-256 of contents → share
    std::deque<dash::Uint256> order_;                          ///< at most kMostRememberedShares
    std::shared_ptr<ShareIntake*> self_ = std::make_shared<ShareIntake*>(this);
};

}  // namespace p2pool::peers
