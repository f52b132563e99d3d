#include "web/model/watch.h"
#include "web/site/metrics.h"
#include "web/site/route_table.h"

/// /healthz, /readyz and /metrics, for programs that watch the node.
namespace web {
namespace {

Response health(const PageContext&) {
    return json_response(R"({"status":"ok"})");
}

Response readiness(const PageContext& context) {
    const std::string reason = reason_not_ready(context.model);
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
    Route& ready = table.page("readyz", readiness);
    ready.kind = PathKind::kOpen;
    ready.cacheable = false;
    table.page("metrics", metrics).cacheable = false;
}

}  // namespace web
