#include "p2pool/stratum/session_store.h"

#include <utility>

namespace p2pool::stratum {

void SessionStore::put(const std::string& session_id, ResumableSession session, double now) {
    kept_.put(session_id, Kept{std::move(session), now});
}

std::optional<ResumableSession> SessionStore::take(const std::string& session_id, double now) {
    Kept* kept = kept_.find(session_id);
    if (kept == nullptr) return std::nullopt;
    std::optional<ResumableSession> session;
    if (now - kept->since <= kKeepSeconds) session = std::move(kept->session);
    kept_.erase(session_id);
    return session;
}

void SessionStore::expire(double now) {
    kept_.erase_if([now](Kept& kept) {
        kept.session.jobs.expire(now);
        return now - kept.since > kKeepSeconds;
    });
}

}  // namespace p2pool::stratum
