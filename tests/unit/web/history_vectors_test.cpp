#include <doctest/doctest.h>
#include <cmath>

#include <map>

#include "tests/support/vectors.h"
#include "web/graphs/history.h"

namespace {

using web::graphs::Bin;
using web::graphs::KeyPool;
using web::graphs::Reading;
using web::graphs::StreamKind;
using web::graphs::View;
using web::graphs::ViewShape;
using Json = nlohmann::json;

StreamKind kind_of(const Json& arguments) {
    StreamKind kind;
    kind.gauge = arguments.value("is_gauge", true);
    kind.keyed = arguments.value("multivalues", false);
    kind.zero_fill = arguments.value("multivalue_undefined_means_0", false);
    kind.keep = arguments.value("multivalues_keep", std::size_t{20});
    return kind;
}

bool is_close(const Json& wanted, double value) {
    return wanted.is_number() && std::abs(wanted.get<double>() - value) <= 1e-9 * std::max(1.0, std::abs(value));
}

std::string python_key(const std::string& key) {
    return key == web::graphs::kOthersKey ? web::graphs::kPlainKey : key;
}

void check_values(const Json& wanted, const StreamKind& kind, const Reading& reading) {
    if (!reading.values) {
        CHECK(wanted.is_null());
        return;
    }
    if (!kind.keyed) {
        const bool empty = reading.values->empty();
        if (wanted.is_null() || wanted == 0) {
            CHECK((empty || reading.values->begin()->second == 0));
        } else {
            REQUIRE_FALSE(empty);
            CHECK(is_close(wanted, reading.values->begin()->second));
        }
        return;
    }
    REQUIRE(wanted.is_object());
    CHECK(wanted.size() == reading.values->size());
    for (const auto& [key, value] : *reading.values) {
        REQUIRE(wanted.contains(python_key(key)));
        CHECK(is_close(wanted[python_key(key)], value));
    }
}

void check_bins(const Json& wanted, const View& view) {
    CHECK(wanted["last_bin_end"].get<double>() == view.last_end());
    REQUIRE(wanted["bins"].size() == view.bins().size());
    for (std::size_t i = 0; i < view.bins().size(); ++i) {
        const Bin& bin = view.bins()[i];
        const Json& wanted_bin = wanted["bins"][i];
        CHECK(wanted_bin.size() == bin.size());
        for (const auto& sum : bin) {
            REQUIRE(wanted_bin.contains(python_key(*sum.key)));
            const Json& wanted_sum = wanted_bin[python_key(*sum.key)];
            CHECK(is_close(wanted_sum[0], sum.total));
            CHECK(wanted_sum[1].get<std::uint64_t>() == sum.count);
        }
    }
}

}  // namespace

TEST_CASE("bins are counted, read and kept as the python node does") {
    const Json& vectors = tests::load_vectors("graph.json");
    KeyPool pool;
    std::map<std::string, std::map<std::string, View>> streams;
    std::map<std::string, StreamKind> kinds;
    for (const auto& [name, description] : vectors["description"].items()) {
        kinds[name] = kind_of(description["kwargs"]);
        for (const auto& [view, shape] : description["views"].items()) {
            streams[name].emplace(view,
                                  View(kinds[name], ViewShape{shape[0].get<std::size_t>(), shape[1].get<double>()}));
        }
    }
    for (const Json& op : vectors["ops"]) {
        const std::string name = op["stream"];
        const double time = op["t"];
        std::map<std::string, double> values;
        if (op["value"].is_object()) {
            values = op["value"].get<std::map<std::string, double>>();
        } else {
            values[web::graphs::kPlainKey] = op["value"].get<double>();
        }
        for (auto& entry : streams.at(name))
            entry.second.add(pool, time, values);
        if (!op.contains("get_data")) continue;
        for (const auto& item : op["get_data"].items()) {
            const std::string& stream = item.key();
            for (const auto& [view, wanted] : item.value().items()) {
                CAPTURE(stream);
                CAPTURE(time);
                // Reading may not disturb what comes: the python node reads a copy.
                View copy = streams.at(stream).at(view);
                const auto readings = copy.read(time);
                REQUIRE(readings.size() == wanted.size());
                for (std::size_t i = 0; i < readings.size(); ++i) {
                    CHECK(is_close(wanted[i][0], readings[i].center));
                    CHECK(is_close(wanted[i][2], readings[i].width));
                    check_values(wanted[i][1], kinds.at(stream), readings[i]);
                }
            }
        }
    }
    for (const auto& item : vectors["to_obj"].items()) {
        const std::string& stream = item.key();
        for (const auto& [view, wanted] : item.value().items()) {
            CAPTURE(stream);
            check_bins(wanted, streams.at(stream).at(view));
        }
    }
}
