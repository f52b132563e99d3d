#include <algorithm>
#include <set>
#include <sstream>

#include "web/site/bad_request.h"
#include "web/site/route_table.h"

/// /api/v1/graphs: columns, oldest first, as chart libraries want them.
namespace web {
namespace {

constexpr std::size_t kDefaultSeries = 20;
constexpr const char* kOnlySeries = "value";
constexpr const char* kOthersSeries = "others";

Json list_page() {
    Json streams = Json::array();
    for (const graphs::StreamInfo& stream : graphs::streams()) {
        streams.push_back(
            {{"name", stream.name}, {"unit", stream.unit}, {"keyed", stream.kind.keyed}, {"text", stream.text}});
    }
    Json ranges = Json::array();
    for (const graphs::Range& range : graphs::ranges()) {
        ranges.push_back({{"name", range.name},
                          {"seconds", range.shape.seconds},
                          {"bins", range.shape.bins},
                          {"bin_seconds", range.shape.bin_seconds()}});
    }
    return {{"streams", std::move(streams)}, {"ranges", std::move(ranges)}};
}

/// The largest series, by what they sum up to; or those that were asked for.
std::vector<std::string> chosen_keys(const Request& request, const graphs::View& view, bool counted) {
    std::vector<std::string> keys;
    if (const auto wanted = request.parameter("key")) {
        std::istringstream list(*wanted);
        for (std::string key; std::getline(list, key, ',') && keys.size() < kMostSeries;)
            keys.push_back(key);
        return keys;
    }
    std::size_t most = kDefaultSeries;
    if (const auto text = request.parameter("most")) {
        std::istringstream stream(*text);
        if (!(stream >> most) || most > kMostSeries) throw BadRequest("the parameter 'most' is no number up to 200");
    }
    keys = view.largest(most + 2);
    std::erase(keys, graphs::kOthersKey);
    if (counted) std::erase(keys, graphs::kPlainKey);
    if (keys.size() > most) keys.resize(most);
    return keys;
}

/// Whether the series that were not chosen sum up to something.
bool has_others(const std::vector<graphs::Reading>& readings) {
    return std::any_of(readings.begin(), readings.end(), [](const graphs::Reading& reading) {
        if (!reading.values) return false;
        const auto others = reading.values->find(graphs::kOthersKey);
        return others != reading.values->end() && others->second != 0;
    });
}

/// What a bin says of a key that it does not have.
Json missing_value(const graphs::StreamKind& kind, const graphs::Reading& reading) {
    if (!reading.values) return nullptr;
    return kind.gauge && !kind.zero_fill ? Json() : Json(0);
}

std::string series_name(const std::string& key) {
    if (key == graphs::kPlainKey) return kOnlySeries;
    return key == graphs::kOthersKey ? kOthersSeries : key;
}

Json graph_page(const PageContext& context) {
    const std::string& stream = context.arguments[0];
    const graphs::StreamInfo* info = graphs::Graphs::info(stream);
    if (info == nullptr) throw BadRequest("there is no such stream; /api/v1/graphs lists them", 404);
    if (info->names_miners && !context.sight.names) throw NeedsPassword();
    const std::string range = context.request.parameter("range").value_or("day");
    graphs::View* view = context.model.graphs().find(stream, range);
    if (view == nullptr) throw BadRequest("the range must be hour, day, week, month or year");
    std::vector<std::string> keys = info->kind.keyed ? chosen_keys(context.request, *view, info->kind.zero_fill)
                                                     : std::vector<std::string>{graphs::kPlainKey};
    std::vector<graphs::Reading> readings = view->read(context.model.time(), &keys);
    if (info->kind.keyed && !context.request.parameter("key") && has_others(readings))
        keys.emplace_back(graphs::kOthersKey);
    std::reverse(readings.begin(), readings.end());

    Json times = Json::array();
    for (const graphs::Reading& reading : readings)
        times.push_back(reading.center);
    Json names = Json::array();
    Json series = Json::object();
    for (const std::string& key : keys) {
        Json values = Json::array();
        for (const graphs::Reading& reading : readings) {
            const bool has = reading.values && reading.values->count(key) != 0;
            values.push_back(has ? Json(reading.values->at(key)) : missing_value(info->kind, reading));
        }
        names.push_back(series_name(key));
        series[series_name(key)] = std::move(values);
    }
    return {{"stream", stream},           {"range", graphs::find_range(range)->name},
            {"unit", info->unit},         {"bin_seconds", view->shape().bin_seconds()},
            {"times", std::move(times)},  {"keys", std::move(names)},
            {"series", std::move(series)}};
}

}  // namespace

void add_api_graphs(RouteTable& table) {
    takes(table.json(
              "api/v1/graphs",
              [](const PageContext& context) { return context.arguments.empty() ? list_page() : graph_page(context); }),
          0, 1);
}

}  // namespace web
