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
        Route& route = routes_[path];
        route.make = [make](const PageContext& context) { return json_response(to_text(make(context))); };
        return route;
    }
    /// The same for what is not for everybody.
    template <typename MakeJson>
    Route& private_json(const std::string& path, MakeJson make) {
        Route& route = json(path, make);
        route.kind = PathKind::kPrivate;
        return route;
    }
    Route& page(const std::string& path, PageMaker make) {
        Route& route = routes_[path];
        route.make = std::move(make);
        return route;
    }

  private:
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
void add_api_miners(RouteTable& table);
void add_api_chain(RouteTable& table);
void add_api_node(RouteTable& table);
void add_api_graphs(RouteTable& table);

}  // namespace web
