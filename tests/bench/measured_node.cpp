#include "tests/bench/measured_node.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

std::vector<std::string> client(std::vector<std::string> flags, const Load& load) {
    std::vector<std::string> arguments = {(tests::program_dir() / "stratum-client").string(),
                                          "--json",
                                          "-c",
                                          std::to_string(load.connections),
                                          "--users",
                                          std::to_string(load.users)};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    arguments.push_back("127.0.0.1:" + std::to_string(load.port));
    return arguments;
}

std::vector<std::string> submit_flags(const Load& load) {
    return {"--mode", "submit", "--rate", std::to_string(load.submits_per_second), "--difficulty", kEasySubmit};
}

nlohmann::json run_load(std::vector<std::string> flags, const Load& load, int seconds) {
    flags.insert(flags.end(), {"--duration", std::to_string(seconds)});
    const tests::TemporaryFolder folder("p2pool-load");
    tests::ChildProcess process(client(std::move(flags), load), folder.path() / "load.json");
    process.wait(std::chrono::seconds(seconds + 60));
    const std::string text = process.output();
    const std::size_t start = text.find('{');
    if (start == std::string::npos) throw std::runtime_error("stratum-client gave no result: " + text);
    return nlohmann::json::parse(text.substr(start));
}

std::ifstream open_proc(pid_t process, const std::string& name) {
    std::ifstream file("/proc/" + std::to_string(process) + "/" + name);
    if (!file) throw std::runtime_error("the node has ended");
    return file;
}

}  // namespace

nlohmann::json submit(const Load& load, int seconds) {
    return run_load(submit_flags(load), load, seconds);
}

nlohmann::json listen(const Load& load, int seconds) {
    return run_load({"--mode", "listen"}, load, seconds);
}

nlohmann::json hear_new_blocks(const Load& load, const end_to_end::Rpc& daemon, int seconds) {
    const std::string login = daemon.user() + ":" + daemon.password() + "@127.0.0.1:" + std::to_string(daemon.port());
    return run_load({"--mode", "listen", "--daemon", login, "--new-block-every", "1"}, load, seconds);
}

std::unique_ptr<tests::ChildProcess> start_submits(const Load& load, const std::filesystem::path& output) {
    return std::make_unique<tests::ChildProcess>(client(submit_flags(load), load), output);
}

void settle_chain(std::uint16_t port) {
    constexpr int kSettleSeconds = 10;
    static_cast<void>(submit({.port = port, .connections = 1, .users = 1, .submits_per_second = 20}, kSettleSeconds));
}

double peak_megabytes(pid_t process) {
    std::ifstream status = open_proc(process, "status");
    double kilobytes = 0;
    for (std::string word; status >> word;) {
        if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024 / 1e6;
    }
    throw std::runtime_error("the kernel does not tell the process's memory");
}

double processor_seconds(pid_t process) {
    std::ifstream stat = open_proc(process, "stat");
    std::string text;
    std::getline(stat, text);
    // After the program's name in parentheses: the state, ten fields, then user's and system's time.
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string passed_over;
    for (int i = 0; i < 11; ++i)
        fields >> passed_over;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

MeasuredNode::MeasuredNode(const std::string& block_bits, const std::vector<std::string>& node_flags,
                           const std::function<void(const std::filesystem::path& folder)>& prepare) {
    if (prepare) prepare(folder_.path());
    daemon_ = end_to_end::make_simnet(folder_.path(), {"--bits", block_bits});
    node_ = std::make_unique<end_to_end::NodeProcess>(*daemon_, folder_.path(), node_flags);
    node_->wait_until_ready();
}

MeasuredNode::~MeasuredNode() {
    node_->process().stop();
}

double median(std::vector<double> values) {
    if (values.empty()) throw std::runtime_error("nothing was measured");
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace bench
