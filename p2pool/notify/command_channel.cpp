#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "p2pool/notify/channels.h"

namespace p2pool::notify {
namespace {

constexpr std::chrono::seconds kCommandPatience{30};
constexpr std::chrono::milliseconds kLookInterval{50};

/// The program's standard input: a file without a name.
int input_with(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "p2pool-hook-XXXXXX").string();
    const int file = ::mkostemp(name.data(), O_CLOEXEC);
    if (file < 0) return -1;
    ::unlink(name.c_str());
    if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::lseek(file, 0, SEEK_SET) != 0) {
        ::close(file);
        return -1;
    }
    return file;
}

/// The pointers that exec wants; the texts must outlive them.
std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// What programs need to know of their surroundings. The service's other variables are none of a hook's business: its
/// command line, and so dashd's password, can be among them.
bool is_for_hooks(std::string_view variable) {
    constexpr std::array<std::string_view, 9> kNames = {"PATH", "HOME",     "USER", "LOGNAME", "SHELL",
                                                        "LANG", "LANGUAGE", "TZ",   "TMPDIR"};
    const std::string_view name = variable.substr(0, variable.find('='));
    return name.substr(0, 3) == "LC_" || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::vector<std::string> environment_for(const Announcement& announcement) {
    std::vector<std::string> variables = {std::string("P2POOL_EVENT=") + to_string(announcement.kind),
                                          "P2POOL_SUBJECT=" + announcement.subject, "P2POOL_TEXT=" + announcement.text};
    for (char** variable = environ; *variable != nullptr; ++variable) {
        if (is_for_hooks(*variable)) variables.emplace_back(*variable);
    }
    return variables;
}

/// −1 when it cannot be started; errno tells why. It leads a process group of its own.
pid_t start(std::vector<std::string> command, const Announcement& announcement) {
    const int input = input_with(to_text(to_json(announcement)) + "\n");
    if (input < 0) return -1;
    std::vector<std::string> variables = environment_for(announcement);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    // What the hook leaves behind must not keep the node's ports.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t usual;
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int problem = ::posix_spawn(&pid, command.front().c_str(), &actions, &attributes, pointers(command).data(),
                                      pointers(variables).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input);
    errno = problem;
    return problem == 0 ? pid : -1;
}

class CommandChannel final : public Channel {
  public:
    explicit CommandChannel(HookConfig config) : config_(std::move(config)) {}

    [[nodiscard]] std::string name() const override {
        return "command " + config_.command.front() + " " + mark_of(config_);
    }
    [[nodiscard]] bool wants(const Announcement& announcement) const override {
        return announcement.kind == Announcement::Kind::kBlock ? config_.wants_blocks : config_.wants_alerts;
    }
    [[nodiscard]] std::chrono::milliseconds least_interval() const override { return kHookInterval; }

    [[nodiscard]] boost::asio::awaitable<Delivery> send(const Announcement& announcement) override {
        const pid_t pid = start(config_.command, announcement);
        if (pid < 0) co_return Delivery{false, "it cannot be started: " + std::generic_category().message(errno)};
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
        const auto deadline = std::chrono::steady_clock::now() + kCommandPatience;
        int status = 0;
        while (::waitpid(pid, &status, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() > deadline) {
                ::kill(-pid, SIGKILL);
                ::waitpid(pid, &status, 0);
                co_return Delivery{false, "it did not end in 30 seconds"};
            }
            timer.expires_after(kLookInterval);
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) co_return Delivery{true, {}};
        co_return Delivery{
            false, "it ended with " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status))};
    }

  private:
    HookConfig config_;
};

}  // namespace

std::unique_ptr<Channel> make_command_channel(HookConfig config) {
    return std::make_unique<CommandChannel>(std::move(config));
}

}  // namespace p2pool::notify
