#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/support/vectors.h"
#include "tests/unit/web/running_service.h"
#include "web/model/alerts.h"
#include "web/site/site.h"

using Json = nlohmann::json;

namespace {

std::filesystem::path docs() {
    return P2POOL_DOCS_DIR;
}

/// "/api/v1/miners/{address}" → "api/v1/miners".
std::string base_of(const std::string& path) {
    const std::size_t end = path.find("/{");
    return path.substr(1, end == std::string::npos ? end : end - 1);
}

std::string upper(std::string text) {
    for (char& character : text)
        character = static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
    return text;
}

}  // namespace

TEST_CASE("the OpenAPI document names every path of the API, and no other") {
    web::Routes routes;
    web::add_api_routes(routes);
    web::add_health_routes(routes);
    std::set<std::string> served;
    for (const auto& page : routes.pages)
        served.insert("GET " + page.first);
    for (const auto& action : routes.actions)
        served.insert(action.first);
    std::set<std::string> documented;
    const web_tests::RunningService service;
    const Json document = service.json("/api/v1/openapi.json");
    for (const auto& path : document["paths"].items()) {
        for (const auto& operation : path.value().items())
            documented.insert(upper(operation.key()) + " " + base_of(path.key()));
    }
    CHECK(documented == served);
}

TEST_CASE("every alert rule is explained to operators") {
    const std::string text = tests::read_text(docs() / "ALERTS.md");
    std::map<std::string, std::string> levels;
    const std::regex row("\\| `([a-z_]+)` \\| (info|warning|error) \\|");
    for (std::sregex_iterator match(text.begin(), text.end(), row), end; match != end; ++match) {
        const std::string name = (*match)[1];
        levels[name] = (*match)[2];
    }
    std::map<std::string, std::string> rules;
    for (const web::AlertRule& rule : web::alert_rules())
        rules[rule.name] = to_string(rule.level);
    CHECK(levels == rules);
    // And the API's document knows them.
    const web_tests::RunningService service;
    const Json names =
        service.json("/api/v1/openapi.json")["components"]["schemas"]["Alert"]["properties"]["rule"]["enum"];
    CHECK(names.size() == rules.size());
    for (const Json& name : names)
        CHECK(rules.count(name.get<std::string>()) == 1);
}

TEST_CASE("the metrics that documents, Grafana and Prometheus name are there") {
    web_tests::RunningService service;
    service.tell_mining_state();
    const std::string metrics = service.get("/metrics").body;
    const std::regex name("p2pool_[a-z0-9_]+");
    for (const auto& document : std::map<std::string, std::size_t>{
             {"grafana/p2pool-dash.json", 15}, {"OPERATIONS.md", 8}, {"scaling/p2pool-alerts.yml", 4}}) {
        CAPTURE(document.first);
        const std::string text = tests::read_text(docs() / document.first);
        std::size_t named = 0;
        for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match) {
            const std::string metric = match->str();
            CAPTURE(metric);
            CHECK(metrics.find("\n# TYPE " + metric + " ") != std::string::npos);
            ++named;
        }
        CHECK(named >= document.second);
    }
}
