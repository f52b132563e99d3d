#include "p2pool/notify/notifier.h"

#include <doctest/doctest.h>

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "dash/util/environment.h"
#include "p2pool/notify/channels.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace p2pool::notify;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Posted {
    std::string target;
    std::string type;
    std::string body;
    std::chrono::steady_clock::time_point at;
};

/// Plays Telegram, and anybody's webhook: answers the nth request as the script says.
class Receiver {
  public:
    using Script = std::function<std::pair<int, std::string>(std::size_t n)>;
    explicit Receiver(Script script)
        : script_(std::move(script)),
          acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
          thread_([this] { run(); }) {}
    ~Receiver() {
        stopping_ = true;
        tcp::socket last(io_);
        boost::system::error_code ignored;
        last.connect(acceptor_.local_endpoint(), ignored);
        last.close(ignored);  // else its request would be waited for
        thread_.join();
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    [[nodiscard]] std::vector<Posted> posted() {
        const std::lock_guard lock(mutex_);
        return posted_;
    }
    bool wait_for(std::size_t count) {
        return tests::wait_until([&] { return posted().size() >= count; }, seconds(30));
    }

  private:
    void run() {
        while (!stopping_) {
            tcp::socket socket(io_);
            acceptor_.accept(socket);
            boost::beast::flat_buffer buffer;
            http::request<http::string_body> request;
            boost::system::error_code error;
            http::read(socket, buffer, request, error);
            if (error) continue;
            std::size_t number = 0;
            {
                const std::lock_guard lock(mutex_);
                number = posted_.size();
                posted_.push_back({std::string(request.target()), std::string(request[http::field::content_type]),
                                   request.body(), std::chrono::steady_clock::now()});
            }
            const auto [status, body] = script_(number);
            http::response<http::string_body> response(static_cast<http::status>(status), 11);
            response.body() = body;
            response.prepare_payload();
            http::write(socket, response, error);
        }
    }

    Script script_;
    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::vector<Posted> posted_;
    std::thread thread_;
};

std::pair<int, std::string> fine(std::size_t) {
    return {200, R"({"ok": true})"};
}

/// A channel without a network, with a pace of its own.
class ScriptedChannel final : public Channel {
  public:
    using Script = std::function<Delivery(const Announcement&)>;
    explicit ScriptedChannel(Script script) : script_(std::move(script)) {}
    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] bool wants(const Announcement&) const override { return true; }
    [[nodiscard]] milliseconds least_interval() const override { return milliseconds(1); }
    [[nodiscard]] asio::awaitable<Delivery> send(const Announcement& announcement) override {
        co_return script_(announcement);
    }

  private:
    Script script_;
};

