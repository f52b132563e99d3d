#include "p2pool/node/daemon_settings.h"

#include <chrono>
#include <string>

#include "p2pool/version.h"

namespace p2pool::node {
namespace {

/// A template that takes longer is asked for again.
constexpr std::chrono::milliseconds kRpcTimeout{10'000};

options::DashdAccess first_dashd(const options::Settings& settings) {
    return {settings.options.dashd_address, settings.dashd_rpc_port, settings.dashd_p2p_port, settings.dashd_rpc_ssl,
            settings.login};
}

dash::backends::BackendSettings backend(const options::DashdAccess& access, const options::Settings& settings) {
    dash::backends::BackendSettings backend;
    backend.rpc.host = access.host;
    backend.rpc.port = access.rpc_port;
    backend.rpc.tls = access.rpc_ssl;
    backend.rpc.user = access.login.user;
    backend.rpc.password = access.login.password;
    backend.rpc.cookie_file = access.login.cookie_file;
    backend.rpc.timeout = kRpcTimeout;
    backend.link.host = access.host;
    backend.link.port = access.p2p_port;
    backend.link.peer.magic = settings.network->parent->p2p_magic;
    backend.link.peer.user_agent = "/P2Pool:" + version() + "/";
    return backend;
}

}  // namespace

std::vector<dash::backends::BackendSettings> dashd_settings(const options::Settings& settings) {
    std::vector<dash::backends::BackendSettings> all = {backend(first_dashd(settings), settings)};
    for (const options::DashdAccess& access : settings.further_dashds)
        all.push_back(backend(access, settings));
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].name = "dashd";
        if (all.size() > 1) all[i].name += " " + std::to_string(i + 1) + " (" + all[i].rpc.endpoint() + ")";
    }
    return all;
}

std::vector<dash::submission::FurtherDaemon> further_dashd_settings(const options::Settings& settings) {
    std::vector<dash::submission::FurtherDaemon> further;
    for (const dash::backends::BackendSettings& each : dashd_settings(settings))
        further.push_back({each.name, each.rpc, each.link});
    further.erase(further.begin());
    return further;
}

std::vector<dash::rpc::ClientSettings> merged_settings(const options::Settings& settings) {
    std::vector<dash::rpc::ClientSettings> daemons;
    for (const options::MergedDaemon& daemon : settings.options.merged) {
        dash::rpc::ClientSettings& rpc = daemons.emplace_back();
        rpc.host = daemon.host;
        rpc.port = daemon.port;
        rpc.tls = daemon.tls;
        rpc.path = daemon.path;
        rpc.user = daemon.user;
        rpc.password = daemon.password;
    }
    return daemons;
}

}  // namespace p2pool::node
