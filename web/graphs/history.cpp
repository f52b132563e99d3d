#include "web/graphs/history.h"

#include <algorithm>
#include <cmath>

#include "web/kept_numbers.h"

namespace web::graphs {
namespace {

Bin::iterator place_of(Bin& bin, const std::string& key) {
    return std::lower_bound(bin.begin(), bin.end(), key,
                            [](const Sum& sum, const std::string& wanted) { return *sum.key < wanted; });
}

Sum& find_or_add(KeyPool& pool, Bin& bin, const std::string& key) {
    const auto place = place_of(bin, key);
    if (place != bin.end() && *place->key == key) return *place;
    return *bin.insert(place, Sum{pool.get(key), 0, 0});
}

}  // namespace

Key KeyPool::get(const std::string& text) {
    std::weak_ptr<const std::string>& known = keys_[text];
    if (Key key = known.lock()) return key;
    Key key = std::make_shared<const std::string>(text);
    known = key;
    return key;
}

void KeyPool::sweep() {
    for (auto key = keys_.begin(); key != keys_.end();)
        key = key->second.expired() ? keys_.erase(key) : std::next(key);
}

View::View(StreamKind kind, ViewShape shape) : kind_(kind), shape_(shape), bins_(shape.bins) {}

/// Makes the newest bin the one that holds `time`.
void View::reach(double time) {
    const double bins = std::ceil((time - last_end_) / shape_.bin_seconds());
    if (!(bins > 0)) return;
    shift(static_cast<std::uint64_t>(bins));
    last_end_ += bins * shape_.bin_seconds();
}

void View::shift(std::uint64_t count) {
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, shape_.bins); ++i) {
        bins_.pop_back();
        bins_.emplace_front();
    }
}

void View::go_back(double time) {
    const double bins = std::floor((last_end_ - time) / shape_.bin_seconds());
    if (!(bins > 0)) return;
    for (std::uint64_t i = 0; i < std::min(static_cast<std::uint64_t>(bins), std::uint64_t{shape_.bins}); ++i) {
        bins_.pop_front();
        bins_.emplace_back();
    }
    last_end_ -= bins * shape_.bin_seconds();
}

void View::add(KeyPool& pool, double time, const std::map<std::string, double>& values) {
    reach(time);
    const double index = std::floor((last_end_ - time) / shape_.bin_seconds());
    if (index >= static_cast<double>(shape_.bins)) return;
    Bin& bin = bins_[static_cast<std::size_t>(index)];
    for (const auto& [key, value] : values) {
        Sum& sum = find_or_add(pool, bin, key);
        sum.total += value;
        ++sum.count;
    }
    if (kind_.keyed && kind_.zero_fill && values.count(kPlainKey) == 0) ++find_or_add(pool, bin, kPlainKey).count;
    if (bin.size() > kind_.keep) keep_largest(pool, bin);
    changed_.insert(number_of(static_cast<std::size_t>(index)));
}

/// The smallest of those that stay takes in what is dropped, and its name is lost.
void View::keep_largest(KeyPool& pool, Bin& bin) const {
    const auto size = [this](const Sum& sum) {
        return kind_.gauge ? sum.total / static_cast<double>(sum.count) : sum.total;
    };
    const auto is_named = [](const Sum& sum) { return *sum.key != kOthersKey; };
    std::stable_sort(bin.begin(), bin.end(), [&](const Sum& a, const Sum& b) {
        if (is_named(a) != is_named(b)) return is_named(a);
        return size(a) > size(b);
    });
    while (bin.size() > kind_.keep) {
        const Sum last = bin.back();
        bin.pop_back();
        bin.back() = {pool.get(kOthersKey), bin.back().total + last.total, bin.back().count + last.count};
    }
    std::sort(bin.begin(), bin.end(), [](const Sum& a, const Sum& b) { return *a.key < *b.key; });
}