NotifierSchedule quick() {
    return {milliseconds(5), milliseconds(20), milliseconds(1), seconds(86'400)};
}

Announcement block(const std::string& hash) {
    BlockNews news;
    news.network = "dash";
    news.hash = hash;
    news.height = 7;
    news.miner = "Xme & you";
    news.explorer_url = "https://explorer/" + hash;
    return announce(news);
}

Announcement alert(const std::string& id) {
    return announce(AlertNews{.network = "dash", .id = id, .level = "error", .text = "text of " + id});
}

Announcement alert_about_miner(const std::string& id) {
    return announce(AlertNews{.network = "dash", .id = id, .level = "warning", .text = id, .about_miner = true});
}

struct World {
    std::unique_ptr<Notifier> notifier(std::unique_ptr<Channel> channel, NotifierSchedule schedule = quick()) {
        std::vector<std::unique_ptr<Channel>> channels;
        channels.push_back(std::move(channel));
        return notifier(std::move(channels), schedule);
    }
    std::unique_ptr<Notifier> notifier(std::vector<std::unique_ptr<Channel>> channels,
                                       NotifierSchedule schedule = quick()) {
        auto made = std::make_unique<Notifier>(std::move(channels), folder.path() / "db.sqlite3", dash::system_clock(),
                                               schedule);
        made->start();
        return made;
    }
    tests::TemporaryFolder folder{"notifier"};
};

TelegramConfig telegram(const Receiver& receiver, bool alerts = false) {
    TelegramConfig config{"123:TOKEN", "-42", true, alerts};
    config.api_url = receiver.url();
    return config;
}

}  // namespace

TEST_CASE("Telegram gets a form as its Bot API wants it") {
    World world;
    Receiver receiver(fine);
    const auto notifier = world.notifier(make_telegram_channel(telegram(receiver), true));
    notifier->announce(alert("not wanted"));
    notifier->announce(block("aa"));
    REQUIRE(receiver.wait_for(1));
    const Posted posted = receiver.posted().front();
    CHECK(posted.target == "/bot123:TOKEN/sendMessage");
    CHECK(posted.type == "application/x-www-form-urlencoded");
    CHECK(posted.body.find("chat_id=-42&text=%F0%9F%8E%89%20%3Cb%3EDASH%20BLOCK%20FOUND%21%3C%2Fb%3E") == 0);
    CHECK(posted.body.find("Xme%20%26amp%3B%20you") != std::string::npos);
    CHECK(posted.body.find("&parse_mode=HTML&disable_web_page_preview=true") != std::string::npos);
}

TEST_CASE("Telegram is not hurried, and no block is lost for it") {
    World world;
    Receiver receiver([](std::size_t n) {
        return n == 0 ? std::pair(429, std::string(R"({"ok": false, "parameters": {"retry_after": 1}})")) : fine(n);
    });
    const auto notifier = world.notifier(make_telegram_channel(telegram(receiver), true));
    notifier->announce(block("aa"));
    notifier->announce(block("bb"));
    REQUIRE(receiver.wait_for(3));
    const auto posted = receiver.posted();
    CHECK(posted[0].body == posted[1].body);
    CHECK(posted[1].body != posted[2].body);
    // Five seconds between messages, measured where they arrive.
    CHECK(posted[1].at - posted[0].at > milliseconds(4500));
    CHECK(posted[2].at - posted[1].at > milliseconds(4500));
}

TEST_CASE("each block is announced once, whatever fails and restarts") {
    World world;
    std::mutex mutex;
    std::vector<std::string> sent;
    const auto channel = [&](bool works) {
        return std::make_unique<ScriptedChannel>([&, works](const Announcement& announcement) {
            if (!works) return Delivery{false, "the line is cut"};
            const std::lock_guard lock(mutex);
            sent.push_back(announcement.subject);
            return Delivery{true, {}};
        });
    };
    {
        const auto notifier = world.notifier(channel(true));
        for (int i = 0; i < 3; ++i)
            notifier->announce(block("first"));
        CHECK(tests::wait_until(
            [&] {
                const std::lock_guard lock(mutex);
                return !sent.empty();
            },
            seconds(30)));
    }
    {
        const auto notifier = world.notifier(channel(false));
        notifier->announce(block("first"));
        notifier->announce(block("second"));
        notifier->announce(block("third"));
    }
    const auto notifier = world.notifier(channel(true));
    notifier->announce(block("second"));
    notifier->announce(block("fourth"));
    CHECK(tests::wait_until(
        [&] {
            const std::lock_guard lock(mutex);
            return sent.size() >= 4;
        },
        seconds(30)));
    notifier->stop();
    CHECK(sent == std::vector<std::string>{"first", "second", "third", "fourth"});
}

TEST_CASE("a flood of alerts keeps the last ones, and blocks go first") {
    World world;
    std::mutex mutex;
    std::vector<std::string> sent;
    std::atomic<bool> works{false};
    std::atomic<int> attempts{0};
    NotifierSchedule schedule = quick();
    schedule.first_retry = schedule.longest_retry = milliseconds(200);
    const auto notifier = world.notifier(std::make_unique<ScriptedChannel>([&](const Announcement& announcement) {
                                             ++attempts;
                                             if (!works) return Delivery{false, "down"};
                                             const std::lock_guard lock(mutex);
                                             sent.push_back(announcement.subject);
                                             return Delivery{true, {}};
                                         }),
                                         schedule);
    notifier->announce(block("found"));
    CHECK(tests::wait_until([&] { return attempts > 0; }, seconds(30)));
    for (int i = 0; i < 100; ++i)
        notifier->announce(alert(std::to_string(i)));
    works = true;
    CHECK(tests::wait_until(
        [&] {
            const std::lock_guard lock(mutex);
            return sent.size() >= 2 && sent.back() == "99";
        },
        seconds(30)));
    CHECK(sent.front() == "found");
    CHECK(sent.size() <= 22);
}

TEST_CASE("miners' machines cannot push out what the operator has to know") {
    World world;
    std::mutex mutex;
    std::vector<std::string> sent;
    std::atomic<bool> works{false};
    NotifierSchedule schedule = quick();
    schedule.first_retry = schedule.longest_retry = milliseconds(200);
    const auto notifier = world.notifier(std::make_unique<ScriptedChannel>([&](const Announcement& announcement) {
                                             if (!works) return Delivery{false, "down"};
                                             const std::lock_guard lock(mutex);
                                             sent.push_back(announcement.subject);
                                             return Delivery{true, {}};
                                         }),
                                         schedule);
    notifier->announce(block("found"));
    notifier->announce(alert("dashd_lost"));
    for (int i = 0; i < 1000; ++i)
        notifier->announce(alert_about_miner("worker_gone:" + std::to_string(i)));
    works = true;
    REQUIRE(tests::wait_until(
        [&] {
            const std::lock_guard lock(mutex);
            return !sent.empty() && sent.back() == "worker_gone:999";
        },
        seconds(30)));
    CHECK(sent.size() == 22);
    CHECK(sent[0] == "found");
    CHECK(sent[1] == "dashd_lost");
}

TEST_CASE("from its first attempt on, a block that is refused holds up no other block") {
    World world;
    std::atomic<int> refused{0};
    std::atomic<bool> told{false};
    NotifierSchedule schedule = quick();
    schedule.first_retry = schedule.longest_retry = std::chrono::hours(1);
    const auto notifier = world.notifier(std::make_unique<ScriptedChannel>([&](const Announcement& announcement) {
                                             if (announcement.subject == "refused") {
                                                 ++refused;
                                                 return Delivery{false, "it answers 400"};
                                             }
                                             told = true;
                                             return Delivery{true, {}};
                                         }),
                                         schedule);
    notifier->announce(block("refused"));
    REQUIRE(tests::wait_until([&] { return refused == 1; }, seconds(30)));
    notifier->announce(block("fine"));
    CHECK(tests::wait_until([&] { return told.load(); }, seconds(30)));
    CHECK(refused == 1);
}

TEST_CASE("a block that is refused holds up nothing else, and is given up in time") {
    World world;
    std::mutex mutex;
    std::vector<std::string> sent;
    std::atomic<int> refused{0};
    NotifierSchedule schedule = quick();
    schedule.block_patience = seconds(1);
    const auto notifier = world.notifier(std::make_unique<ScriptedChannel>([&](const Announcement& announcement) {
                                             if (announcement.subject == "refused") {
                                                 ++refused;
                                                 return Delivery{false, "it answers 400"};
                                             }
                                             const std::lock_guard lock(mutex);
                                             sent.push_back(announcement.subject);
                                             return Delivery{true, {}};
                                         }),
                                         schedule);
    notifier->announce(block("refused"));
    REQUIRE(tests::wait_until([&] { return refused >= 5; }, seconds(30)));
    notifier->announce(alert("alert"));
    notifier->announce(block("fine"));
    REQUIRE(tests::wait_until(
        [&] {
            const std::lock_guard lock(mutex);
            return sent.size() == 2;
        },
        seconds(30)));
    std::this_thread::sleep_for(milliseconds(1500));
    const int given_up_after = refused;
    std::this_thread::sleep_for(milliseconds(200));
    CHECK(refused == given_up_after);
}

TEST_CASE("hooks with the same program are told apart") {
    World world;
    std::vector<HookConfig> hooks(3);
    for (const int i : {0, 1, 2}) {
        const auto out = world.folder.path() / ("out" + std::to_string(i == 2 ? 1 : i));
        hooks[static_cast<std::size_t>(i)].command = {"/bin/sh", "-c", "echo told >> \"$0\"", out.string()};
    }
    hooks[2].copy = 2;  // the same once more
    std::vector<std::unique_ptr<Channel>> channels;
    for (const HookConfig& hook : hooks)
        channels.push_back(make_command_channel(hook));
    const auto notifier = world.notifier(std::move(channels));
    notifier->announce(block("aa"));
    const auto is = [&](const char* name, const std::string& text) {
        const auto out = world.folder.path() / name;
        return std::filesystem::exists(out) && tests::read_text(out) == text;
    };
    CHECK(tests::wait_until([&] { return is("out0", "told") && is("out1", "told\ntold"); }, seconds(30)));
}

TEST_CASE("an alert that cannot be told is dropped in time") {
    World world;
    std::atomic<int> attempts{0};
    std::atomic<bool> second{false};
    const auto notifier = world.notifier(std::make_unique<ScriptedChannel>([&](const Announcement& announcement) {
        if (announcement.subject == "first") {
            ++attempts;
            return Delivery{false, "down"};
        }
        second = true;
        return Delivery{true, {}};
    }));
    notifier->announce(alert("first"));
    notifier->announce(alert("second"));
    CHECK(tests::wait_until([&] { return second.load(); }, seconds(30)));
    CHECK(attempts == 5);
}

TEST_CASE("a webhook gets JSON, and is tried again") {
    World world;
    Receiver receiver([](std::size_t n) { return std::pair(n == 0 ? 500 : 204, std::string()); });
    HookConfig hook;
    hook.url = receiver.url() + "/hook?key=secret";
    const auto notifier = world.notifier(make_webhook_channel(hook));
    notifier->announce(block("aa"));
    REQUIRE(receiver.wait_for(2));
    const Posted posted = receiver.posted().back();
    CHECK(posted.target == "/hook?key=secret");
    CHECK(posted.type == "application/json");
    CHECK(nlohmann::json::parse(posted.body) == to_json(block("aa")));
}

TEST_CASE("a command gets JSON and environment") {
    World world;
    const auto out = world.folder.path() / "out";
    HookConfig hook;
    hook.command = {"/bin/sh", "-c",
                    "{ cat; echo \"$P2POOL_EVENT $P2POOL_SUBJECT $1\"; } > \"$0.new\"; mv \"$0.new\" \"$0\"",
                    out.string(), "argument"};
    const auto notifier = world.notifier(make_command_channel(hook));
    notifier->announce(block("aa"));
    REQUIRE(tests::wait_until([&] { return std::filesystem::exists(out); }, seconds(30)));
    const std::string text = tests::read_text(out);
    const std::size_t line = text.find('\n');
    CHECK(nlohmann::json::parse(text.substr(0, line)) == to_json(block("aa")));
    CHECK(text.substr(line + 1) == "block aa argument");
}

TEST_CASE("names that are no UTF-8 stop no channel") {
    World world;
    Receiver receiver([](std::size_t) { return std::pair(204, std::string()); });
    HookConfig hook;
    hook.url = receiver.url() + "/hook";
    const auto notifier = world.notifier(make_webhook_channel(hook));
    Announcement odd = block("aa");
    odd.text = "M\xfcller";
    odd.details["miner"] = "M\xfcller";
    notifier->announce(odd);
    notifier->announce(block("bb"));
    REQUIRE(receiver.wait_for(2));
    CHECK(nlohmann::json::parse(receiver.posted().front().body)["details"]["miner"] == "M\ufffdller");
}

TEST_CASE("a command's leftovers hold none of the node's files") {
    World world;
    const auto out = world.folder.path() / "files";
    HookConfig hook;
    hook.command = {"/bin/sh", "-c", "ls -l /proc/self/fd > \"$0.new\"; mv \"$0.new\" \"$0\"", out.string()};
    const Receiver open_socket([](std::size_t) { return std::pair(204, std::string()); });
    const auto notifier = world.notifier(make_command_channel(hook));
    notifier->announce(block("aa"));
    REQUIRE(tests::wait_until([&] { return std::filesystem::exists(out); }, seconds(30)));
    CHECK(tests::read_text(out).find("socket:") == std::string::npos);
}

TEST_CASE("a command sees of the service's environment what programs need, and no password") {
    World world;
    const auto out = world.folder.path() / "out";
    ::setenv("P2POOL_OPTIONS", "-a ADDRESS user secret", 1);
    ::setenv("LC_TIME", "C", 1);
    HookConfig hook;
    hook.command = {"/bin/sh", "-c", "env > \"$0.new\"; mv \"$0.new\" \"$0\"", out.string()};
    const auto notifier = world.notifier(make_command_channel(hook));
    notifier->announce(block("aa"));
    REQUIRE(tests::wait_until([&] { return std::filesystem::exists(out); }, seconds(30)));
    const std::string text = tests::read_text(out);
    ::unsetenv("P2POOL_OPTIONS");
    ::unsetenv("LC_TIME");
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("P2POOL_OPTIONS") == std::string::npos);
    CHECK(text.find("P2POOL_EVENT=block\n") != std::string::npos);
    CHECK(text.find("P2POOL_SUBJECT=aa\n") != std::string::npos);
    CHECK(text.find("P2POOL_TEXT=") != std::string::npos);
    CHECK(text.find("PATH=" + dash::environment("PATH").value_or("none") + "\n") != std::string::npos);
    CHECK(text.find("LC_TIME=C\n") != std::string::npos);
}

TEST_CASE("a command that fails is run again, one that is not there does no harm") {
    World world;
    const auto marks = world.folder.path() / "marks";
    HookConfig hook;
    hook.command = {"/bin/sh", "-c", "echo x >> \"$0\"; [ $(wc -l < \"$0\") -ge 3 ]", marks.string()};
    const auto notifier = world.notifier(make_command_channel(hook));
    notifier->announce(block("aa"));
    CHECK(tests::wait_until([&] { return std::filesystem::exists(marks) && tests::read_text(marks) == "x\nx\nx"; },
                            seconds(30)));
    hook.command = {"/no/such/program"};
    Notifier lonely(
        [&] {
            std::vector<std::unique_ptr<Channel>> channels;
            channels.push_back(make_command_channel(hook));
            return channels;
        }(),
        world.folder.path() / "other.sqlite3", dash::system_clock(), quick());
    lonely.start();
    lonely.announce(block("aa"));
}
