#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/end_to_end/rpc.h"

namespace soak {

enum class Fate { kPending, kAccepted, kOrphaned };

struct WonBlock {
    std::string node;
    double seen_at = 0;    ///< seconds since the soak's begin
    bool at_kill = false;  ///< told in the instant of a kill: it may not have got to the disk
    Fate fate = Fate::kPending;
};

struct BlockCounts {
    std::size_t won = 0;
    std::size_t accepted = 0;
    std::size_t orphaned = 0;
    std::size_t pending = 0;
    std::size_t killed = 0;  ///< found in the instant of a kill, and gone with the process

    /// Every block has one fate.
    [[nodiscard]] bool adds_up() const { return won == accepted + orphaned + pending + killed; }
};

/// The books of won blocks: what the nodes' logs claim, held against the daemon's chain and the nodes' journals.
class Ledger {
  public:
    void won(const std::string& hash, const std::string& node, bool at_kill, double now);

    /// Asks the daemon what became of the blocks found since `since`. Throws when it does not answer.
    void update(const end_to_end::Rpc& daemon, double since);

    /// Blocks that the daemon still does not know, found before `before`.
    [[nodiscard]] std::vector<std::string> overdue(double before);
    /// What a stopped node's journal says that the daemon's chain does not bear out.
    [[nodiscard]] std::vector<std::string> disagreements(const std::string& node,
                                                         const std::filesystem::path& database) const;

    [[nodiscard]] BlockCounts counts() const;

  private:
    std::map<std::string, WonBlock> blocks_;
    std::map<std::string, bool> told_overdue_;
};

}  // namespace soak
