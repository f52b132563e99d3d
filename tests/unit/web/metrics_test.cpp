#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/web/running_service.h"

using web_tests::RunningService;

namespace {

/// Reads the text form as Prometheus does; fails the test on what it would refuse, and on what promtool would mend.
std::map<std::string, double> parse(const std::string& text, bool open_metrics) {
    static const std::regex comment("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    static const std::regex sample(
        "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{([a-z_]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\",?)*\\})? (-?[0-9.]+(e[-+]?[0-9]+)?)");
    std::map<std::string, std::string> types;
    std::set<std::string> helped;
    std::map<std::string, double> values;
    std::istringstream lines(text);
    bool ended = false;
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        REQUIRE_FALSE(ended);
        std::smatch match;
        if (line == "# EOF") {
            ended = true;
        } else if (std::regex_match(line, match, comment)) {
            if (match[1] == "HELP") {
                CHECK(helped.insert(match[2]).second);
            } else {
                CHECK(helped.count(match[2]) == 1);
                CHECK(types.emplace(match[2], match[3]).second);
            }
        } else {
            REQUIRE(std::regex_match(line, match, sample));
            std::string family = match[1];
            const bool is_total = family.size() > 6 && family.substr(family.size() - 6) == "_total";
            if (open_metrics && is_total) family.resize(family.size() - 6);
            REQUIRE(types.count(family) == 1);
            CHECK((types[family] == "counter") == is_total);
            CHECK(values.emplace(line.substr(0, line.rfind(' ')), std::stod(match[5])).second);
        }
    }
    CHECK(ended == open_metrics);
    return values;
}

}  // namespace

TEST_CASE("metrics can be read by Prometheus in both forms") {
    RunningService service;
    service.tell_mining_state();
    const auto plain = service.get("/metrics");
    CHECK(plain.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    const auto values = parse(plain.body, false);
    CHECK(values.at("p2pool_stratum_connections") == 2);
    CHECK(values.at("p2pool_submits_total{result=\"accepted\"}") == 80);
    CHECK(values.at("p2pool_own_shares_total") == 113);
    CHECK(values.at("p2pool_peers{direction=\"incoming\"}") == 1);
    CHECK(values.at("p2pool_ready") == 1);
    CHECK(values.at("p2pool_dashd_score{dashd=\"1\"}") == 0);
    CHECK(values.at("p2pool_dashd_score{dashd=\"2\"}") == 80);
    CHECK(values.at("p2pool_dashd_current{dashd=\"2\"}") == 1);
    // The first one has never answered: that is no answer in no time.
    CHECK(values.count("p2pool_dashd_answer_seconds{dashd=\"1\"}") == 0);
    CHECK(values.at("p2pool_dashd_answer_seconds{dashd=\"2\"}") == 0.01);
    // Workers come and go: a label for each would fill Prometheus.
    CHECK(plain.body.find(web_tests::kMinerAddress) == std::string::npos);
    const auto open = service.get("/metrics", {"Accept: application/openmetrics-text; version=1.0.0"});
    CHECK(open.header("content-type").find("application/openmetrics-text") == 0);
    CHECK(parse(open.body, true).at("p2pool_own_shares_total") == 113);
}

TEST_CASE("readiness is that of miners' work") {
    RunningService service;
    CHECK(service.get("/readyz").status == 503);
    CHECK(service.json("/readyz")["reason"] == "the node is starting");
    service.tell_mining_state();
    CHECK(service.get("/readyz").status == 200);
    CHECK(service.get("/healthz").status == 200);
}
