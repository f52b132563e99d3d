#pragma once

#include <functional>

#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"

/// What must hold with any Dash daemon: run on the stand-in and on a real Dash Core.
namespace end_to_end {

/// Mines until a solution is a block and the daemon has it on its chain; returns it.
Found mine_block(const Daemon& daemon, Miner& miner);

/// Miners with several payout addresses mine shares; each solution that is a block reaches the daemon's chain, and pays
/// the share chain's miners and exactly whom Dash demands. `blocks` of them, enough for every kind of payee to have had
/// its turn.
void mine_blocks_with_every_payee(Daemon& daemon, NodeProcess& node, int blocks);

/// Blocks carry the transactions of the daemon's mempool.
void mine_blocks_with_transactions(Daemon& daemon, NodeProcess& node,
                                   const std::function<void(int)>& send_transactions);

/// A block that somebody else found gives every miner a clean job at once.
void follow_a_foreign_block(Daemon& daemon, NodeProcess& node);

}  // namespace end_to_end
