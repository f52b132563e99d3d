#include "p2pool/notify/channel_config.h"

#include <fstream>
#include <map>
#include <optional>

#include "dash/primitives/bytes.h"
#include "dash/primitives/sha256.h"
#include "dash/util/atomic_file.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/private_file.h"
#include "p2pool/notify/channels.h"
#include "p2pool/notify/http_post.h"

namespace p2pool::notify {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

[[noreturn]] void reject(const fs::path& file, const std::string& problem) {
    throw dash::ConfigError(file.string() + " cannot be used: " + problem + ". Correct it or remove it");
}

json read_object(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    json content = json::parse(stream, nullptr, false);
    if (!content.is_object()) reject(file, "it is no JSON object");
    return content;
}

template <typename Value>
void take(const fs::path& file, const json& object, const char* key, Value& value) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return;
    try {
        found->get_to(value);
    } catch (const json::exception&) {
        reject(file, std::string(key) + " is of a wrong kind");
    }
}

void write_telegram_example(const fs::path& file) {
    const json example = {{"_comment",
                           "Create a bot with @BotFather, put its token and your chat's id here, and set "
                           "enabled to true; then restart the node"},
                          {"bot_token", ""},
                          {"chat_id", ""},
                          {"enabled", false},
                          {"error_notifications", false}};
    dash::write_file_atomically(file, example.dump(2) + "\n");
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

HookConfig read_hook(const fs::path& file, const json& entry, bool is_webhook) {
    if (!entry.is_object()) reject(file, "a hook is no object");
    HookConfig hook;
    if (is_webhook) {
        take(file, entry, "url", hook.url);
        if (!parse_url(hook.url)) reject(file, "the url of a webhook is not well-formed");
    } else {
        take(file, entry, "command", hook.command);
        if (hook.command.empty() || !fs::path(hook.command.front()).is_absolute())
            reject(file, "a command is a list that begins with a program's full path");
    }
    if (entry.contains("events")) {
        std::vector<std::string> events;
        take(file, entry, "events", events);
        hook.wants_blocks = hook.wants_alerts = false;
        for (const std::string& event : events) {
            if (event != "block" && event != "alert") reject(file, "there is no event '" + event + "'");
            (event == "block" ? hook.wants_blocks : hook.wants_alerts) = true;
        }
    }
    return hook;
}

/// The URL, or the command's words; no text holds a zero byte.
std::string target_of(const HookConfig& hook) {
    std::string target = hook.url;
    for (const std::string& word : hook.command)
        target.append(1, '\0').append(word);
    return target;
}

/// Miners' work does not wait for somebody to be told of it.
template <typename Read>
auto read_or_tell(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const std::exception& error) {
        dash::log::error(error.what(), ", then start the node again. It goes on without it.");
        return std::nullopt;
    }
}

}  // namespace

TelegramConfig read_telegram_config(const fs::path& file) {
    if (!fs::exists(file)) {
        write_telegram_example(file);
        return {};
    }
    dash::make_private(file);  // it holds a token
    const json object = read_object(file);
    TelegramConfig config;
    take(file, object, "bot_token", config.bot_token);
    take(file, object, "enabled", config.enabled);
    take(file, object, "error_notifications", config.error_notifications);
    take(file, object, "api_url", config.api_url);
    // A group's id is a negative number, which people write without quotes.
    const auto chat = object.find("chat_id");
    if (chat != object.end() && chat->is_number_integer()) {
        config.chat_id = chat->dump();
    } else {
        take(file, object, "chat_id", config.chat_id);
    }
    return config;
}

std::vector<HookConfig> read_hooks(const fs::path& file) {
    std::vector<HookConfig> hooks;
    if (!fs::exists(file)) return hooks;
    dash::make_private(file);  // addresses and arguments can hold one
    const json object = read_object(file);
    for (const char* list : {"webhooks", "commands"}) {
        const auto entries = object.find(list);
        if (entries == object.end()) continue;
        if (!entries->is_array()) reject(file, std::string(list) + " is no list");
        for (const json& entry : *entries)
            hooks.push_back(read_hook(file, entry, std::string(list) == "webhooks"));
    }
    std::map<std::string, int> copies;
    for (HookConfig& hook : hooks)
        hook.copy = ++copies[target_of(hook)];
    return hooks;
}

std::string mark_of(const HookConfig& hook) {
    constexpr std::size_t kDigits = 12;
    const std::string digits = dash::to_hex(dash::sha256(dash::as_bytes(target_of(hook)))).substr(0, kDigits);
    return hook.copy == 1 ? "#" + digits : "#" + digits + "-" + std::to_string(hook.copy);
}

std::vector<std::unique_ptr<Channel>> make_channels(const fs::path& net_datadir, bool tell_alerts) {
    std::vector<std::unique_ptr<Channel>> channels;
    const fs::path telegram_file = net_datadir / "telegram_config.json";
    std::optional<TelegramConfig> telegram = read_or_tell([&] { return read_telegram_config(telegram_file); });
    if (telegram && telegram->is_active()) {
        dash::log::info("Telegram notifications enabled for chat ", telegram->chat_id);
        channels.push_back(make_telegram_channel(std::move(*telegram), tell_alerts));
    } else if (telegram) {
        dash::log::info("Telegram notifications not configured (create ", telegram_file.string(), ")");
    }
    auto hooks = read_or_tell([&] { return read_hooks(net_datadir / "hooks.json"); });
    for (HookConfig& hook : hooks.value_or(std::vector<HookConfig>())) {
        hook.wants_alerts = hook.wants_alerts && tell_alerts;
        channels.push_back(hook.command.empty() ? make_webhook_channel(std::move(hook))
                                                : make_command_channel(std::move(hook)));
        dash::log::info("Events are told to the ", channels.back()->name());
    }
    return channels;
}

}  // namespace p2pool::notify
