#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace soak {

/// What a process holds just now.
struct Vitals {
    double at_seconds = 0;  ///< since the soak's begin
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_files = 0;
};

/// nullopt when there is no such process.
[[nodiscard]] std::optional<Vitals> read_vitals(pid_t process, double now);

/// The rule for flat: of the samples after the warm-up of twenty minutes the median of the last third lies above that
/// of the first third by no more than an eighth and 8 MiB of memory, and ten open files. An empty text when that holds,
/// or when there are fewer than twelve such samples.
[[nodiscard]] std::string growth(const std::vector<Vitals>& samples);

}  // namespace soak
