#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "dash/util/clock.h"
#include "p2pool/peers/transport.h"

namespace tests {

/// A world in which everything happens at a time and nothing takes any: what is due first happens next, and the clock
/// jumps there. The same seed gives the same run, to the last byte.
class Simulation {
  public:
    explicit Simulation(std::uint64_t seed) : random_(seed) {}
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    [[nodiscard]] const dash::Clock& clock() const { return clock_; }
    /// Seconds since the beginning.
    [[nodiscard]] double now() const { return now_; }

    /// At the same time, what was asked for first comes first.
    void after(double seconds, std::function<void()> action);

    void run_for(double seconds);
    /// Runs until `condition` holds, asked before each event; false when `seconds` passed without.
    template <typename Condition>
    bool run_until(Condition condition, double seconds) {
        const double end = now_ + seconds;
        while (!condition()) {
            if (!step(end)) return condition();
        }
        return true;
    }

    [[nodiscard]] std::mt19937_64& random() { return random_; }
    [[nodiscard]] double random_between(double least, double most);
    /// 0 … bound − 1.
    [[nodiscard]] std::size_t random_below(std::size_t bound) { return random_() % bound; }
    [[nodiscard]] bool happens(double probability) { return random_between(0, 1) < probability; }

  private:
    /// The next event before `end`; without one the clock goes there.
    bool step(double end);

    class Clock final : public dash::Clock {
      public:
        explicit Clock(const double& now) : now_(now) {}
        [[nodiscard]] double unix_seconds() const override { return 1700000000 + now_; }
        [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const override {
            return std::chrono::steady_clock::time_point(
                std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                    std::chrono::duration<double>(3600 + now_)));
        }

      private:
        const double& now_;
    };

    double now_ = 0;
    Clock clock_{now_};
    std::mt19937_64 random_;
    std::uint64_t next_number_ = 0;
    std::map<std::pair<double, std::uint64_t>, std::function<void()>> events_;
};

/// Timers of that world.
class SimulatedTimers final : public p2pool::peers::TimerFactory {
  public:
    explicit SimulatedTimers(Simulation& simulation) : simulation_(simulation) {}

    [[nodiscard]] std::unique_ptr<p2pool::peers::Timer> make_timer() override;

  private:
    Simulation& simulation_;
};

}  // namespace tests
