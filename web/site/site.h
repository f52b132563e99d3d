#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "web/access/gate.h"
#include "web/access/miner_login.h"
#include "web/http/event_hub.h"
#include "web/http/http_server.h"
#include "web/http/static_files.h"
#include "web/model/model.h"

namespace web {

/// What a page is made from.
struct PageContext {
    Model& model;
    Gate& gate;
    MinerLogin& logins;
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
/// Paths are without leading slash; arguments follow the path.
struct Routes {
    std::map<std::string, Route, std::less<>> pages;    ///< path → what GET and HEAD get
    std::map<std::string, Route, std::less<>> actions;  ///< "POST path" → what that does
};

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
    Site(Model& model, Gate& gate, MinerLogin& logins, EventHub& events, const PageFolders& folders);

    [[nodiscard]] std::shared_ptr<Page> serve(const Request& request);
    /// What was made so far is old.
    void changed();
    void set_server(const HttpServer& server) { server_ = &server; }

  private:
    static constexpr std::size_t kMaxCached = 200;
    static constexpr std::size_t kMaxCachedBytes = 32U << 20;
    /// Where the node tells nothing new, a page says how old its figures are.
    static constexpr double kFreshSeconds = 2;

    [[nodiscard]] bool is_always_answered(const Request& request) const;
    [[nodiscard]] std::shared_ptr<Page> serve_page(const Request& request, const Route& route,
                                                   std::vector<std::string> arguments);
    [[nodiscard]] std::shared_ptr<Page> serve_action(const Request& request);
    [[nodiscard]] std::shared_ptr<Page> serve_files(const Request& request);
    [[nodiscard]] std::shared_ptr<Page> make(const Request& request, const Route& route,
                                             std::vector<std::string> arguments, const Sight& sight);

    Model& model_;
    Gate& gate_;
    MinerLogin& logins_;
    EventHub& events_;
    const HttpServer* server_ = nullptr;
    StaticFiles files_;
    StaticFiles vendor_;
    bool has_files_;
    Routes routes_;
    std::map<std::string, std::shared_ptr<Page>> cache_;  ///< by target and sight; bounded
    std::size_t cached_bytes_ = 0;
    double cached_since_ = 0;  ///< steady seconds
};

void add_legacy_routes(Routes& routes);
void add_api_routes(Routes& routes);
void add_health_routes(Routes& routes);

}  // namespace web
