#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace tests {
namespace {

/// Until this program ends nobody else who asks gets the port: the name of an abstract socket is taken only once, and
/// leaves no file behind.
bool reserve(std::uint16_t port) {
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const std::string name = "p2pool-dash test port " + std::to_string(port);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path + 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0) return true;
    ::close(socket);
    return false;
}

bool nobody_listens(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool free = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return free;
}

}  // namespace

TemporaryFolder::TemporaryFolder(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / (name + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // what cannot be removed is the system's to clean
    std::filesystem::remove_all(path_, ignored);
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, std::filesystem::path output)
    : output_(std::move(output)) {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
        pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    const int file = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0) throw std::runtime_error("cannot write " + output_.string());
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(file, STDOUT_FILENO);
        ::dup2(file, STDERR_FILENO);
        ::execv(pointers[0], pointers.data());
        ::_exit(127);
    }
    ::close(file);
    if (pid_ < 0) throw std::runtime_error("cannot start " + arguments.at(0) + ": " + std::strerror(errno));
}

ChildProcess::~ChildProcess() {
    if (running()) kill();
}

bool ChildProcess::reap(bool block) {
    if (pid_ < 0) return true;
    int status = 0;
    if (::waitpid(pid_, &status, block ? 0 : WNOHANG) != pid_) return false;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    pid_ = -1;
    return true;
}

bool ChildProcess::running() {
    return !reap(false);
}

void ChildProcess::send_signal(int signal) const {
    if (pid_ > 0) ::kill(pid_, signal);
}

void ChildProcess::kill() {
    send_signal(SIGKILL);
    reap(true);
}

int ChildProcess::stop(std::chrono::milliseconds patience) {
    send_signal(SIGTERM);
    return wait(patience);
}

int ChildProcess::wait(std::chrono::milliseconds patience) {
    if (!wait_until([this] { return !running(); }, patience)) {
        kill();
        throw std::runtime_error("the program did not end in time; its output ends:\n" + output());
    }
    return exit_code_;
}

std::string ChildProcess::output() const {
    std::ifstream file(output_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void ChildProcess::wait_for_output(const std::string& text, std::chrono::milliseconds patience) const {
    if (wait_until([&] { return output().find(text) != std::string::npos; }, patience)) return;
    const std::string all = output();
    constexpr std::size_t kShown = 4000;
    throw std::runtime_error("'" + text + "' did not appear; the output ends:\n" +
                             all.substr(all.size() > kShown ? all.size() - kShown : 0));
}

std::vector<std::uint16_t> free_ports(std::size_t count) {
    // Below those that the system chooses from for port 0 and for connections.
    constexpr std::uint16_t kFirst = 20'000;
    constexpr std::uint16_t kLast = 32'767;
    constexpr int kAttempts = 1000;
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> any(kFirst, kLast);
    std::vector<std::uint16_t> ports;
    for (int attempt = 0; ports.size() < count && attempt < kAttempts; ++attempt) {
        const std::uint16_t port = any(random);
        if (reserve(port) && nobody_listens(port)) ports.push_back(port);
    }
    if (ports.size() < count) throw std::runtime_error("no free port on 127.0.0.1");
    return ports;
}

std::filesystem::path program_dir() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace tests
