#include "web/model/samples.h"

#include <algorithm>

namespace web {
namespace {

template <typename Sample, typename Value>
Samples::Mean mean_between(const std::deque<Sample>& samples, double from, double to, Value value) {
    const auto earlier = [](const Sample& sample, double time) { return sample.at < time; };
    const auto begin = std::lower_bound(samples.begin(), samples.end(), from, earlier);
    auto end = begin;
    while (end != samples.end() && end->at <= to)
        ++end;
    Samples::Mean mean;
    mean.samples = static_cast<std::size_t>(end - begin);
    if (mean.samples < 2) return mean;
    double area = 0;
    for (auto sample = begin; std::next(sample) != end; ++sample)
        area += (value(*sample) + value(*std::next(sample))) / 2 * (std::next(sample)->at - sample->at);
    const double span = std::prev(end)->at - begin->at;
    mean.value = span > 0 ? area / span : value(*begin);
    return mean;
}

template <typename Sample>
void sort_by_time(std::deque<Sample>& samples) {
    std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.at < b.at; });
}

template <typename Sample>
void drop_oldest(std::deque<Sample>& samples, std::size_t most) {
    while (samples.size() > most)
        samples.pop_front();
}

/// What was taken before the clock was set back.
template <typename Sample>
void forget_after(std::deque<Sample>& samples, double now) {
    while (!samples.empty() && samples.back().at > now)
        samples.pop_back();
}

}  // namespace

bool Samples::add(const HashrateSample& sample) {
    forget_after(hashrates_, sample.at);
    if (!hashrates_.empty() && sample.at < hashrates_.back().at + kHashrateInterval) return false;
    hashrates_.push_back(sample);
    drop_oldest(hashrates_, kMostHashrates);
    return true;
}

bool Samples::add(const DifficultySample& sample) {
    forget_after(difficulties_, sample.at);
    if (!difficulties_.empty()) {
        const DifficultySample& last = difficulties_.back();
        if (sample.height == last.height && sample.difficulty == last.difficulty) return false;
    }
    difficulties_.push_back(sample);
    drop_oldest(difficulties_, kMostDifficulties);
    return true;
}

void Samples::prepend(std::vector<DifficultySample> samples) {
    difficulties_.insert(difficulties_.begin(), samples.begin(), samples.end());
    sort_by_time(difficulties_);
    drop_oldest(difficulties_, kMostDifficulties);
}

void Samples::restore(std::vector<HashrateSample> hashrates, std::vector<DifficultySample> difficulties) {
    hashrates_.assign(hashrates.begin(), hashrates.end());
    difficulties_.assign(difficulties.begin(), difficulties.end());
    sort_by_time(hashrates_);
    sort_by_time(difficulties_);
    drop_oldest(hashrates_, kMostHashrates);
    drop_oldest(difficulties_, kMostDifficulties);
}

Samples::Mean Samples::mean_hashrate(double from, double to) const {
    return mean_between(hashrates_, from, to, [](const HashrateSample& sample) { return sample.hashes_per_second; });
}

Samples::Mean Samples::mean_difficulty(double from, double to) const {
    return mean_between(difficulties_, from, to, [](const DifficultySample& sample) { return sample.difficulty; });
}

}  // namespace web
