#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "p2pool/peers/transport.h"

namespace p2pool::peer_io {

/// Timers of an event loop. They may outlive the factory, not the loop.
class AsioTimers final : public peers::TimerFactory {
  public:
    explicit AsioTimers(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    [[nodiscard]] std::unique_ptr<peers::Timer> make_timer() override;

  private:
    boost::asio::any_io_executor executor_;
};

}  // namespace p2pool::peer_io
