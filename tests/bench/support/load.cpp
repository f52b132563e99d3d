#include "tests/bench/support/load.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "tests/support/process.h"

namespace bench {

nlohmann::json run_load(const std::filesystem::path& folder, const std::vector<std::string>& flags, int run_seconds) {
    std::vector<std::string> arguments = {(tests::program_dir() / "stratum-client").string(), "--json", "--duration",
                                          std::to_string(run_seconds)};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const std::filesystem::path output = folder / "load.json";
    std::filesystem::remove(output);
    tests::ChildProcess load(arguments, output);
    load.wait(std::chrono::seconds(run_seconds + 60));
    const std::string text = load.output();
    const std::size_t start = text.find('{');
    if (start == std::string::npos) throw std::runtime_error("stratum-client gave no result: " + text);
    return nlohmann::json::parse(text.substr(start));
}

void settle_chain(const std::string& server, const std::filesystem::path& folder) {
    constexpr int kSettleSeconds = 10;
    (void)run_load(folder, {"--mode", "submit", "-c", "1", "--rate", "20", "--difficulty", kEasySubmit, server},
                   kSettleSeconds);
}

void print_machine() {
    std::string model = "unknown processor";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.rfind("model name", 0) == 0) model = line.substr(line.find(':') + 2);
    }
    std::cout << "Machine: " << model << ", " << std::thread::hardware_concurrency() << " cores\n";
}

void print_against_goal(const char* what, double milliseconds, double goal) {
    std::printf("  %-44s %8.2f ms   (goal %.0f ms: %.2f of it)\n", what, milliseconds, goal, milliseconds / goal);
}

}  // namespace bench
