#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/util/environment.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/log_format.h"
#include "p2pool/node/application.h"
#include "p2pool/node/share_keeping.h"
#include "p2pool/options/options.h"
#include "p2pool/service/background.h"
#include "p2pool/service/pid_file.h"
#include "p2pool/version.h"

namespace {

using p2pool::options::Action;
using p2pool::options::Settings;

constexpr int kUsageExitCode = 2;
/// Files are for their owner, and his group to read.
constexpr mode_t kPrivateUmask = 0027;
/// Of --status, as the Linux Standard Base has it.
constexpr int kNotRunningExitCode = 3;

/// Where run_p2pool.sh lies, when it started the program.
constexpr const char* kLauncherVariable = "P2POOL_LAUNCHER_DIR";

p2pool::options::Launch launch() {
    return dash::environment(kLauncherVariable) ? p2pool::options::Launch::kScript
                                                : p2pool::options::Launch::kInstalled;
}

/// Beside run_p2pool.sh, which says where it lies; of an installed program, in the package's folder and the user's own.
p2pool::options::Places places() {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
    // What the build fetched for the dashboard lies beside the program.
    const fs::path vendor = error ? fs::path() : program / "web_vendor";
    if (const auto told = dash::environment(kLauncherVariable)) return {*told, vendor, fs::path(*told) / "data"};
    const fs::path installed = (program / "../share/p2pool-dash").lexically_normal();
    if (!error && fs::exists(installed, error)) {
        const fs::path home = dash::environment("HOME").value_or(".");
        return {installed, installed / "web_vendor", home / ".p2pool-dash"};
    }
    return {fs::current_path(), vendor, fs::current_path() / "data"};
}

constexpr std::chrono::seconds kStopPatience{30};

/// Other users of this computer see a program's arguments: passwords are wiped out of them.
void hide_secrets(char** arguments, const p2pool::options::Options& options) {
    std::vector<std::string> secrets;
    for (const auto& daemon : options.merged)
        secrets.push_back(":" + daemon.password + "@");
    for (const auto& dashd : options.dashds)
        secrets.push_back(":" + dashd.password + "@");
    std::vector<std::string> last_words = options.positional;
    if (options.web_password) last_words.push_back(options.web_password->first + ":" + options.web_password->second);
    for (; *arguments != nullptr; ++arguments) {
        const std::string_view argument = *arguments;
        const auto wipe = [arguments](std::size_t begin, std::size_t size) {
            std::memset(*arguments + begin, 'x', size);
        };
        for (const std::string& secret : secrets) {
            const std::size_t begin = argument.find(secret);
            if (begin != std::string_view::npos) wipe(begin + 1, secret.size() - 2);
        }
        for (const std::string& secret : last_words) {  // alone, or behind "--web-password="
            if (secret.empty() || argument.size() < secret.size()) continue;
            const std::size_t begin = argument.size() - secret.size();
            if (argument.substr(begin) == secret) wipe(begin, secret.size());
        }
    }
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) return;
    throw dash::ConfigError("cannot make the data folder " + folder.string() + ": " + error.message() +
                            ". Choose one that you may write to with --datadir");
}

int run_node(const Settings& settings, bool in_background) {
    std::optional<p2pool::service::Background> background;
    if (in_background) background.emplace(p2pool::service::Background::enter());
    ::umask(kPrivateUmask);
    make_folder(settings.net_datadir);
    const p2pool::service::PidFile pid_file(settings.pid_file);
    const bool console = !settings.options.no_console;  // in the background, until the start has gone well
    if (settings.options.log_json) dash::log::set_format(dash::log::Format::kJson);
    dash::log::configure(
        {.console = console, .debug = settings.options.debug, .own_thread = true, .file = settings.logfile});
    dash::log::info("p2pool (version ", p2pool::version(), ")");
    for (const std::string& remark : settings.remarks)
        dash::log::info(remark);
    if (::geteuid() == 0)
        dash::log::warning("The node runs as root, which it does not need: better give it a user of its own.");
    const auto on_started = [&background, &settings] {
        if (!background) return;
        std::cout << "p2pool-dash runs as process " << ::getpid() << "; its log is " << settings.logfile.string()
                  << std::endl;
        dash::log::flush();  // from here on the console gets nothing
        background->started();
    };
    try {
        return p2pool::node::Application(settings, on_started).run();
    } catch (const std::exception& error) {
        dash::log::error("Fatal error: ", error.what());
        if (console) return EXIT_FAILURE;
        throw;
    }
}

/// False when it does not end.
bool stop_node(const Settings& settings) {
    switch (p2pool::service::stop_process(settings.pid_file, kStopPatience)) {
        case p2pool::service::StopResult::kStopped:
            std::cout << "p2pool-dash has been stopped." << std::endl;
            return true;
        case p2pool::service::StopResult::kNotRunning:
            std::cout << "p2pool-dash does not run in " << settings.net_datadir.string() << "." << std::endl;
            return true;
        case p2pool::service::StopResult::kStillRunning:
            break;
    }
    std::cerr << "p2pool-dash does not end; see " << settings.logfile.string() << std::endl;
    return false;
}

int tell_status(const Settings& settings) {
    const auto pid = p2pool::service::running_process(settings.pid_file);
    if (!pid) {
        std::cout << "p2pool-dash does not run in " << settings.net_datadir.string() << "." << std::endl;
        return kNotRunningExitCode;
    }
    const bool is_ready = std::filesystem::exists(settings.ready_flag);
    std::cout << "p2pool-dash runs as process " << *pid
              << (is_ready ? " and serves miners." : " and is not ready for miners yet; see its log.") << std::endl;
    return EXIT_SUCCESS;
}

int act(const p2pool::options::Options& options) {
    const Settings settings = p2pool::options::resolve(options, places());
    if (!options.export_shares.empty()) {
        p2pool::node::export_shares(settings);
        return EXIT_SUCCESS;
    }
    switch (options.action) {
        case Action::kStop:
            return stop_node(settings) ? EXIT_SUCCESS : EXIT_FAILURE;
        case Action::kStatus:
            return tell_status(settings);
        case Action::kRestart:
            return stop_node(settings) ? run_node(settings, true) : EXIT_FAILURE;
        case Action::kRunInBackground:
            return run_node(settings, true);
        case Action::kRun:
            break;
    }
    return run_node(settings, false);
}

}  // namespace

int main(int argument_count, char** arguments) {
    using p2pool::options::Request;
    std::signal(SIGPIPE, SIG_IGN);  // of a reader of the log that went away
    try {
        const p2pool::options::Options options = p2pool::options::parse({arguments + 1, arguments + argument_count});
        switch (options.request) {
            case Request::kHelp:
                std::cout << p2pool::options::help_text(launch());
                return EXIT_SUCCESS;
            case Request::kVersion:
                std::cout << p2pool::version() << "\n";
                return EXIT_SUCCESS;
            case Request::kRun:
                hide_secrets(arguments + 1, options);
                return act(options);
        }
    } catch (const p2pool::options::UsageError& error) {
        std::cerr << p2pool::options::usage_line(launch()) << p2pool::options::program_name(launch())
                  << ": error: " << error.what() << "\n";
        return kUsageExitCode;
    } catch (const std::exception& error) {
        std::cerr << p2pool::options::program_name(launch()) << ": error: " << error.what() << "\n";
    }
    return EXIT_FAILURE;
}
