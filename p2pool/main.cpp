#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/node/application.h"
#include "p2pool/node/share_keeping.h"
#include "p2pool/options/options.h"
#include "p2pool/version.h"

namespace {

constexpr int kUsageExitCode = 2;

/// Where the data folder lies when no --datadir is given: beside the launcher script, which says so, else the current
/// folder.
std::filesystem::path launcher_dir() {
    const char* told = std::getenv("P2POOL_LAUNCHER_DIR");
    return told != nullptr && *told != '\0' ? std::filesystem::path(told) : std::filesystem::current_path();
}

/// What the build fetched for the dashboard lies beside the program.
std::filesystem::path vendor_dir() {
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::path() : program.parent_path() / "web_vendor";
}

int run_node(const p2pool::options::Options& options) {
    p2pool::options::Settings settings = p2pool::options::resolve(options, launcher_dir());
    settings.web_vendor = vendor_dir();
    if (!options.export_shares.empty()) {
        p2pool::node::export_shares(settings);
        return EXIT_SUCCESS;
    }
    std::filesystem::create_directories(settings.net_datadir);
    dash::log::configure({.console = !options.no_console, .debug = options.debug, .file = settings.logfile});
    dash::log::info("p2pool (version ", p2pool::version(), ")");
    for (const std::string& remark : settings.remarks)
        dash::log::info(remark);
    return p2pool::node::Application(settings).run();
}

}  // namespace

int main(int argument_count, char** arguments) {
    using p2pool::options::CommandLine;
    try {
        const CommandLine command_line =
            p2pool::options::parse(std::vector<std::string>(arguments + 1, arguments + argument_count));
        switch (command_line.kind) {
            case CommandLine::Kind::kHelp:
                std::cout << p2pool::options::help_text();
                return EXIT_SUCCESS;
            case CommandLine::Kind::kVersion:
                std::cout << p2pool::version() << "\n";
                return EXIT_SUCCESS;
            case CommandLine::Kind::kRun:
                return run_node(command_line.options);
        }
    } catch (const p2pool::options::UsageError& error) {
        std::cerr << p2pool::options::usage_line() << "run_p2pool.sh: error: " << error.what() << "\n";
        return kUsageExitCode;
    } catch (const std::exception& error) {
        std::cerr << "run_p2pool.sh: error: " << error.what() << "\n";
    }
    return EXIT_FAILURE;
}
