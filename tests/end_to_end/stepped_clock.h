#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "dash/util/atomic_file.h"

namespace end_to_end {

/// The processes that are started while it lives have a clock that the test sets; their steady clock is the machine's.
class SteppedClock {
  public:
    explicit SteppedClock(const std::filesystem::path& folder) : file_(folder / "clock") {
        if (!library().empty()) set(0);
        ::setenv("LD_PRELOAD", library().c_str(), 1);
        ::setenv("FAKETIME_TIMESTAMP_FILE", file_.c_str(), 1);
        ::setenv("FAKETIME_NO_CACHE", "1", 1);
        ::setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
    }
    ~SteppedClock() {
        for (const char* name :
             {"LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC"})
            ::unsetenv(name);
    }
    SteppedClock(const SteppedClock&) = delete;
    SteppedClock& operator=(const SteppedClock&) = delete;

    /// libfaketime of the distribution; empty when it is not installed.
    static std::filesystem::path library() {
        std::error_code error;
        for (std::filesystem::directory_iterator folder("/usr/lib", error), end; !error && folder != end;
             folder.increment(error)) {
            const std::filesystem::path file = folder->path() / "faketime" / "libfaketimeMT.so.1";
            if (std::filesystem::exists(file, error)) return file;
        }
        return {};
    }

    void set(int seconds_ahead) const {
        const std::string offset = (seconds_ahead < 0 ? "" : "+") + std::to_string(seconds_ahead);
        dash::write_file_atomically(file_, offset + "\n");
    }

  private:
    std::filesystem::path file_;
};

}  // namespace end_to_end
