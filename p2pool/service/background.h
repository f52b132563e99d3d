#pragma once

namespace p2pool::service {

/// Puts the rest of the program into a process of its own, without a terminal (--daemon). The process that was started
/// waits until the other one says how its start went, and ends with that.
class Background {
  public:
    /// Returns in the new process only. Before there are threads. Throws ConfigError.
    [[nodiscard]] static Background enter();
    Background(Background&& other) noexcept;
    /// Without started(), the start has failed: what was written to stderr till then was seen.
    ~Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    Background& operator=(Background&&) = delete;

    /// The start has gone well; from here on nothing is written to the terminal any more. Further calls do nothing.
    void started();

  private:
    explicit Background(int told) : told_(told) {}

    int told_;  ///< where the waiting process listens; −1: it has been told
};

}  // namespace p2pool::service
