#pragma once

#include "p2pool/stratum/difficulty.h"
#include "share_chain/network.h"

namespace p2pool::stratum {

/// Moves a connection's difficulty so that a submit comes about every `share_seconds` (python p2pool.dash.stratum).
/// Pure logic; times are seconds that never go back.
///
/// With n submits since the last change, the first of them e seconds ago, and T = n · share_seconds, the difficulty is
/// reconsidered when n ≥ shares_trigger, when e > timeout_multiple · T, or when n ≥ quickup_shares and e < T /
/// quickup_divisor. The target is then multiplied by e / T within min_adjust … max_adjust.
class Vardiff {
  public:
    Vardiff(const share_chain::VardiffSettings& settings, double share_seconds, const Difficulty& start, double now);

    [[nodiscard]] const Difficulty& difficulty() const { return difficulty_; }
    [[nodiscard]] double share_seconds() const { return share_seconds_; }

    void set_difficulty(const Difficulty& difficulty) { difficulty_ = difficulty; }
    void set_share_seconds(double share_seconds) { share_seconds_ = share_seconds; }

    /// Counts a submit; true when the difficulty was reconsidered (it may have stayed).
    bool submitted(double now, const DifficultyRange& range);

    /// Called when new work is about to be sent: halves the difficulty of a miner that had submitted and fell silent.
    /// One that never submitted is left alone: idle backup connections would all sink to the floor and flood the node
    /// on the day they are needed.
    bool relax_if_silent(double now, const DifficultyRange& range);

  private:
    [[nodiscard]] bool is_time_to_adjust(double elapsed) const;

    share_chain::VardiffSettings settings_;
    double share_seconds_;
    Difficulty difficulty_;
    int submits_ = 0;          ///< since the last change, the submit that led to it included
    double first_submit_ = 0;  ///< of those
    bool has_submitted_ = false;
    double last_sign_of_life_;
};

}  // namespace p2pool::stratum
