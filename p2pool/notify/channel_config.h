#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "p2pool/notify/channel.h"

namespace p2pool::notify {

/// telegram_config.json, as the python node has it, and `api_url`, ours: of a Bot API server other than Telegram's own.
struct TelegramConfig {
    std::string bot_token;
    std::string chat_id;
    bool enabled = false;
    bool error_notifications = false;
    std::string api_url = "https://api.telegram.org";

    [[nodiscard]] bool is_active() const { return enabled && !bot_token.empty() && !chat_id.empty(); }
};

/// What hooks.json names: {"webhooks": [{"url": …}], "commands": [{"command": ["/path", "argument"]}]}, each with
/// "events", a list of "block" and "alert" (both without it).
struct HookConfig {
    std::string url;                   ///< of a webhook
    std::vector<std::string> command;  ///< else: program and arguments
    bool wants_blocks = true;
    bool wants_alerts = true;
    int copy = 1;  ///< which of the file's hooks with the same URL or command
};

/// What tells a hook from all others, the same in every run: digits that give away neither URL nor arguments.
[[nodiscard]] std::string mark_of(const HookConfig& hook);

/// Writes an example for its owner only when there is no file. Throws ConfigError when the file cannot be understood.
[[nodiscard]] TelegramConfig read_telegram_config(const std::filesystem::path& file);
/// Empty without the file. Throws ConfigError.
[[nodiscard]] std::vector<HookConfig> read_hooks(const std::filesystem::path& file);

/// Those of the two files of a data folder; without those of a file that cannot be understood. `tell_alerts`: false
/// without error reports (--no-bugreport). Says in the log what there is.
[[nodiscard]] std::vector<std::unique_ptr<Channel>> make_channels(const std::filesystem::path& net_datadir,
                                                                  bool tell_alerts);

}  // namespace p2pool::notify
