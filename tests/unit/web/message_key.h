#pragma once

#include <cstdint>
#include <string>

#include "dash/primitives/hash160.h"

namespace web_tests {

/// A miner's key, made from a number; signs as Dash Core's signmessage does.
class MessageKey {
  public:
    explicit MessageKey(std::uint8_t number);

    [[nodiscard]] const dash::Hash160& hash() const { return hash_; }
    /// Of regtest.
    [[nodiscard]] std::string address() const;
    [[nodiscard]] std::string sign(const std::string& message) const;

  private:
    dash::Bytes secret_;
    dash::Hash160 hash_{};
};

}  // namespace web_tests
