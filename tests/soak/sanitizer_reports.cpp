#include "tests/soak/sanitizer_reports.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "dash/util/environment.h"

namespace soak {
namespace {

constexpr const char* kFilePrefix = "report";

}  // namespace

SanitizerReports::SanitizerReports(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    for (const char* variable : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
        const auto given = dash::environment(variable);
        const std::string options =
            (given ? *given + ":" : "") + "log_exe_name=1:log_path=" + (folder_ / kFilePrefix).string();
        ::setenv(variable, options.c_str(), 1);
    }
}

std::vector<std::string> SanitizerReports::take() {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        std::size_t& told = told_bytes_[entry.path()];
        std::ifstream stream(entry.path(), std::ios::binary);
        stream.seekg(static_cast<std::streamoff>(told));
        std::ostringstream more;
        more << stream.rdbuf();
        if (more.str().empty()) continue;
        told += more.str().size();
        texts.push_back(entry.path().filename().string() + "\n" + more.str());
    }
    return texts;
}

}  // namespace soak
