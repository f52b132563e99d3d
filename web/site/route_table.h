#pragma once

#include <string>
#include <utility>

#include "web/site/figures.h"
#include "web/site/site.h"

namespace web {

/// Fills a route table.
class RouteTable {
  public:
    explicit RouteTable(Routes& routes) : routes_(routes) {}

    /// A page of JSON.
    template <typename MakeJson>
    Route& json(const std::string& path, MakeJson make) {
        return page(path, as_response(make));
    }
    /// The same for what is not for everybody.
    template <typename MakeJson>
    Route& private_json(const std::string& path, MakeJson make) {
        Route& route = json(path, make);
        route.kind = PathKind::kPrivate;
        return route;
    }
    Route& page(const std::string& path, PageMaker make) { return add(routes_.pages[path], std::move(make)); }
    /// What POST, PUT or DELETE does, answered in JSON.
    template <typename MakeJson>
    Route& action(const std::string& method, const std::string& path, MakeJson make) {
        return add(routes_.actions[method + " " + path], as_response(make));
    }

  private:
    static Route& add(Route& route, PageMaker make) {
        route.make = std::move(make);
        return route;
    }
    template <typename MakeJson>
    static PageMaker as_response(MakeJson make) {
        return [make](const PageContext& context) { return json_response(to_text(make(context))); };
    }

    Routes& routes_;
};

inline Route& takes(Route& route, std::size_t fewest, std::size_t most) {
    route.fewest_arguments = fewest;
    route.most_arguments = most;
    return route;
}

void add_legacy_pool(RouteTable& table);
void add_legacy_miners(RouteTable& table);
void add_legacy_blocks(RouteTable& table);
void add_legacy_chain(RouteTable& table);
void add_legacy_peers(RouteTable& table);
void add_api_overview(RouteTable& table);
void add_api_miners(RouteTable& table);
void add_api_session(RouteTable& table);
void add_api_chain(RouteTable& table);
void add_api_node(RouteTable& table);
void add_api_graphs(RouteTable& table);

}  // namespace web
