#pragma once

#include "p2pool/notify/channel.h"
#include "p2pool/notify/http_post.h"

namespace p2pool::notify {

/// What the Bot API says to a sendMessage: {"ok": …, "description": …, "parameters": {"retry_after": seconds}}.
/// Whatever else somebody answers in its place is a failure, told by its status.
[[nodiscard]] Delivery read_telegram_answer(const HttpReply& reply);

}  // namespace p2pool::notify
