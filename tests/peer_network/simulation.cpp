#include "tests/peer_network/simulation.h"

#include <algorithm>

namespace tests {
namespace {

/// No timer is more exact than the clock, nor calls without any time passing: who waits for the rest of a time would
/// wait for it forever.
constexpr double kShortestTimerSeconds = 1e-6;

class SimulatedTimer final : public p2pool::peers::Timer {
  public:
    explicit SimulatedTimer(Simulation& simulation) : simulation_(simulation) {}
    ~SimulatedTimer() override { cancel(); }
    SimulatedTimer(const SimulatedTimer&) = delete;
    SimulatedTimer& operator=(const SimulatedTimer&) = delete;

    void start(double seconds, std::function<void()> action) override {
        plan_ = std::make_shared<std::function<void()>>(std::move(action));
        simulation_.after(std::max(seconds, kShortestTimerSeconds), [weak = std::weak_ptr(plan_)] {
            if (const auto plan = weak.lock()) (*plan)();
        });
    }
    void cancel() override { plan_.reset(); }

  private:
    Simulation& simulation_;
    std::shared_ptr<std::function<void()>> plan_;
};

}  // namespace

void Simulation::after(double seconds, std::function<void()> action) {
    events_.emplace(std::pair(now_ + std::max(0.0, seconds), next_number_++), std::move(action));
}

void Simulation::run_for(double seconds) {
    const double end = now_ + seconds;
    while (step(end)) {
    }
}

bool Simulation::step(double end) {
    const auto next = events_.begin();
    if (next == events_.end() || next->first.first > end) {
        now_ = end;
        return false;
    }
    now_ = next->first.first;
    const auto action = std::move(next->second);
    events_.erase(next);
    action();
    return true;
}

double Simulation::random_between(double least, double most) {
    return std::uniform_real_distribution<double>(least, most)(random_);
}

std::unique_ptr<p2pool::peers::Timer> SimulatedTimers::make_timer() {
    return std::make_unique<SimulatedTimer>(simulation_);
}

}  // namespace tests
