#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "web/graphs/history.h"

namespace web::graphs {

/// The ranges that every stream is kept over: python name, name in our API, shape.
struct Range {
    const char* view;
    const char* name;
    ViewShape shape;
    bool is_long;  ///< miners' streams keep fewer names in it
};
[[nodiscard]] const std::array<Range, 5>& ranges();
/// By either name; nullptr when there is none.
[[nodiscard]] const Range* find_range(std::string_view name);

struct StreamInfo {
    const char* name;
    StreamKind kind;
    const char* unit;
    const char* text;           ///< what it shows, for people
    bool names_miners = false;  ///< its keys are workers or payout addresses of this node's miners
};
[[nodiscard]] const std::vector<StreamInfo>& streams();

/// All streams over all ranges. Web thread.
class Graphs {
  public:
    Graphs();

    /// The stream is one of streams(). A value for kPlainKey where it is not keyed.
    void add(std::string_view stream, double time, const std::map<std::string, double>& values);
    void add(std::string_view stream, double time, double value) { add(stream, time, {{kPlainKey, value}}); }

    /// The clock was set back.
    void go_back(double time);

    /// nullptr when there is no such stream or range.
    [[nodiscard]] View* find(std::string_view stream, std::string_view range);
    [[nodiscard]] static const StreamInfo* info(std::string_view stream);
    [[nodiscard]] KeyPool& keys() { return keys_; }

    /// Calls `visit(stream name, view name, view)` for all.
    template <typename Visit>
    void for_each(Visit visit) {
        for (auto& [name, views] : streams_) {
            for (std::size_t i = 0; i < views.size(); ++i)
                visit(name, ranges()[i].view, views[i]);
        }
    }

  private:
    KeyPool keys_;
    std::map<std::string, std::vector<View>, std::less<>> streams_;
};

}  // namespace web::graphs
