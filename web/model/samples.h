#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace web {

struct HashrateSample {
    double at = 0;  ///< unix seconds
    double hashes_per_second = 0;
    std::optional<double> network_difficulty;
};

struct DifficultySample {
    double at = 0;
    double difficulty = 0;
    std::uint32_t height = 0;  ///< 0: unknown
};

/// What the pool's rate and the network's difficulty were, for luck and graphs; ascending by time, bounded. Web thread.
class Samples {
  public:
    static constexpr double kHashrateInterval = 30;
    static constexpr std::size_t kMostHashrates = 100'000;
    static constexpr std::size_t kMostDifficulties = 50'000;

    /// False when it comes too soon after the last one, and is not kept.
    bool add(const HashrateSample& sample);
    /// False when it says what the last one said.
    bool add(const DifficultySample& sample);
    /// Older samples than there are, ascending.
    void prepend(std::vector<DifficultySample> samples);
    /// In any order, at the start.
    void restore(std::vector<HashrateSample> hashrates, std::vector<DifficultySample> difficulties);

    [[nodiscard]] const std::deque<HashrateSample>& hashrates() const { return hashrates_; }
    [[nodiscard]] const std::deque<DifficultySample>& difficulties() const { return difficulties_; }

    /// Means over time between two moments, as areas under the lines from sample to sample, and how many samples they
    /// are made of: at least two, else `value` is empty.
    struct Mean {
        std::optional<double> value;
        std::size_t samples = 0;
    };
    [[nodiscard]] Mean mean_hashrate(double from, double to) const;
    [[nodiscard]] Mean mean_difficulty(double from, double to) const;

  private:
    std::deque<HashrateSample> hashrates_;
    std::deque<DifficultySample> difficulties_;
};

}  // namespace web
