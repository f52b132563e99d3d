#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "dash/primitives/bytes.h"

namespace fuzz {

/// A connection whose other end says the input and hangs up.
class SocketPair {
  public:
    explicit SocketPair(dash::ByteSpan said);
    ~SocketPair();
    SocketPair(const SocketPair&) = delete;
    SocketPair& operator=(const SocketPair&) = delete;

    /// The end of the program under test, non-blocking; whoever takes it owns it.
    [[nodiscard]] int take();
    /// Lets the program run until it waits for time, or for nothing; returns what it said.
    [[nodiscard]] std::string run(boost::asio::io_context& io);

  private:
    int own_;
    int other_;
};

}  // namespace fuzz
