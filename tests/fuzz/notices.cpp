// What the announcer reads: telegram_config.json, hooks.json, and what Telegram answers.

#include "p2pool/notify/channel_config.h"
#include "p2pool/notify/http_post.h"
#include "p2pool/notify/telegram_answer.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"
#include "tests/support/quiet_log.h"

namespace {

using namespace p2pool::notify;

void check_url(const std::string& text) {
    const auto url = parse_url(text);
    if (!url) return;
    const int port = std::stoi(url->port);
    fuzz::require(!url->host.empty() && url->path.front() == '/' && port >= 1 && port <= 65'535,
                  "a URL that leads nowhere");
    // What is sent begins with these: none of them may begin another line.
    fuzz::require((url->host + url->path).find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                  "a URL of several lines");
}

void check_telegram_config(dash::ByteSpan content) {
    const fuzz::MemoryFile file(content);
    const TelegramConfig config = read_telegram_config(file.path());
    check_url(config.api_url + "/bot" + config.bot_token + "/sendMessage");
}

void check_hooks(dash::ByteSpan content) {
    const fuzz::MemoryFile file(content);
    for (const HookConfig& hook : read_hooks(file.path())) {
        fuzz::require(hook.url.empty() != hook.command.empty(), "a hook is a webhook and a command, or neither");
        fuzz::require(hook.url.empty() || parse_url(hook.url), "a webhook leads nowhere");
        fuzz::require(hook.command.empty() || hook.command.front().front() == '/', "a command is looked for");
        check_url(hook.url);
    }
}

void check_answer(int status, std::string body) {
    const Delivery delivery = read_telegram_answer({status, std::move(body)});
    fuzz::require(delivery.done == delivery.problem.empty(), "a failure without words, or words without one");
    fuzz::require(delivery.retry_after.count() >= 0 && delivery.retry_after <= std::chrono::hours(1),
                  "a pause that nobody waits for");
    fuzz::require(delivery.problem.size() < 2000, "the log is filled");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    switch (choice % 4) {
        case 0:
            fuzz::accepts<dash::ConfigError>([&] { check_telegram_config(input.rest()); });
            break;
        case 1:
            fuzz::accepts<dash::ConfigError>([&] { check_hooks(input.rest()); });
            break;
        case 2:
            check_answer(100 + input.byte() * 2, std::string(input.text()));
            break;
        default:
            check_url(std::string(input.text()));
    }
    return 0;
}
