#pragma once

#include <map>
#include <optional>
#include <string>

#include "dash/primitives/hash160.h"
#include "web/json_text.h"

namespace web {

/// What a miner who has proved that a payout address is his may choose for it.
struct MinerSettings {
    std::map<std::string, std::string> labels;    ///< worker name → what he calls it
    std::optional<double> hash_rate_below;        ///< alert below so many hashes a second
    std::optional<double> worker_silent_seconds;  ///< alert when a worker sends nothing for so long

    friend bool operator==(const MinerSettings&, const MinerSettings&) = default;
};

/// {"labels": {…}, "hash_rate_below": number or null, "worker_silent_seconds": number or null}.
[[nodiscard]] Json settings_json(const MinerSettings& settings);
/// Keys that are missing have no setting. Throws DecodeError that says what does not fit: too many or too long labels,
/// control characters, numbers out of range.
[[nodiscard]] MinerSettings parse_settings(const Json& json);

/// The settings of all miners. Web thread.
class MinerSettingsBook {
  public:
    /// Default settings for a miner who chose nothing.
    [[nodiscard]] const MinerSettings& of(const dash::Hash160& miner) const;
    /// False when too many others have settings already.
    bool set(const dash::Hash160& miner, MinerSettings settings);
    /// nullopt when the miner gave it none.
    [[nodiscard]] std::optional<std::string> label(const dash::Hash160& miner, const std::string& worker) const;
    /// By payout address.
    [[nodiscard]] const std::map<dash::Hash160, MinerSettings>& all() const { return settings_; }

  private:
    static constexpr std::size_t kMostMiners = 10'000;

    std::map<dash::Hash160, MinerSettings> settings_;
};

}  // namespace web
