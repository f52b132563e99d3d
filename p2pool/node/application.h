#pragma once

#include <memory>

#include "p2pool/options/options.h"

namespace p2pool::node {

/// The running program: connects to dashd, then serves miners until it is told to stop.
class Application {
  public:
    explicit Application(options::Settings settings);
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    /// Runs until SIGINT or SIGTERM; returns the exit code: 0 after a stop, 1 when the node cannot start.
    [[nodiscard]] int run();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::node
