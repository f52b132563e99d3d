#include "p2pool/notify/channel_config.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "dash/util/error.h"
#include "p2pool/notify/http_post.h"
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

TEST_CASE("a chat's number is taken as it is written") {
    const Folder folder;
    const auto chat_of = [&](const std::string& number) {
        return read_telegram_config(folder.write("t", "{\"chat_id\": " + number + "}")).chat_id;
    };
    CHECK(chat_of("-9223372036854775808") == "-9223372036854775808");
    CHECK(chat_of("18446744073709551615") == "18446744073709551615");
}

TEST_CASE("a webhook is no command, and a command no webhook") {
    const Folder folder;
    const auto hooks = read_hooks(folder.write("hooks.json", R"({
        "webhooks": [{"url": "https://host/x", "command": ["true"]}],
        "commands": [{"command": ["/bin/true"], "url": "https://host/y"}]})"));
    REQUIRE(hooks.size() == 2);
    CHECK((hooks[0].url == "https://host/x" && hooks[0].command.empty()));
    CHECK((hooks[1].url.empty() && hooks[1].command.front() == "/bin/true"));
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

TEST_CASE("every hook has a mark of its own, the same in every run, that gives nothing away") {
    const Folder folder;
    const auto marks = [&](const char* text) {
        std::vector<std::string> all;
        for (const HookConfig& hook : read_hooks(folder.write("hooks.json", text)))
            all.push_back(mark_of(hook));
        return all;
    };
    const auto all = marks(R"({
        "webhooks": [{"url": "https://host/secret"}, {"url": "https://host/other"}, {"url": "https://host/secret"}],
        "commands": [{"command": ["/bin/true", "a"]}, {"command": ["/bin/true", "b"]}, {"command": ["/bin/true", "a"]}]})");
    REQUIRE(all.size() == 6);
    CHECK(std::set<std::string>(all.begin(), all.end()).size() == 6);
    CHECK(all[2] == all[0] + "-2");
    CHECK(all[5] == all[3] + "-2");
    for (const std::string& mark : all)
        CHECK(mark.find("secret") == std::string::npos);
    CHECK(marks(R"({"webhooks": [{"url": "https://host/other", "events": ["block"]}]})").front() == all[1]);
}

TEST_CASE("hooks nested deeper than a copy of them could be are refused as others are") {
    constexpr std::size_t kDepth = 300'000;
    const Folder folder;
    const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
    CHECK_THROWS_AS((void)read_hooks(folder.write("hooks.json", "{\"webhooks\": " + nested + "}")), dash::ConfigError);
}

TEST_CASE("URLs that lead somewhere, and others") {
    const auto bracketed = parse_url("http://[2001:db8::1]:81/x?y=z");
    REQUIRE(bracketed.has_value());
    CHECK((bracketed->host == "2001:db8::1" && bracketed->port == "81" && bracketed->path == "/x?y=z"));
    const auto plain = parse_url("https://host");
    REQUIRE(plain.has_value());
    CHECK((plain->tls && plain->host == "host" && plain->port == "443" && plain->path == "/"));
    for (const char* wrong : {"host/x", "ftp://host/", "http:///x", "http://host:/", "http://host:0/",
                              "http://host:65536/", "http://host:80x/", "http://[::1/", "http://::1]/", "http://[]/",
                              "http://host/a b", "http://host/a\r\nX: y"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_url(wrong).has_value());
    }
}

TEST_CASE("a file that cannot be understood is passed over, the other one counts") {
    const Folder folder;
    const auto count = [&folder] { return make_channels(folder.folder.path(), true).size(); };
    folder.write("hooks.json", R"({"commands": [{"command": ["/bin/true"]}]})");
    for (const char* wrong : {"[", R"({"enabled": "yes"})", R"({"bot_token": 5, "chat_id": "1", "enabled": true})"}) {
        CAPTURE(wrong);
        folder.write("telegram_config.json", wrong);
        CHECK(count() == 1);
    }
    folder.write("telegram_config.json", R"({"bot_token": "1:a", "chat_id": "5", "enabled": true})");
    CHECK(count() == 2);
    folder.write("hooks.json", "{");
    CHECK(count() == 1);
}

TEST_CASE("a token that everybody could read is made private") {
    const Folder folder;
    for (const char* name : {"telegram_config.json", "hooks.json"}) {
        const fs::path file = folder.write(name, "{}");
        fs::permissions(file, fs::perms(0644));
        CHECK(make_channels(folder.folder.path(), true).empty());
        CHECK(fs::status(file).permissions() == fs::perms(0600));
    }
}
