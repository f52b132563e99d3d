#include "p2pool/node/daemon_settings.h"

#include <chrono>

#include "p2pool/version.h"

namespace p2pool::node {
namespace {

/// A template that takes longer is asked for again.
constexpr std::chrono::milliseconds kRpcTimeout{10'000};

}  // namespace

dash::rpc::ClientSettings rpc_settings(const options::Settings& settings) {
    dash::rpc::ClientSettings rpc;
    rpc.host = settings.options.dashd_address;
    rpc.port = settings.dashd_rpc_port;
    rpc.tls = settings.dashd_rpc_ssl;
    rpc.user = settings.login.user;
    rpc.password = settings.login.password;
    rpc.cookie_file = settings.login.cookie_file;
    rpc.timeout = kRpcTimeout;
    return rpc;
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

dash::p2p::DaemonLinkSettings link_settings(const options::Settings& settings) {
    dash::p2p::DaemonLinkSettings link;
    link.host = settings.options.dashd_address;
    link.port = settings.dashd_p2p_port;
    link.peer.magic = settings.network->parent->p2p_magic;
    link.peer.user_agent = "/P2Pool:" + version() + "/";
    return link;
}

}  // namespace p2pool::node
