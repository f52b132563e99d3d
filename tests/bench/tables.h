#pragma once

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Prints to the console as Google Benchmark does, and remembers the figures, to write them as the Markdown tables of
/// docs/PERFORMANCE.md: one for each group, which is what names begin with, up to the first slash. Group "function"
/// makes a matrix: a row for each function, a column for each of its implementations.
class TableReporter final : public benchmark::ConsoleReporter {
  public:
    TableReporter();

    void ReportRuns(const std::vector<Run>& runs) override;

    /// `head` comes first, as a paragraph.
    void write(const std::filesystem::path& file, const std::string& head) const;

  private:
    struct Figure {
        std::string name;
        std::string time;
        double each_nanoseconds = 0;
        std::vector<std::pair<std::string, std::string>> counters;  ///< name, value
    };

    [[nodiscard]] std::string table(const std::string& group) const;
    [[nodiscard]] std::string matrix(const std::string& group) const;

    std::vector<Figure> figures_;
};

}  // namespace bench
