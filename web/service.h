#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dash/rpc/client.h"
#include "dash/submission/won_block.h"
#include "dash/util/clock.h"
#include "p2pool/stratum/server.h"
#include "web/http/limits.h"
#include "web/model/alerts.h"
#include "web/model/facts.h"
#include "web/snapshot.h"

namespace web {

struct ServiceSettings {
    NodeFacts facts;
    std::filesystem::path database;       ///< the node's SQLite file
    std::filesystem::path static_folder;  ///< of the pages below /static
    bool own_pages = true;                ///< they are this project's, not the operator's
    std::filesystem::path vendor_folder;  ///< of what the build fetched for our own pages; need not exist
    /// User and password to protect the pages with from now on.
    std::optional<std::pair<std::string, std::string>> password;
    std::vector<dash::rpc::ClientSettings> dashds;  ///< for asking the chain about blocks; at least one
    /// Which of them to ask; called on the web thread. Unset: the first.
    std::function<std::size_t()> best_dashd;
    /// JSON of a won block's broadcast, null when there was none; called on the web thread. Unset: no broadcaster.
    std::function<nlohmann::json(const dash::Uint256&)> broadcast_report;
    /// How the broadcaster fared in the last so many seconds, as dash::broadcaster::ReportReader tells it; called on
    /// the web thread. Unset: no broadcaster.
    std::function<nlohmann::json(double seconds)> broadcaster_trends;
    /// JSON of /broadcaster_status; thread-safe, returns at once. Unset: there is no broadcaster.
    std::function<nlohmann::json()> broadcaster;
    HttpLimits http;
};

/// The HTTP side of the node: pages for the python node's front ends, the API of openapi.json, live events, metrics,
/// graphs and the record of found blocks. Everything runs on the web thread, and what is kept is written by one more:
/// nothing here makes the node thread wait. All methods but the constructor and stop() return at once.
class Service {
  public:
    /// Opens the files and takes in what the python node left in the data folder. Throws ConfigError.
    Service(ServiceSettings settings, const dash::Clock& clock);
    /// stop()s.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Hears of alerts on the web thread; before start().
    void set_alert_listener(AlertBook::Listener listener);
    void start();
    /// Ends the threads; what was recorded is on the disk then.
    void stop();

    // From the node thread:
    void take(p2pool::stratum::HttpConnection connection);
    void publish(SnapshotPtr snapshot, Happenings happenings);
    void block_won(const dash::submission::WonBlock& block);
    void block_changed(const dash::submission::SubmissionReport& report);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace web
