#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace soak {

/// What the sanitizers have to say about processes that were built with any.
class SanitizerReports {
  public:
    /// From now on the processes that this one starts write their reports into the folder. Before the first thread.
    explicit SanitizerReports(std::filesystem::path folder);

    /// What was written since the last call: a text a process, with its name.
    [[nodiscard]] std::vector<std::string> take();

  private:
    std::filesystem::path folder_;
    std::map<std::filesystem::path, std::size_t> told_bytes_;
};

}  // namespace soak
