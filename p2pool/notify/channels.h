#pragma once

#include <chrono>
#include <memory>

#include "p2pool/notify/channel.h"
#include "p2pool/notify/channel_config.h"

namespace p2pool::notify {

/// Between two deliveries of a webhook or program.
inline constexpr std::chrono::milliseconds kHookInterval{200};
/// Of chats and webhooks.
inline constexpr std::chrono::seconds kHttpPatience{10};

/// Posts to a chat (sendMessage of the Bot API), at most one message in five seconds.
[[nodiscard]] std::unique_ptr<Channel> make_telegram_channel(TelegramConfig config, bool tell_alerts);

/// Posts to_json() to a URL; any answer 2xx will do.
[[nodiscard]] std::unique_ptr<Channel> make_webhook_channel(HookConfig config);

/// Runs a program with to_json() on its standard input, and P2POOL_EVENT, P2POOL_SUBJECT and P2POOL_TEXT in its
/// environment; exit code 0 will do. It has half a minute, then it is killed with what it started.
[[nodiscard]] std::unique_ptr<Channel> make_command_channel(HookConfig config);

}  // namespace p2pool::notify
