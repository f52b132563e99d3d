#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace dash::broadcaster {

/// Why dashd is asked for its peers.
enum class Refresh { kNone, kBootstrap, kEmergency, kScheduled };

/// When to look for peers: decided by a check every few seconds that usually finds nothing to do.
class Upkeep {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds kCheckInterval{5};
    /// Between the tries of a bootstrap: until dashd has answered, there is nobody to connect to.
    static constexpr std::chrono::seconds kBootstrapInterval{5};
    /// Between two emergency refreshes.
    static constexpr std::chrono::seconds kEmergencyInterval{60};
    static constexpr std::chrono::seconds kScheduledInterval{1800};
    /// Between the passes that fill free places when the minimum is met.
    static constexpr std::chrono::seconds kGrowthInterval{60};
    static constexpr std::chrono::seconds kRotationInterval{60};

    /// `bootstrapped`: an earlier run left enough addresses.
    Upkeep(bool bootstrapped, Time now);

    struct Load {
        std::size_t peers = 0;  ///< connected, without the local dashd
        std::size_t least = 0;
        std::size_t most = 0;
    };
    struct Plan {
        Refresh refresh = Refresh::kNone;
        bool grow = false;    ///< fill the free places
        bool rotate = false;  ///< replace a poor peer if there is a clearly better one
    };
    [[nodiscard]] Plan check(const Load& load, Time now);

    /// dashd has answered with its peers.
    void bootstrapped() { bootstrapped_ = true; }
    [[nodiscard]] bool is_bootstrapped() const { return bootstrapped_; }

  private:
    [[nodiscard]] Refresh due_refresh(const Load& load, Time now) const;

    bool bootstrapped_;
    Time last_refresh_;
    Time last_growth_;
    Time last_rotation_;
};

}  // namespace dash::broadcaster
