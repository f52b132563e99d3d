#include "p2pool/node/block_broadcaster.h"

#include <string>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/version.h"

namespace p2pool::node {

namespace log = dash::log;
using dash::broadcaster::Broadcaster;
using dash::broadcaster::BroadcasterSettings;

std::unique_ptr<Broadcaster> make_broadcaster(const options::Settings& settings,
                                              const std::filesystem::path& database) {
    if (!settings.options.broadcaster) {
        log::info("Multi-peer broadcaster disabled (--disable-broadcaster)");
        return nullptr;
    }
    BroadcasterSettings broadcaster;
    broadcaster.chain = settings.network->parent;
    broadcaster.limits = {settings.options.broadcaster_max_peers, settings.broadcaster_min_peers};
    broadcaster.user_agent = "/P2Pool:" + version() + "/";
    broadcaster.dashd_host = settings.options.dashd_address;
    broadcaster.dashd_port = settings.dashd_p2p_port;
    for (const options::DashdAccess& dashd : settings.further_dashds)
        broadcaster.further_dashds.push_back({dashd.host, dashd.p2p_port});
    broadcaster.peer_file = settings.net_datadir / "broadcast_peers.json";
    broadcaster.database = database;
    try {
        auto made = std::make_unique<Broadcaster>(std::move(broadcaster));
        log::info("*** BROADCASTER READY ***");
        log::info("  Max peers: ", settings.options.broadcaster_max_peers);
        log::info("  Min peers: ", settings.broadcaster_min_peers);
        return made;
    } catch (const dash::Error& error) {
        log::error("*** BROADCASTER INITIALIZATION FAILED ***");
        log::error("  ", error.what());
        log::error("  Falling back to local dashd only mode");
        return nullptr;
    }
}

}  // namespace p2pool::node
