#pragma once

#include <stdexcept>

namespace dash {

/// Root of everything this project throws on purpose. The text is for people: it says what is wrong and, where it can,
/// what to do.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Bytes or text that do not have the form they claim: truncated, over a limit, not canonical, not hex, bad checksum.
class DecodeError : public Error {
  public:
    using Error::Error;
};

/// A file, address or option that the operator has to correct.
class ConfigError : public Error {
  public:
    using Error::Error;
};

/// The other side of a connection broke the protocol in a way that costs it the connection (and, where the protocol
/// says so, a ban).
class PeerMisbehaving : public Error {
  public:
    using Error::Error;
};

}  // namespace dash
