#include "p2pool/node/web_settings.h"

#include "dash/broadcaster/report_reader.h"
#include "dash/util/clock.h"
#include "p2pool/node/daemon_settings.h"
#include "p2pool/node/share_keeping.h"
#include "p2pool/version.h"

namespace p2pool::node {

web::ServiceSettings web_settings(const options::Settings& settings, const std::string& payout_address,
                                  dash::broadcaster::Broadcaster* broadcaster,
                                  std::function<std::size_t()> best_dashd) {
    web::ServiceSettings web;
    web.facts.network = settings.network;
    web.facts.version = version();
    web.facts.started_at = dash::system_clock().unix_seconds();
    web.facts.worker_port = settings.worker.port;
    web.facts.p2p_port = settings.p2pool_port;
    web.facts.external_ip = settings.options.external_ip.value_or("");
    web.facts.payout_address = payout_address;
    web.facts.fee_percent = settings.options.fee_percent;
    web.facts.donation_percent = settings.options.donation_percent;
    web.facts.net_datadir = settings.net_datadir;
    web.database = database_file(settings);
    web.static_folder = settings.web_static;
    web.vendor_folder = settings.web_vendor;
    web.own_pages = !settings.options.web_static.has_value();
    web.password = settings.options.web_password;
    for (const auto& dashd : dashd_settings(settings))
        web.dashds.push_back(dashd.rpc);
    web.best_dashd = std::move(best_dashd);
    if (broadcaster != nullptr) {
        web.broadcaster = [broadcaster] { return broadcaster->status(); };
        const auto reports = std::make_shared<dash::broadcaster::ReportReader>(database_file(settings));
        web.broadcast_report = [reports](const dash::Uint256& block) { return reports->read(block); };
        web.broadcaster_trends = [reports](double seconds) {
            const double now = dash::system_clock().unix_seconds();
            return reports->trends(now - seconds, now);
        };
    }
    return web;
}

}  // namespace p2pool::node
