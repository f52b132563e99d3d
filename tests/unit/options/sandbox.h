#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "p2pool/options/options.h"

namespace options_tests {

/// A folder that is gone after the test, with $HOME inside so that no dash.conf of the machine is read.
class Sandbox {
  public:
    Sandbox() : folder_(std::filesystem::temp_directory_path() / ("p2pool-options-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder_);
        ::setenv("HOME", folder_.c_str(), 1);
    }
    ~Sandbox() { std::filesystem::remove_all(folder_); }
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        const std::filesystem::path path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
        return path;
    }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

inline p2pool::options::Settings settings_of(const std::vector<std::string>& arguments) {
    return p2pool::options::resolve(p2pool::options::parse(arguments),
                                    {"/launcher", "/launcher/vendor", "/launcher/data"});
}

/// "no error" when there is none.
inline std::string error_of(const std::vector<std::string>& arguments) {
    try {
        (void)settings_of(arguments);
    } catch (const p2pool::options::UsageError& error) {
        return error.what();
    }
    return "no error";
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace options_tests
