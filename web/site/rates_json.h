#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "web/json_text.h"
#include "web/model/model.h"

namespace web {

/// Averages of a stream of hash rates over the last minute, 15 minutes, hour and day.
struct RateTable {
    struct Span {
        const char* name;
        bool known = false;  ///< there are records for that long
        std::map<std::string, double> by_key;
    };
    std::array<Span, 4> spans;
};
[[nodiscard]] RateTable read_rates(Model& model, const char* stream);

/// {"m1": …, "m15": …, "h1": …, "h24": …} of one key, or of several together.
[[nodiscard]] Json rates_json(const RateTable& table, const std::string& key);
[[nodiscard]] Json rates_json(const RateTable& table, const std::vector<std::string>& keys);

}  // namespace web
