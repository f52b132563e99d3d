#include "web/site/site.h"

#include "web/site/bad_request.h"

namespace web {
namespace {

constexpr const char* kNoPages =
    "<!doctype html><title>p2pool-dash</title><p>The dashboard's files are not installed here; start the node with "
    "--web-static FOLDER, or use the <a href=\"/api/v1/openapi.json\">API</a>.";

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

}  // namespace

Site::Site(Model& model, Gate& gate, EventHub& events, const PageFolders& folders)
    : model_(model),
      gate_(gate),
      events_(events),
      files_(folders.folder, folders.own),
      vendor_(folders.own ? folders.vendor : std::filesystem::path(), true),
      has_files_(std::filesystem::exists(folders.folder / "index.html")) {
    add_legacy_routes(routes_);
    add_api_routes(routes_);
    add_health_routes(routes_);
}

std::shared_ptr<Page> Site::serve(const Request& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        Response response =
            error_response(405, "only GET and HEAD are served here; getwork needs a connection of its own");
        response.headers.emplace_back("Allow", "GET, HEAD");
        return page(std::move(response));
    }
    if (request.segments.front().empty() && request.segments.size() == 1) return page(redirect("/static/"));
    if (request.segments.front() == "static") return serve_files(request);
    std::vector<std::string> arguments;
    if (const Route* route = find(request, arguments)) return serve_route(request, *route, std::move(arguments));
    return page(error_response(404, "there is nothing at this path"));
}

/// The longest path that begins the request's.
const Route* Site::find(const Request& request, std::vector<std::string>& arguments) const {
    std::vector<std::string> segments = request.segments;
    while (!segments.empty() && segments.back().empty())
        segments.pop_back();
    while (!segments.empty()) {
        std::string path = segments.front();
        for (std::size_t i = 1; i < segments.size(); ++i)
            path.append("/").append(segments[i]);
        const auto route = routes_.find(path);
        if (route != routes_.end()) return &route->second;
        arguments.insert(arguments.begin(), segments.back());
        segments.pop_back();
    }
    return nullptr;
}

std::shared_ptr<Page> Site::serve_route(const Request& request, const Route& route,
                                        std::vector<std::string> arguments) {
    Sight sight;
    if (auto refusal = gate_.check(request, route.kind, sight)) return page(std::move(*refusal));
    const std::string key = request.target + (sight.trusted ? "\n+" : "\n-") + request.accept;
    const auto known = cache_.find(key);
    if (known != cache_.end()) return known->second;
    if (arguments.size() > route.most_arguments) return page(error_response(404, "there is nothing at this path"));
    if (arguments.size() < route.fewest_arguments)
        return page(error_response(400, "the path wants something more at its end"));
    std::shared_ptr<Page> made;
    try {
        made = page(route.make({model_, gate_, server_, events_, request, std::move(arguments), sight}));
    } catch (const BadRequest& problem) {
        return page(error_response(problem.status(), problem.what()));
    }
    if (route.cacheable && made->response().status == 200 && cache_.size() < kMaxCached) cache_[key] = made;
    return made;
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
        Response vendor = vendor_.serve(segments.subspan(1));
        if (vendor.status == 200) return page(std::move(vendor));
    }
    return page(files_.serve(segments));
}

}  // namespace web
