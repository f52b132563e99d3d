#pragma once

#include <optional>
#include <string_view>

#include "dash/primitives/uint256.h"
#include "share_chain/network.h"

namespace p2pool::stratum {

/// A difficulty as a miner is told it, and the target that his hashes are compared with.
struct Difficulty {
    double value = 0;
    dash::Uint256 target;

    /// `value` ≥ 0; what is below the difficulty of the easiest target becomes that.
    [[nodiscard]] static Difficulty of(double value);
    [[nodiscard]] static Difficulty of_target(const dash::Uint256& target);

    friend bool operator==(const Difficulty&, const Difficulty&) = default;
};

/// A difficulty as python's float() reads it: white space around it is allowed, what is too large is infinite. nullopt
/// for anything else, for NaN, and for what is below zero.
[[nodiscard]] std::optional<double> parse_difficulty(std::string_view text);

/// The easier and the harder end of what a miner may be given.
struct DifficultyRange {
    Difficulty easiest;
    Difficulty hardest;
};

/// How hard the work of one network's miners may be. `share` is the difficulty of the share that the job in question
/// can make, or of a merge-mined block when that is easier.
///
/// The floor keeps floods away, the ceiling keeps miners from settings that would silence them. Where there is a floor,
/// what the node chooses by itself is never harder than the share: a miner drops what is above his target, shares
/// included. Where there is none (test networks) shares may be as easy as single hashes, and would be a flood
/// themselves.
class DifficultyPolicy {
  public:
    static constexpr double kCeiling = 1'000'000;

    explicit DifficultyPolicy(const share_chain::Network& network);

    /// What a miner asked for (`+N`, suggest_difficulty), within floor and ceiling. `minimum` is what he negotiated as
    /// his own least; 0 without.
    [[nodiscard]] double requested(double wanted, double minimum, const Difficulty& share) const;
    /// What a miner that asked for nothing starts with.
    [[nodiscard]] double start(const Difficulty& share) const;
    /// Where vardiff may go.
    [[nodiscard]] DifficultyRange vardiff_range(double minimum, const Difficulty& share) const;
    /// What vardiff arrived at, for a job whose share may be another than vardiff saw.
    [[nodiscard]] Difficulty for_job(const Difficulty& vardiff, double minimum, const Difficulty& share) const;

  private:
    [[nodiscard]] double least(double minimum, const Difficulty& share) const;
    [[nodiscard]] double most(double minimum, const Difficulty& share) const;

    const share_chain::Network& network_;
    double hardest_sane_;
};

}  // namespace p2pool::stratum
