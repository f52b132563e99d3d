#pragma once

#include <functional>
#include <memory>

#include "p2pool/options/options.h"

namespace p2pool::node {

/// The running program: connects to dashd, then serves miners until it is told to stop.
class Application {
  public:
    /// `on_started` is called once, when data folder, ports and certificate are found in order and dashd has been
    /// asked, for some seconds if it does not answer: whoever started the program may go on.
    Application(options::Settings settings, std::function<void()> on_started);
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    /// Runs until SIGINT or SIGTERM, and ends within seconds then, with everything written that has to be. Returns the
    /// exit code: 0 after a stop, 1 when the node cannot start or go on. SIGUSR1 opens the log file anew.
    [[nodiscard]] int run();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::node
