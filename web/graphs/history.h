#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

/// Time series in bins of several widths, counted as the python node counts them (p2pool.util.graph).
namespace web::graphs {

/// How a stream's data become values.
struct StreamKind {
    bool gauge = true;       ///< a bin's value is the mean of its data; else their sum by the bin's width
    bool keyed = false;      ///< a datum has a value for each of several keys; else one value
    bool zero_fill = false;  ///< of a keyed gauge: a key that a datum does not have counts as 0 in it
    std::size_t keep = 20;   ///< keys a bin holds by name, the largest; the rest is summed up
};

struct ViewShape {
    std::size_t bins = 0;
    double seconds = 0;  ///< that all bins cover

    [[nodiscard]] double bin_seconds() const { return seconds / static_cast<double>(bins); }
};

/// The only key of a stream that is not keyed, and the counter of data in a zero-filled one.
constexpr const char* kPlainKey = "null";
/// What was summed up beyond the keys that are kept.
constexpr const char* kOthersKey = "\x7fothers";

using Key = std::shared_ptr<const std::string>;

/// Each key's text once, however many bins have it.
class KeyPool {
  public:
    [[nodiscard]] Key get(const std::string& text);
    /// Forgets what no bin has any more.
    void sweep();

  private:
    std::unordered_map<std::string, std::weak_ptr<const std::string>> keys_;
};

struct Sum {
    Key key;
    double total = 0;
    std::uint64_t count = 0;
};
/// Ascending by key.
using Bin = std::vector<Sum>;

/// A bin as it is read.
struct Reading {
    double center = 0;
    double width = 0;
    std::size_t age = 0;                                  ///< 0 = the newest
    std::optional<std::map<std::string, double>> values;  ///< nullopt: a zero-filled stream had no datum
};

/// One stream over one range of time.
class View {
  public:
    View(StreamKind kind, ViewShape shape);

    void add(KeyPool& pool, double time, const std::map<std::string, double>& values);
    /// The clock was set back to `time`: the bins of a time that has not come are dropped, so that counting goes on.
    void go_back(double time);
    /// All bins, newest first; the newest ends at `time`. `named`: of keys that are not among these only the sum is
    /// told, under kOthersKey; null: all are.
    [[nodiscard]] std::vector<Reading> read(double time, const std::vector<std::string>* named = nullptr);
    /// The keys with most in all bins together, the largest first, and at most so many.
    [[nodiscard]] std::vector<std::string> largest(std::size_t most) const;
    /// Mean over the bins that reach back `seconds` from `time` at most, per key: for sums, amount by the time that
    /// they cover. `begin`: nothing was counted before.
    [[nodiscard]] std::map<std::string, double> recent_rates(double time, double seconds, double begin);

    [[nodiscard]] const ViewShape& shape() const { return shape_; }
    [[nodiscard]] double last_end() const { return last_end_; }
    [[nodiscard]] const std::deque<Bin>& bins() const { return bins_; }

    // For who keeps bins elsewhere. A bin's number is its end by its width.
    [[nodiscard]] std::int64_t number_of(std::size_t index) const;
    /// Puts a kept bin back; bins that are too old are passed over.
    void restore(std::int64_t number, Bin bin);
    /// Numbers of the bins that changed since the last call, and are still there.
    [[nodiscard]] std::vector<std::int64_t> take_changed();
    [[nodiscard]] const Bin* bin(std::int64_t number) const;

  private:
    void reach(double time);
    void shift(std::uint64_t count);
    void keep_largest(KeyPool& pool, Bin& bin) const;
    [[nodiscard]] std::optional<std::map<std::string, double>> values_of(
        const Bin& bin, double width, const std::unordered_set<std::string_view>* named) const;

    StreamKind kind_;
    ViewShape shape_;
    double last_end_ = 0;
    std::deque<Bin> bins_;  ///< newest first
    std::set<std::int64_t> changed_;
};

}  // namespace web::graphs
