#include "web/site/rates_json.h"

namespace web {
namespace {

struct SpanShape {
    const char* name;
    double seconds;
    const char* range;
};
constexpr std::array kSpans = {SpanShape{"m1", 60, "hour"}, SpanShape{"m15", 900, "hour"},
                               SpanShape{"h1", 3600, "hour"}, SpanShape{"h24", 86'400, "day"}};

}  // namespace

RateTable read_rates(Model& model, const char* stream) {
    RateTable table;
    const double now = model.time();
    for (std::size_t i = 0; i < kSpans.size(); ++i) {
        const SpanShape& shape = kSpans[i];
        table.spans[i].name = shape.name;
        // What an earlier run recorded counts, too: the node was off in between, and so were its miners.
        table.spans[i].known = now - model.facts().started_at >= std::min(shape.seconds, 60.0);
        table.spans[i].by_key =
            model.graphs().find(stream, shape.range)->recent_rates(now, shape.seconds, model.records_begin());
    }
    return table;
}

Json rates_json(const RateTable& table, const std::string& key) {
    return rates_json(table, std::vector<std::string>{key});
}

Json rates_json(const RateTable& table, const std::vector<std::string>& keys) {
    Json rates = Json::object();
    for (const RateTable::Span& span : table.spans) {
        double sum = 0;
        for (const std::string& key : keys) {
            const auto found = span.by_key.find(key);
            if (found != span.by_key.end()) sum += found->second;
        }
        rates[span.name] = span.known ? Json(sum) : Json();
    }
    return rates;
}

}  // namespace web
