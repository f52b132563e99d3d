#include "p2pool/notify/channel_config.h"

#include <doctest/doctest.h>

#include <fstream>

#include "dash/util/error.h"
#include "tests/support/process.h"

namespace fs = std::filesystem;
using namespace p2pool::notify;

namespace {

struct Folder {
    fs::path write(const char* name, const std::string& text) const {
        std::ofstream(folder.path() / name) << text;
        return folder.path() / name;
    }
    tests::TemporaryFolder folder{"notify-config"};
};

}  // namespace

TEST_CASE("an example is written for its owner only") {
    const Folder folder;
    const fs::path file = folder.folder.path() / "telegram_config.json";
    CHECK_FALSE(read_telegram_config(file).is_active());
    CHECK((fs::status(file).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK_FALSE(read_telegram_config(file).is_active());
}

TEST_CASE("the python node's file is understood") {
    const Folder folder;
    const TelegramConfig config = read_telegram_config(folder.write(
        "telegram_config.json",
        R"({"_comment": "x", "bot_token": "1:a", "chat_id": -100123, "enabled": true, "error_notifications": true})"));
    CHECK(config.is_active());
    CHECK(config.chat_id == "-100123");
    CHECK(config.error_notifications);
    CHECK(config.api_url == "https://api.telegram.org");
    CHECK_FALSE(
        read_telegram_config(folder.write("t", R"({"bot_token": "1:a", "chat_id": "", "enabled": true})")).is_active());
    CHECK_FALSE(read_telegram_config(folder.write("t", R"({"bot_token": "1:a", "chat_id": "5"})")).is_active());
    CHECK_THROWS_AS((void)read_telegram_config(folder.write("t", "[")), dash::ConfigError);
    CHECK_THROWS_AS((void)read_telegram_config(folder.write("t", R"({"enabled": "yes"})")), dash::ConfigError);
}

TEST_CASE("hooks and what they want to hear") {
    const Folder folder;
    CHECK(read_hooks(folder.folder.path() / "hooks.json").empty());
    const auto hooks = read_hooks(folder.write("hooks.json", R"({
        "webhooks": [{"url": "https://host/x"}, {"url": "http://host/y", "events": ["alert"]}],
        "commands": [{"command": ["/bin/true", "a"], "events": ["block"]}]})"));
    REQUIRE(hooks.size() == 3);
    CHECK((hooks[0].wants_blocks && hooks[0].wants_alerts));
    CHECK((!hooks[1].wants_blocks && hooks[1].wants_alerts));
    CHECK(hooks[2].command == std::vector<std::string>{"/bin/true", "a"});
    CHECK((hooks[2].wants_blocks && !hooks[2].wants_alerts));
    for (const char* wrong : {"[]", R"({"webhooks": {}})", R"({"webhooks": [1]})", R"({"webhooks": [{"url": "host"}]})",
                              R"({"commands": [{"command": "true"}]})", R"({"commands": [{"command": []}]})",
                              R"({"commands": [{"command": ["true"]}]})",
                              R"({"webhooks": [{"url": "http://h/", "events": ["blocks"]}]})"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS((void)read_hooks(folder.write("hooks.json", wrong)), dash::ConfigError);
    }
}
