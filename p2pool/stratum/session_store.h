#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "p2pool/stratum/extranonce.h"
#include "p2pool/stratum/held_jobs.h"
#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/vardiff.h"

namespace p2pool::stratum {

/// What a miner finds again when he reconnects with his session id.
struct ResumableSession {
    Extranonce1 extranonce1;
    std::optional<Vardiff> vardiff;  ///< none before the first job
    std::optional<double> suggested_difficulty;
    double minimum_difficulty = 0;
    HeldJobs jobs;
};

/// Sessions whose connection ended, kept for an hour. Node thread only.
class SessionStore {
  public:
    void put(const std::string& session_id, ResumableSession session, double now);
    /// nullopt when the id is unknown, expired, or taken up already.
    [[nodiscard]] std::optional<ResumableSession> take(const std::string& session_id, double now);
    void expire(double now);

    [[nodiscard]] std::size_t size() const { return kept_.size(); }

  private:
    static constexpr double kKeepSeconds = 3600;
    static constexpr std::size_t kMaxSessions = 4096;

    struct Kept {
        ResumableSession session;
        double since = 0;
    };

    LruMap<std::string, Kept> kept_{kMaxSessions};
};

}  // namespace p2pool::stratum
