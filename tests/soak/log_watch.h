#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace soak {

struct LogLine {
    std::string level;  ///< "info", "warning", "error"; "alien" when the line is none that the node's log writes
    std::string text;
};

/// A line that the node wrote with --log-json.
[[nodiscard]] LogLine parse_log_line(const std::string& line);

/// True when nothing is wrong with a node that says this while it is put through the soak's faults.
[[nodiscard]] bool is_expected(const LogLine& line);

/// Reads a growing file line by line.
class LogTail {
  public:
    explicit LogTail(std::filesystem::path file) : file_(std::move(file)) {}

    /// The whole lines that came since the last call.
    [[nodiscard]] std::vector<LogLine> take();
    /// The writer is dead: what it began will not be finished.
    void drop_partial_line() { rest_.clear(); }

  private:
    std::filesystem::path file_;
    std::uint64_t offset_ = 0;
    std::string rest_;
};

}  // namespace soak
