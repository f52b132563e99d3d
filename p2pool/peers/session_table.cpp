#include "p2pool/peers/session_table.h"

#include <algorithm>

namespace p2pool::peers {

PeerSession& SessionTable::add(std::unique_ptr<PeerSession> session) {
    PeerSession& added = *session;
    sessions_.emplace(added.id(), std::move(session));
    return added;
}

void SessionTable::retire(PeerSession& session) {
    const auto found = sessions_.find(session.id());
    if (found == sessions_.end()) return;
    ended_.push_back(std::move(found->second));
    sessions_.erase(found);
    burial_->start(0, [this] { ended_.clear(); });
}

PeerSession* SessionTable::find(std::uint64_t id) const {
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second.get();
}

PeerSession* SessionTable::find(const std::string& name) const {
    for (const auto& [id, session] : sessions_) {
        if (session->is_established() && session->name() == name) return session.get();
    }
    return nullptr;
}

std::vector<PeerSession*> SessionTable::established() const {
    std::vector<PeerSession*> sessions = all();
    std::erase_if(sessions, [](const PeerSession* session) { return !session->is_established(); });
    return sessions;
}

std::vector<PeerSession*> SessionTable::all() const {
    std::vector<PeerSession*> sessions;
    for (const auto& [id, session] : sessions_)
        sessions.push_back(session.get());
    return sessions;
}

PeerSession* SessionTable::any(std::mt19937_64& random) const {
    const std::vector<PeerSession*> sessions = established();
    if (sessions.empty()) return nullptr;
    return sessions[std::uniform_int_distribution<std::size_t>(0, sessions.size() - 1)(random)];
}

std::size_t SessionTable::established_count() const {
    return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(),
                                                  [](const auto& entry) { return entry.second->is_established(); }));
}

}  // namespace p2pool::peers
