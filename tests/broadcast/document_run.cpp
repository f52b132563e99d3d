#include "tests/broadcast/document_run.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "dash/util/environment.h"
#include "tests/broadcast/document.h"
#include "tests/support/machine.h"
#include "tests/support/needs.h"
#include "tests/support/own_network.h"
#include "tests/support/process.h"

namespace broadcast {
namespace {

using std::chrono::seconds;

/// They take a dashd of that network, and start the node on it.
bool is_about_public_network(const std::string& heading) {
    return heading == "Testnet" || heading == "Mainnet";
}

/// What the document asks there of a running node can be asked of that on regtest too, though it answers otherwise. The
/// document asks after some minutes, here the step before may have started the node only now.
Step question_of_public_network(const Step& step) {
    constexpr const char* kWait = "until curl -s http://127.0.0.1:7903/broadcaster_status; do sleep 0.1; done\n";
    Step question{
        step.heading, kWait + ("answers=$({\n" + step.commands + "})\necho \"$answers\"\n[ -n \"$answers\" ]\n"), {}};
    question.commands = std::regex_replace(question.commands, std::regex("127\\.0\\.0\\.1:17903"), "127.0.0.1:7903");
    return question;
}

std::string read_whole(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// What the document leaves to the reader: the programs are built, and at the end everything is stopped.
constexpr const char* kPrelude = R"(set -euo pipefail
cleanup() {
    for node in ${NODE:-}; do kill $node && wait $node || true; done
    for pid in $(cat ${D:-/nonexistent}/*/regtest/dashd.pid 2> /dev/null); do kill $pid || true; done
}
trap cleanup EXIT
trap 'exit 1' TERM
)";

/// A shell that does one step after the other, each when it is told.
class Shell {
  public:
    Shell(const std::filesystem::path& folder, const std::vector<Step>& steps) : folder_(folder) {
        const std::string programs = tests::program_dir().string();
        std::ofstream script(file("script"));
        script << kPrelude << "wait_for() { until [ -e $1 ]; do [ ! -e " << file("stop").string()
               << " ] || exit 0; sleep 0.05; done; }\n";
        for (std::size_t i = 0; i < steps.size(); ++i) {
            std::string commands = std::regex_replace(steps[i].commands, std::regex("build/release/"), programs + "/");
            commands =
                std::regex_replace(commands, std::regex(R"(\./run_p2pool\.sh)"), "exec " + programs + "/p2pool-dash");
            script << "wait_for " << file("go", i).string() << "\n"
                   << "{\n"
                   << commands << "} > " << file("output", i).string() << " 2>&1\n"
                   << "touch " << file("done", i).string() << "\n";
        }
        script << "wait_for " << file("stop").string() << "\n";
        script.close();
        process_ = std::make_unique<tests::ChildProcess>(std::vector<std::string>{"/bin/bash", file("script").string()},
                                                         file("shell.log"));
    }
    ~Shell() {
        std::ofstream(file("stop")) << "\n";
        if (!tests::wait_until([&] { return !process_->running(); }, seconds(20))) process_->stop(seconds(60));
    }
    Shell(const Shell&) = delete;
    Shell& operator=(const Shell&) = delete;

    /// False when the commands failed, or took too long.
    [[nodiscard]] bool run(std::size_t step) {
        std::ofstream(file("go", step)) << "\n";
        static_cast<void>(tests::wait_until(
            [&] { return std::filesystem::exists(file("done", step)) || !process_->running(); }, seconds(200)));
        return std::filesystem::exists(file("done", step));
    }
    [[nodiscard]] std::string output(std::size_t step) const { return read_whole(file("output", step)); }
    [[nodiscard]] std::string complaints() const { return process_->output(); }

  private:
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder_ / name; }
    [[nodiscard]] std::filesystem::path file(const std::string& name, std::size_t step) const {
        return folder_ / (name + std::to_string(step));
    }

    std::filesystem::path folder_;
    std::unique_ptr<tests::ChildProcess> process_;
};

/// What the node writes to its console, in the folder that the document's `mktemp -d` made.
std::string node_log(const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto log = entry.path() / "node.out";
        if (entry.is_directory() && std::filesystem::exists(log)) return read_whole(log);
    }
    return "";
}

void check_step(Shell& shell, const std::vector<Step>& steps, std::size_t i, const std::filesystem::path& folder) {
    const std::size_t before = node_log(folder).size();
    const std::string heading = steps[i].heading;
    const std::string commands = steps[i].commands;
    INFO("under \"" << heading << "\":\n" << commands);
    const bool done = shell.run(i);
    INFO("the node's log since then:\n" << node_log(folder).substr(before));
    const std::string output = shell.output(i);
    const std::string complaints = shell.complaints();
    INFO("it says:\n" << output << complaints);
    REQUIRE(done);
    for (const std::string& line : steps[i].expected) {
        const bool came = tests::wait_until(
            [&] { return contains(output, line) || contains(node_log(folder).substr(before), line); }, seconds(150));
        INFO("expected: " << line);
        REQUIRE(came);
    }
}

}  // namespace

NeedsCommands::NeedsCommands() {
    for (const std::string command : {"curl", "jq", "sqlite3"}) {
        if (!tests::has_command(command)) tests::skip("the document's commands need " + command + ": install it");
    }
}

void run_document(const DocumentRun& run) {
    const std::filesystem::path document(P2POOL_BROADCASTER_DOCUMENT);
    for (const std::string& program : read_programs(document)) {
        INFO(program);
        CHECK(std::filesystem::exists(tests::program_dir() / program));
    }
    std::vector<Step> steps;
    std::size_t public_questions = 0;
    for (const Step& step : read_steps(document)) {
        if (!is_about_public_network(step.heading)) {
            if (run.follows(step.heading)) steps.push_back(step);
        } else if (step.commands.find("run_p2pool.sh") == std::string::npos) {
            steps.push_back(question_of_public_network(step));
            ++public_questions;
        }
    }
    REQUIRE(steps.size() >= 4);
    REQUIRE(public_questions >= 2);
    Step questions{"the table of what to watch", "", {}};
    for (const std::string& question : read_questions(document)) {
        questions.commands += "curl -s http://127.0.0.1:7903/broadcaster_status | jq -e '" + question +
                              " | if type == \"object\" then all(. != null) else . != null end'\n";
    }
    REQUIRE(!questions.commands.empty());
    steps.push_back(questions);

    tests::enter_own_network();  // the ports are fixed
    const tests::TemporaryFolder folder("broadcaster-document");
    const std::string path = run.daemon_folder.string() + ":" + dash::environment("PATH").value_or("");
    ::setenv("PATH", path.c_str(), 1);
    ::setenv("TMPDIR", folder.path().c_str(), 1);
    Shell shell(folder.path(), steps);
    for (std::size_t i = 0; i < steps.size(); ++i)
        check_step(shell, steps, i, folder.path());
}

}  // namespace broadcast
