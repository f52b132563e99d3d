#include "web/site/metrics.h"
#include "web/site/route_table.h"

/// /healthz, /readyz and /metrics, for programs that watch the node.
namespace web {
namespace {

Response health(const PageContext&) {
    return json_response(R"({"status":"ok"})");
}

Response readiness(const PageContext& context) {
    constexpr double kSilentSeconds = 15;
    const Snapshot& now = context.model.now();
    const bool is_silent = context.model.time() - now.time > kSilentSeconds;
    const std::string reason = is_silent ? "the mining thread is busy or stuck" : now.no_work_reason;
    Response response = json_response(to_text({{"ready", reason.empty()}, {"reason", reason}}));
    if (!reason.empty()) response.status = 503;
    return response;
}

Response metrics(const PageContext& context) {
    const bool open_metrics = context.request.accept.find("application/openmetrics-text") != std::string::npos;
    Response response;
    response.content_type = open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                         : "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(context, open_metrics);
    return response;
}

}  // namespace

void add_health_routes(Routes& routes) {
    RouteTable table(routes);
    table.page("healthz", health).kind = PathKind::kOpen;
    table.page("readyz", readiness).kind = PathKind::kOpen;
    table.page("metrics", metrics).cacheable = false;
}

}  // namespace web
