#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "web/access/gate.h"
#include "web/http/event_hub.h"
#include "web/http/http_server.h"
#include "web/http/static_files.h"
#include "web/model/model.h"

namespace web {

/// What a page is made from.
struct PageContext {
    Model& model;
    Gate& gate;
    const HttpServer* server = nullptr;  ///< for metrics
    EventHub& events;
    const Request& request;
    /// Path segments behind those that named the page.
    std::vector<std::string> arguments;
    Sight sight;

    /// The address, masked unless the client may see it.
    [[nodiscard]] std::string ip(const std::string& address) const {
        return sight.trusted ? address : mask_ip(address);
    }
};
using PageMaker = std::function<Response(const PageContext&)>;

/// A path and what is there.
struct Route {
    PathKind kind = PathKind::kPublic;
    std::size_t fewest_arguments = 0;
    std::size_t most_arguments = 0;
    bool cacheable = true;  ///< the same until the next snapshot
    PageMaker make;
};
/// Path without leading slash → route; arguments follow the path.
using Routes = std::map<std::string, Route, std::less<>>;

/// Where the pages below /static come from.
struct PageFolders {
    std::filesystem::path folder;
    /// What lies here is at /static/vendor, before what `folder` has there; only of our own pages.
    std::filesystem::path vendor;
    bool own = true;  ///< our own pages, not the operator's
};

/// Finds the page for a request, checks who may see it, and keeps what was made until there is something new.
class Site {
  public:
    Site(Model& model, Gate& gate, EventHub& events, const PageFolders& folders);

    [[nodiscard]] std::shared_ptr<Page> serve(const Request& request);
    /// What was made so far is old.
    void changed() { cache_.clear(); }
    void set_server(const HttpServer& server) { server_ = &server; }
    [[nodiscard]] const Routes& routes() const { return routes_; }

  private:
    static constexpr std::size_t kMaxCached = 200;

    [[nodiscard]] std::shared_ptr<Page> serve_route(const Request& request, const Route& route,
                                                    std::vector<std::string> arguments);
    [[nodiscard]] const Route* find(const Request& request, std::vector<std::string>& arguments) const;
    [[nodiscard]] std::shared_ptr<Page> serve_files(const Request& request);

    Model& model_;
    Gate& gate_;
    EventHub& events_;
    const HttpServer* server_ = nullptr;
    StaticFiles files_;
    StaticFiles vendor_;
    bool has_files_;
    Routes routes_;
    std::map<std::string, std::shared_ptr<Page>> cache_;  ///< by target, sight and Accept; bounded
};

void add_legacy_routes(Routes& routes);
void add_api_routes(Routes& routes);
void add_health_routes(Routes& routes);

}  // namespace web
