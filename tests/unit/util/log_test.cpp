#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/log_format.h"

namespace {

namespace fs = std::filesystem;
namespace log = dash::log;

/// A folder of its own that disappears with the test; the logger goes back to the console.
class LogFolder {
  public:
    LogFolder() {
        std::string pattern = (fs::temp_directory_path() / "p2pool-log-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    LogFolder(const LogFolder&) = delete;
    LogFolder& operator=(const LogFolder&) = delete;
    ~LogFolder() {
        log::configure({});
        fs::remove_all(path_);
    }
    [[nodiscard]] fs::path file() const { return path_ / "log"; }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

/// What a file descriptor gets while the object lives.
class Captured {
  public:
    Captured(std::FILE* stream, fs::path to) : stream_(stream), path_(std::move(to)) {
        std::fflush(stream_);
        saved_ = dup(fileno(stream_));
        std::FILE* file = std::fopen(path_.c_str(), "w");
        REQUIRE(file != nullptr);
        dup2(fileno(file), fileno(stream_));
        std::fclose(file);
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    ~Captured() { release(); }
    std::vector<std::string> lines();

  private:
    void release() {
        if (saved_ < 0) return;
        std::fflush(stream_);
        dup2(saved_, fileno(stream_));
        close(saved_);
        saved_ = -1;
    }
    std::FILE* stream_;
    fs::path path_;
    int saved_ = -1;
};

std::vector<std::string> lines_of(const fs::path& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

std::vector<std::string> Captured::lines() {
    release();
    return lines_of(path_);
}

/// The text behind "YYYY-MM-DD HH:MM:SS.ffffff "; a text that says so when the line does not begin like that.
std::string text_of(const std::string& line) {
    static const std::regex form(R"(^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6} (.*)$)");
    std::smatch match;
    return std::regex_match(line, match, form) ? match[1].str() : "no timestamp: " + line;
}

std::vector<std::string> texts_of(const std::vector<std::string>& lines) {
    std::vector<std::string> texts;
    for (const std::string& line : lines)
        texts.push_back(text_of(line));
    return texts;
}

using Texts = std::vector<std::string>;

log::Settings only_file(const fs::path& path) {
    log::Settings settings;
    settings.console = false;
    settings.file = path;
    return settings;
}

}  // namespace

TEST_CASE("the file gets lines with a timestamp and marks what went to stderr") {
    const LogFolder folder;
    log::configure(only_file(folder.file()));
    log::info("Listening for workers on port ", 7903);
    log::warning("slow");
    log::error("lost ", 2.5, " duffs");
    log::flush();
    CHECK(texts_of(lines_of(folder.file())) ==
          Texts{"Listening for workers on port 7903", "> slow", "> lost 2.5 duffs"});
}

TEST_CASE("the console gets information on stdout, warnings and errors on stderr, without a mark") {
    const LogFolder folder;
    Captured out(stdout, folder.path() / "out");
    Captured err(stderr, folder.path() / "err");
    log::configure({});
    log::info("to stdout");
    log::warning("to stderr");
    log::error("to stderr too");
    log::flush();
    const auto out_lines = out.lines();
    const auto err_lines = err.lines();
    CHECK(texts_of(out_lines) == Texts{"to stdout"});
    CHECK(texts_of(err_lines) == Texts{"to stderr", "to stderr too"});
}

TEST_CASE("without the console only the file gets lines") {
    const LogFolder folder;
    Captured out(stdout, folder.path() / "out");
    Captured err(stderr, folder.path() / "err");
    log::configure(only_file(folder.file()));
    log::info("one");
    log::error("two");
    log::flush();
    const auto out_lines = out.lines();
    const auto err_lines = err.lines();
    CHECK(out_lines.empty());
    CHECK(err_lines.empty());
    CHECK(lines_of(folder.file()).size() == 2);
}

TEST_CASE("debug lines are kept only when asked for") {
    const LogFolder folder;
    log::Settings settings = only_file(folder.file());
    log::configure(settings);
    log::debug("unheard");
    CHECK_FALSE(log::enabled(log::Level::kDebug));
    CHECK(log::enabled(log::Level::kInfo));
    settings.debug = true;
    log::configure(settings);
    log::debug("heard");
    log::flush();
    CHECK(texts_of(lines_of(folder.file())) == Texts{"heard"});
}

TEST_CASE("a text cannot forge a line, braces and percent signs mean nothing") {
    const LogFolder folder;
    log::configure(only_file(folder.file()));
    log::info("worker a\nb\r\x1b[2J\x7f\t");
    log::info("{} %s %v {0}");
    log::info("Zoë ß");
    log::info("");
    log::flush();
    CHECK(texts_of(lines_of(folder.file())) ==
          Texts{R"(worker a\x0ab\x0d\x1b[2J\x7f\x09)", "{} %s %v {0}", "Zoë ß", ""});
}

TEST_CASE("lines are in the file when the call returns, and earlier content stays") {
    const LogFolder folder;
    std::ofstream(folder.file()) << "from the last run\n";
    log::configure(only_file(folder.file()));
    log::info("new");
    const auto lines = lines_of(folder.file());
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "from the last run");
    CHECK(text_of(lines[1]) == "new");
}

TEST_CASE("a console that takes nothing holds nobody up, and what was lost is told") {
    const LogFolder folder;
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    std::fflush(stdout);
    const int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    log::Settings settings;
    settings.own_thread = true;
    log::configure(settings);
    const std::string text(1000, 'x');
    constexpr int kLines = 20'000;  // more than pipe and queue take
    for (int i = 0; i < kLines; ++i)
        log::info(text);

    std::string read;
    std::thread reader([&read, from = ends[0]] {
        std::array<char, 65536> piece{};
        for (ssize_t size = 0; (size = ::read(from, piece.data(), piece.size())) > 0;)
            read.append(piece.data(), static_cast<std::size_t>(size));
    });
    log::flush();
    log::info("afterwards");
    log::configure({});
    std::fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(ends[1]);
    reader.join();
    close(ends[0]);
    const auto lines = std::count(read.begin(), read.end(), '\n');
    CHECK(lines > 1000);
    CHECK(lines < kLines);
    CHECK(read.find(" afterwards\n") != std::string::npos);
}

TEST_CASE("with a thread of its own the log keeps the order, and what belongs together stays so") {
    const LogFolder folder;
    log::Settings settings = only_file(folder.file());
    settings.own_thread = true;
    log::configure(settings);
    std::vector<std::thread> writers;
    constexpr int kWriters = 4;
    constexpr int kBlocks = 200;
    for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([writer] {
            const std::string name = std::to_string(writer);
            for (int i = 0; i < kBlocks; ++i)
                log::write_info({"begin " + name, "middle " + name, "end " + name});
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    log::flush();
    const Texts texts = texts_of(lines_of(folder.file()));
    REQUIRE(texts.size() == std::size_t{3} * kWriters * kBlocks);
    for (std::size_t i = 0; i < texts.size(); i += 3) {
        const std::string name = texts[i].substr(6);
        CHECK(texts[i + 1] == "middle " + name);
        CHECK(texts[i + 2] == "end " + name);
    }
    fs::rename(folder.file(), folder.path() / "log.1");
    log::reopen();
    log::info("after");
    log::flush();
    CHECK(texts_of(lines_of(folder.file())).back() == "after");
}

TEST_CASE("a file that cannot be opened is the operator's error and leaves the log as it was") {
    const LogFolder folder;
    log::configure(only_file(folder.file()));
    CHECK_THROWS_AS(log::configure(only_file(folder.path() / "missing" / "log")), dash::ConfigError);
    log::info("still here");
    log::flush();
    CHECK(lines_of(folder.file()).size() == 1);
}

TEST_CASE("reopen follows a log rotation") {
    const LogFolder folder;
    log::configure(only_file(folder.file()));
    log::info("before");
    fs::rename(folder.file(), folder.path() / "log.1");
    log::reopen();
    log::info("after");
    log::flush();
    const std::string name = folder.file().string();
    CHECK(texts_of(lines_of(folder.path() / "log.1")) == Texts{"before", "Caught SIGUSR1, closing '" + name + "'..."});
    CHECK(texts_of(lines_of(folder.file())) ==
          Texts{"...and reopened '" + name + "' after catching SIGUSR1.", "after"});
}

TEST_CASE("a log rotation that sends no signal is noticed in time") {
    const LogFolder folder;
    log::Settings settings = only_file(folder.file());
    settings.file_reopen_interval = std::chrono::seconds(0);
    log::configure(settings);
    log::info("before");
    fs::rename(folder.file(), folder.path() / "log.1");
    log::info("after");
    log::flush();
    CHECK(texts_of(lines_of(folder.path() / "log.1")) == Texts{"before"});
    CHECK(texts_of(lines_of(folder.file())) == Texts{"after"});
}

TEST_CASE("when reopening fails the old file goes on and an error says so") {
    const LogFolder folder;
    const fs::path inner = folder.path() / "inner";
    fs::create_directory(inner);
    log::configure(only_file(inner / "log"));
    fs::rename(inner, folder.path() / "moved");
    log::reopen();
    log::info("goes on");
    log::flush();
    const auto texts = texts_of(lines_of(folder.path() / "moved" / "log"));
    REQUIRE(texts.size() == 3);
    CHECK(texts[1].rfind("> After SIGUSR1: cannot write the log file", 0) == 0);
    CHECK(texts[2] == "goes on");
}

TEST_CASE("a file over its limit is cut to whole lines at its end") {
    const LogFolder folder;
    log::Settings settings = only_file(folder.file());
    settings.file_limit_bytes = 20000;
    log::configure(settings);
    for (int i = 0; i < 1000; ++i)
        log::info("line ", i);
    log::reopen();
    log::flush();
    CHECK(fs::file_size(folder.file()) < 1000);
    const auto texts = texts_of(lines_of(folder.file()));
    REQUIRE(texts.size() > 2);
    for (const std::string& text : texts)
        CHECK(text.rfind("no timestamp", 0) != 0);
    CHECK(texts[texts.size() - 3] == "line 999");
}

TEST_CASE("threads do not mix their lines") {
    const LogFolder folder;
    log::configure(only_file(folder.file()));
    constexpr int kThreads = 4;
    constexpr int kLines = 500;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([t] {
            for (int i = 0; i < kLines; ++i)
                log::info("thread ", t, " says ", std::string(100, 'x'));
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    log::flush();
    const auto texts = texts_of(lines_of(folder.file()));
    CHECK(texts.size() == kThreads * kLines);
    const std::regex form("thread [0-3] says x{100}");
    for (const std::string& text : texts)
        CHECK(std::regex_match(text, form));
}

TEST_CASE("as JSON each line is an object, whatever the text is") {
    const LogFolder folder;
    log::set_format(log::Format::kJson);
    log::configure({.console = false, .debug = true, .file = folder.file()});
    const std::string nasty = "a \"quoted\" \\ text\nwith \x01\x1b[31m and \xc3\xa9";
    log::info(nasty);
    log::debug("d");
    log::warning("w");
    log::error("e");
    log::set_format(log::Format::kText);
    const auto lines = lines_of(folder.file());
    REQUIRE(lines.size() == 4);
    const std::vector<std::string> levels = {"info", "debug", "warning", "error"};
    const std::vector<std::string> texts = {nasty, "d", "w", "e"};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto object = nlohmann::json::parse(lines[i]);
        CHECK(object.size() == 3);
        CHECK(object["level"] == levels[i]);
        CHECK(object["text"] == texts[i]);
        CHECK(std::regex_match(object["time"].get<std::string>(),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)")));
    }
}
