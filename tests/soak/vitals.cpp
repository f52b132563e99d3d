#include "tests/soak/vitals.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace soak {
namespace {

constexpr double kWarmUpSeconds = 1200;
constexpr std::ptrdiff_t kFewestSamples = 12;
constexpr std::uint64_t kMemoryAllowance = 8U << 20;
constexpr std::uint64_t kFileAllowance = 10;

using Part = std::vector<Vitals>::const_iterator;

std::uint64_t median(Part begin, Part end, std::uint64_t Vitals::*figure) {
    std::vector<std::uint64_t> values;
    std::transform(begin, end, std::back_inserter(values), [figure](const Vitals& vitals) { return vitals.*figure; });
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Part end_of_warm_up(const std::vector<Vitals>& samples) {
    return std::find_if(samples.begin(), samples.end(), [&samples](const Vitals& vitals) {
        return vitals.at_seconds >= samples.front().at_seconds + kWarmUpSeconds;
    });
}

}  // namespace

std::optional<Vitals> read_vitals(pid_t process, double now) {
    const std::filesystem::path folder = "/proc/" + std::to_string(process);
    std::ifstream memory(folder / "statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    if (!(memory >> total >> resident)) return std::nullopt;
    Vitals vitals{now, resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)), 0};
    std::error_code error;
    for (std::filesystem::directory_iterator file(folder / "fd", error), end; !error && file != end;
         file.increment(error))
        ++vitals.open_files;
    if (error) return std::nullopt;
    return vitals;
}

std::string growth(const std::vector<Vitals>& samples) {
    const Part begin = end_of_warm_up(samples);
    if (samples.end() - begin < kFewestSamples) return {};
    const std::ptrdiff_t third = (samples.end() - begin) / 3;
    const auto grown = [&](std::uint64_t Vitals::*figure, std::uint64_t allowance) -> std::string {
        const std::uint64_t first = median(begin, begin + third, figure);
        const std::uint64_t last = median(samples.end() - third, samples.end(), figure);
        if (last <= first + allowance) return {};
        return std::to_string(first) + " -> " + std::to_string(last);
    };
    const std::uint64_t first_bytes = median(begin, begin + third, &Vitals::resident_bytes);
    const std::string bytes = grown(&Vitals::resident_bytes, first_bytes / 8 + kMemoryAllowance);
    const std::string files = grown(&Vitals::open_files, kFileAllowance);
    std::string text;
    if (!bytes.empty()) text += "resident bytes grew: " + bytes;
    if (!files.empty()) text += (text.empty() ? "" : "; ") + ("open files grew: " + files);
    return text;
}

}  // namespace soak
