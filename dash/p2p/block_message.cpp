#include "dash/p2p/block_message.h"

#include <utility>

namespace dash::p2p {

BlockMessage::BlockMessage(std::shared_ptr<const Bytes> block, const std::array<std::uint8_t, 4>& magic)
    : block_(std::move(block)), magic_(magic) {
    check_payload_size(block_->size());
}

std::size_t BlockMessage::size() const {
    return frame_header_bytes(magic_.size()) + block_->size();
}

const SharedFrame& BlockMessage::frame() {
    if (frame_ == nullptr) frame_ = encode_frame(magic_, "block", *block_);
    return frame_;
}

}  // namespace dash::p2p
