#include "web/site/site.h"

#include "web/site/bad_request.h"

namespace web {
namespace {

constexpr const char* kNoPages =
    "<!doctype html><title>p2pool-dash</title><p>The dashboard's files are not installed here; start the node with "
    "--web-static FOLDER, or use the <a href=\"/api/v1/openapi.json\">API</a>.";

/// Relative paths hold behind a proxy, too, that puts the node below a path of its own.
Response redirect(const char* to) {
    Response response;
    response.status = 302;
    response.content_type = "text/plain; charset=utf-8";
    response.headers.emplace_back("Location", to);
    return response;
}

std::shared_ptr<Page> page(Response response) {
    return std::make_shared<Page>(std::move(response));
}

/// The longest path that begins the request's; `arguments` becomes the rest.
const Route* find(const std::map<std::string, Route, std::less<>>& routes, const std::string& prefix,
                  const Request& request, std::vector<std::string>& arguments) {
    std::vector<std::string> segments = request.segments;
    while (!segments.empty() && segments.back().empty())
        segments.pop_back();
    while (!segments.empty()) {
        std::string path = prefix + segments.front();
        for (std::size_t i = 1; i < segments.size(); ++i)
            path.append("/").append(segments[i]);
        const auto route = routes.find(path);
        if (route != routes.end()) return &route->second;
        arguments.insert(arguments.begin(), segments.back());
        segments.pop_back();
    }
    return nullptr;
}

Response method_not_allowed() {
    Response response = error_response(405, "only GET and HEAD are served here; getwork needs a connection of its own");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
}

bool is_json(const Request& request) {
    constexpr std::string_view kType = "application/json";
    return std::string_view(request.content_type).substr(0, kType.size()) == kType;
}

}  // namespace

Site::Site(Model& model, Gate& gate, MinerLogin& logins, EventHub& events, const PageFolders& folders)
    : model_(model),
      gate_(gate),
      logins_(logins),
      events_(events),
      files_(folders.folder, folders.own),
      vendor_(folders.own ? folders.vendor : std::filesystem::path(), true),
      has_files_(std::filesystem::exists(folders.folder / "index.html")) {
    add_legacy_routes(routes_);
    add_api_routes(routes_);
    add_health_routes(routes_);
    // A page that a browser goes to makes it ask for the password, and give it to all pages from then on.
    Route& login = routes_.pages["login"];
    login.kind = PathKind::kPrivate;
    login.make = [](const PageContext&) { return redirect("static/"); };
}

void Site::changed() {
    cache_.clear();
    cached_bytes_ = 0;
    cached_since_ = model_.steady();
}

std::shared_ptr<Page> Site::serve(const Request& request) {
    if (request.crowded && !is_always_answered(request)) {
        return page(busy_response("too many connections; try again in a moment"));
    }
    if (request.method != "GET" && request.method != "HEAD") return serve_action(request);
    if (request.segments.front().empty() && request.segments.size() == 1) return page(redirect("/static/"));
    if (request.segments.front() == "static") return serve_files(request);
    std::vector<std::string> arguments;
    if (const Route* route = find(routes_.pages, "", request, arguments)) {
        return serve_page(request, *route, std::move(arguments));
    }
    return page(error_response(404, "there is nothing at this path"));
}

bool Site::is_always_answered(const Request& request) const {
    std::vector<std::string> arguments;
    const Route* route = find(routes_.pages, "", request, arguments);
    return route != nullptr && route->kind == PathKind::kOpen;
}

std::shared_ptr<Page> Site::serve_page(const Request& request, const Route& route, std::vector<std::string> arguments) {
    Sight sight;
    if (auto refusal = gate_.check(request, route.kind, sight)) return page(std::move(*refusal));
    sight.miner = logins_.find(request.session);
    if (!route.cacheable || sight.miner) return make(request, route, std::move(arguments), sight);
    const std::string key =
        request.target + (sight.trusted ? "\nt" : "\n") + (sight.names ? "n" : "") + (sight.private_parts ? "p" : "");
    if (model_.steady() - cached_since_ > kFreshSeconds) changed();
    const auto known = cache_.find(key);
    if (known != cache_.end()) return known->second;
    std::shared_ptr<Page> made = make(request, route, std::move(arguments), sight);
    const std::size_t bytes = made->response().body.size();
    if (made->response().status == 200 && cache_.size() < kMaxCached && cached_bytes_ + bytes <= kMaxCachedBytes) {
        cached_bytes_ += bytes;
        cache_[key] = made;
    }
    return made;
}

/// What changes something is never done for another site's page: it could not send JSON without asking first, which is
/// never allowed, and a browser names it.
std::shared_ptr<Page> Site::serve_action(const Request& request) {
    std::vector<std::string> arguments;
    const Route* route = find(routes_.actions, request.method + " ", request, arguments);
    if (route == nullptr) return page(method_not_allowed());
    if (is_cross_site(request)) return page(error_response(403, "another site's page may not do this"));
    if (!request.body.empty() && !is_json(request)) {
        return page(error_response(415, "the body must be JSON, and Content-Type application/json"));
    }
    Sight sight;
    if (auto refusal = gate_.check(request, route->kind, sight)) return page(std::move(*refusal));
    sight.miner = logins_.find(request.session);
    return make(request, *route, std::move(arguments), sight);
}

std::shared_ptr<Page> Site::make(const Request& request, const Route& route, std::vector<std::string> arguments,
                                 const Sight& sight) {
    if (arguments.size() > route.most_arguments) return page(error_response(404, "there is nothing at this path"));
    if (arguments.size() < route.fewest_arguments)
        return page(error_response(400, "the path wants something more at its end"));
    try {
        return page(route.make({model_, gate_, logins_, server_, events_, request, std::move(arguments), sight}));
    } catch (const NeedsPassword&) {
        return page(gate_.ask_for_password(request));
    } catch (const BadRequest& problem) {
        return page(error_response(problem.status(), problem.what()));
    }
}

std::shared_ptr<Page> Site::serve_files(const Request& request) {
    Sight sight;
    if (auto refusal = gate_.check(request, PathKind::kFree, sight)) return page(std::move(*refusal));
    if (request.segments.size() == 1) return page(redirect("/static/"));
    const bool is_index = request.segments.size() == 2 && request.segments[1].empty();
    if (!has_files_ && is_index) {
        Response response;
        response.content_type = "text/html; charset=utf-8";
        response.body = kNoPages;
        return page(std::move(response));
    }
    const auto segments = std::span(request.segments).subspan(1);
    if (segments.size() > 1 && segments.front() == "vendor") {
        auto vendor = vendor_.serve(segments.subspan(1));
        if (vendor->response().status == 200) return vendor;
    }
    return files_.serve(segments);
}

}  // namespace web
