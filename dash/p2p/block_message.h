#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "dash/p2p/framing.h"
#include "dash/primitives/bytes.h"

namespace dash::p2p {

/// The `block` message of one block: made when it is sent first, and the same one for everybody who gets it, since its
/// checksum over two megabytes takes milliseconds. One thread at a time.
class BlockMessage {
  public:
    /// `block`: serialized, not null. Throws DecodeError when it is larger than peers accept.
    BlockMessage(std::shared_ptr<const Bytes> block, const std::array<std::uint8_t, 4>& magic);

    /// Of the whole message.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] const SharedFrame& frame();

  private:
    std::shared_ptr<const Bytes> block_;
    std::array<std::uint8_t, 4> magic_;
    SharedFrame frame_;
};

}  // namespace dash::p2p
