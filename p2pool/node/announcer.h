#pragma once

#include <memory>
#include <optional>

#include "dash/submission/won_block.h"
#include "p2pool/notify/notifier.h"
#include "p2pool/options/options.h"
#include "web/service.h"

namespace p2pool::node {

/// Tells the receivers that telegram_config.json and hooks.json name of blocks, and of the pages' alerts.
class Announcer {
  public:
    /// Before `web` starts; it must have stopped when this one ends.
    Announcer(const options::Settings& settings, web::Service& web);

    /// From the node thread; returns at once.
    void block_won(const dash::submission::WonBlock& block, std::optional<double> pool_hashes_per_second);
    /// What is not out yet goes out in the next run.
    void stop();

  private:
    const share_chain::Network& network_;
    std::unique_ptr<notify::Notifier> notifier_;  ///< null: nobody wants to be told
};

}  // namespace p2pool::node