std::optional<std::map<std::string, double>> View::values_of(const Bin& bin, double width,
                                                             const std::unordered_set<std::string_view>* named) const {
    std::uint64_t data = 0;
    for (const Sum& sum : bin)
        data = std::max(data, sum.count);
    if (kind_.gauge && kind_.zero_fill && data == 0) return std::nullopt;
    std::map<std::string, double> values;
    for (const Sum& sum : bin) {
        const double divisor = !kind_.gauge ? width : static_cast<double>(kind_.zero_fill ? data : sum.count);
        const bool by_name = named == nullptr || named->count(*sum.key) != 0;
        values[by_name ? *sum.key : std::string(kOthersKey)] += sum.total / divisor;
    }
    return values;
}

std::vector<std::string> View::largest(std::size_t most) const {
    // Names are pooled: a pointer tells them apart.
    std::unordered_map<const std::string*, double> totals;
    for (const Bin& bin : bins_) {
        for (const Sum& sum : bin)
            totals[sum.key.get()] +=
                kind_.gauge ? sum.total / static_cast<double>(std::max<std::uint64_t>(1, sum.count)) : sum.total;
    }
    std::vector<std::pair<const std::string*, double>> sorted(totals.begin(), totals.end());
    const auto shown = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(most, sorted.size()));
    std::partial_sort(sorted.begin(), shown, sorted.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : *a.first < *b.first;
    });
    std::vector<std::string> keys;
    for (auto entry = sorted.begin(); entry != shown; ++entry)
        keys.push_back(*entry->first);
    return keys;
}

std::vector<Reading> View::read(double time, const std::vector<std::string>* named) {
    reach(time);
    const std::unordered_set<std::string_view> names =
        named == nullptr ? std::unordered_set<std::string_view>()
                         : std::unordered_set<std::string_view>(named->begin(), named->end());
    std::vector<Reading> readings;
    readings.reserve(bins_.size());
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        const double left = last_end_ - shape_.bin_seconds() * static_cast<double>(i + 1);
        const double right = std::min(time, last_end_ - shape_.bin_seconds() * static_cast<double>(i));
        readings.push_back({(left + right) / 2, right - left, i,
                            values_of(bins_[i], right - left, named == nullptr ? nullptr : &names)});
    }
    return readings;
}

std::map<std::string, double> View::recent_rates(double time, double seconds, double begin) {
    reach(time);
    std::unordered_map<const std::string*, double> totals;  // names are pooled: a pointer tells them apart
    // The newest bin is never whole: as many as reach back at least this far.
    const double wanted_start = std::max(time - seconds, begin);
    double start = time;
    for (std::size_t i = 0; i < bins_.size() && start > wanted_start; ++i) {
        for (const Sum& sum : bins_[i])
            totals[sum.key.get()] += sum.total;
        start = last_end_ - shape_.bin_seconds() * static_cast<double>(i + 1);
    }
    const double span = std::max(1.0, time - std::max(start, begin));
    std::map<std::string, double> rates;
    for (const auto& [key, total] : totals)
        rates[*key] += total / span;
    return rates;
}

std::int64_t View::number_of(std::size_t index) const {
    return std::llround(last_end_ / shape_.bin_seconds()) - static_cast<std::int64_t>(index);
}

void View::restore(std::int64_t number, Bin bin) {
    const double end = static_cast<double>(number) * shape_.bin_seconds();
    if (!(end >= 0 && end <= kLatestSeconds)) return;  // no clock tells such a time: the file is damaged
    if (end > last_end_) {
        shift(static_cast<std::uint64_t>(std::llround((end - last_end_) / shape_.bin_seconds())));
        last_end_ = end;
    }
    const std::int64_t index = number_of(0) - number;
    if (index < static_cast<std::int64_t>(bins_.size())) bins_[static_cast<std::size_t>(index)] = std::move(bin);
}

const Bin* View::bin(std::int64_t number) const {
    const std::int64_t index = number_of(0) - number;
    if (index < 0 || index >= static_cast<std::int64_t>(bins_.size())) return nullptr;
    return &bins_[static_cast<std::size_t>(index)];
}

std::vector<std::int64_t> View::take_changed() {
    std::vector<std::int64_t> numbers;
    for (const std::int64_t number : changed_) {
        if (bin(number) != nullptr) numbers.push_back(number);
    }
    changed_.clear();
    return numbers;
}

}  // namespace web::graphs
