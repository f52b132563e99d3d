#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

#include "tests/soak/ledger.h"
#include "tests/soak/log_watch.h"
#include "tests/soak/sanitizer_reports.h"
#include "tests/soak/vitals.h"
#include "tests/support/process.h"

// The soak's own rules: what it must not let pass, and what it must not complain of.

using soak::Vitals;

namespace {

constexpr std::uint64_t kMegabyte = 1U << 20;

/// A sample a minute.
std::vector<Vitals> samples(std::size_t count, std::uint64_t first_megabytes, double megabytes_a_minute,
                            double files_a_minute = 0) {
    std::vector<Vitals> all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto minutes = static_cast<double>(i);
        all.push_back({60 * minutes,
                       (first_megabytes + static_cast<std::uint64_t>(megabytes_a_minute * minutes)) * kMegabyte,
                       40 + static_cast<std::uint64_t>(files_a_minute * minutes)});
    }
    return all;
}

}  // namespace

TEST_CASE("what grows steadily is told, what stays or warms up is not") {
    CHECK(soak::growth(samples(120, 50, 0)).empty());
    CHECK(soak::growth(samples(120, 50, 0.5)).find("resident bytes") != std::string::npos);
    CHECK(soak::growth(samples(120, 50, 0, 0.5)).find("open files") != std::string::npos);
    CHECK(soak::growth(samples(31, 50, 5)).empty());  // too short to say
    std::vector<Vitals> warming = samples(120, 80, 0);
    for (std::size_t i = 0; i < 20; ++i)
        warming[i].resident_bytes = (20 + 3 * i) * kMegabyte;
    CHECK(soak::growth(warming).empty());
}

TEST_CASE("the vitals of this process are found, those of none are not") {
    const auto mine = soak::read_vitals(::getpid(), 1);
    REQUIRE(mine.has_value());
    CHECK(mine->resident_bytes > kMegabyte);
    CHECK(mine->open_files >= 3);
    CHECK_FALSE(soak::read_vitals(0x7ffffff0, 1).has_value());
}

TEST_CASE("log lines of every level are told apart, and what is no log line is never expected") {
    const auto parsed = [](const char* line) { return soak::parse_log_line(line); };
    CHECK(soak::is_expected(parsed(R"({"time": "t", "level": "info", "text": "whatever"})")));
    CHECK(soak::is_expected(parsed(R"({"time": "t", "level": "warning", "text": "No block template from dashd: x"})")));
    CHECK_FALSE(soak::is_expected(parsed(R"({"time": "t", "level": "error", "text": "Fatal error: x"})")));
    CHECK_FALSE(soak::is_expected(parsed("==123==ERROR: AddressSanitizer: heap-use-after-free")));
    CHECK_FALSE(soak::is_expected(parsed("x.cpp:3:4: runtime error: signed integer overflow")));
}

TEST_CASE("a growing log is read line by line") {
    const tests::TemporaryFolder folder("soak-log");
    const auto file = folder.path() / "log";
    soak::LogTail tail(file);
    CHECK(tail.take().empty());
    std::ofstream stream(file);
    stream << R"({"level": "info", "text": "one"})"
           << "\n"
           << R"({"level": "info", )" << std::flush;
    auto lines = tail.take();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].text == "one");
    stream << R"("text": "two"})"
           << "\n"
           << R"({"lev)" << std::flush;
    lines = tail.take();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].text == "two");
    tail.drop_partial_line();
    stream << R"({"level": "info", "text": "three"})"
           << "\n"
           << std::flush;
    lines = tail.take();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].text == "three");
}

TEST_CASE("what a sanitizer writes is told once, of programs started by this one too") {
    const tests::TemporaryFolder folder("soak-reports");
    soak::SanitizerReports reports(folder.path() / "sanitizer");
    CHECK(reports.take().empty());
    tests::ChildProcess writer({"/bin/sh", "-c",
                                "for options in \"$ASAN_OPTIONS\" \"$TSAN_OPTIONS\" \"$UBSAN_OPTIONS\"; do "
                                "echo race >> \"${options##*log_path=}.node.7\"; done"},
                               folder.path() / "output");
    REQUIRE(writer.wait(std::chrono::seconds(10)) == 0);
    CHECK(reports.take() == std::vector<std::string>{"report.node.7\nrace\nrace\nrace\n"});
    CHECK(reports.take().empty());
    std::ofstream(folder.path() / "sanitizer" / "report.node.7", std::ios::app) << "another\n";
    CHECK(reports.take() == std::vector<std::string>{"report.node.7\nanother\n"});
}

TEST_CASE("a won block is pending until the daemon knows it, and told once when it never does") {
    soak::Ledger ledger;
    ledger.won("aa", "A", false, 10);
    ledger.won("bb", "B", true, 10);
    CHECK(ledger.counts().pending == 1);
    CHECK(ledger.counts().killed == 1);
    CHECK(ledger.counts().adds_up());
    CHECK(ledger.overdue(5).empty());
    CHECK(ledger.overdue(20) == std::vector<std::string>{"aa of node A"});
    CHECK(ledger.overdue(20).empty());
}
