#include "p2pool/peer_io/asio_timers.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "p2pool/peer_io/protect.h"

namespace p2pool::peer_io {
namespace {

/// An expired timer's handler may be waiting for its turn when the timer is cancelled or started anew: it is known by
/// the number of the plan it was made for, and lives on its own until then.
struct Plan {
    explicit Plan(const boost::asio::any_io_executor& executor) : timer(executor) {}

    boost::asio::steady_timer timer;
    std::function<void()> action;
    std::uint64_t number = 0;
};

class AsioTimer final : public peers::Timer {
  public:
    explicit AsioTimer(const boost::asio::any_io_executor& executor) : plan_(std::make_shared<Plan>(executor)) {}
    ~AsioTimer() override { forget(); }
    AsioTimer(const AsioTimer&) = delete;
    AsioTimer& operator=(const AsioTimer&) = delete;

    void start(double seconds, std::function<void()> action) override {
        forget();
        plan_->action = std::move(action);
        plan_->timer.expires_after(
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds)));
        plan_->timer.async_wait([plan = plan_, number = plan_->number](boost::system::error_code) {
            if (plan->number != number) return;
            const auto due = std::exchange(plan->action, nullptr);
            static_cast<void>(protect("A timer", due));
        });
    }
    void cancel() override { forget(); }

  private:
    void forget() {
        ++plan_->number;
        plan_->action = nullptr;
        plan_->timer.cancel();
    }

    std::shared_ptr<Plan> plan_;
};

}  // namespace

std::unique_ptr<peers::Timer> AsioTimers::make_timer() {
    return std::make_unique<AsioTimer>(executor_);
}

}  // namespace p2pool::peer_io
