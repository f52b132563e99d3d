#include "p2pool/stratum/held_jobs.h"

#include <algorithm>

#include "p2pool/stratum/messages.h"

namespace p2pool::stratum {
namespace {

constexpr std::size_t kFirstSlots = 16;

/// 0 means a free slot.
std::uint64_t key_of(const dash::Uint256& hash) {
    return hash.low64() == 0 ? 1 : hash.low64();
}

}  // namespace

bool SeenHashes::contains(const dash::Uint256& hash) const {
    return !slots_.empty() && slots_[slot_of(key_of(hash))] != 0;
}

void SeenHashes::add(const dash::Uint256& hash) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    slots_[slot_of(key_of(hash))] = key_of(hash);
    ++size_;
}

std::size_t SeenHashes::slot_of(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(key) & mask;
    while (slots_[slot] != 0 && slots_[slot] != key)
        slot = (slot + 1) & mask;
    return slot;
}

void SeenHashes::grow() {
    std::vector<std::uint64_t> old(slots_.empty() ? kFirstSlots : 2 * slots_.size(), 0);
    old.swap(slots_);
    for (const std::uint64_t key : old) {
        if (key != 0) slots_[slot_of(key)] = key;
    }
}

bool HeldJobs::has(std::string_view id) const {
    return std::any_of(held_.begin(), held_.end(), [id](const Held& held) {
        return std::any_of(held.sendings.begin(), held.sendings.end(),
                           [id](const Sending& sending) { return sending.id == id; });
    });
}

std::string HeldJobs::free_id(const std::string& wanted) const {
    if (!has(wanted)) return wanted;
    constexpr std::uint32_t kStep = 0x9e3779b9;  // odd, so that it comes by every number
    std::uint32_t number = parse_hex32(wanted).value_or(0);
    std::string id;
    do {
        number += kStep;
        id = hex32(number);
    } while (has(id));
    return id;
}

std::string HeldJobs::hold(const work::JobPtr& job, const Difficulty& difficulty, double now) {
    auto held = std::find_if(held_.begin(), held_.end(), [&job](const Held& other) { return other.job == job; });
    if (held == held_.end()) {
        if (held_.size() >= kMaxJobs) held_.erase(held_.begin());
        std::string id = free_id(job->id);
        held_.push_back(Held{job, now, {}, {}});
        held_.back().sendings.push_back({id, difficulty});
        return id;
    }
    held->last_used = now;
    auto& sendings = held->sendings;
    const auto same = std::find_if(sendings.begin(), sendings.end(),
                                   [&difficulty](const Sending& sending) { return sending.difficulty == difficulty; });
    if (same != sendings.end()) return same->id;
    if (sendings.size() >= kMaxSendings) sendings.erase(sendings.begin());
    sendings.push_back({free_id(job->id), difficulty});
    return sendings.back().id;
}

std::optional<HeldJobs::Found> HeldJobs::find(std::string_view id, double now) {
    for (Held& held : held_) {
        for (const Sending& sending : held.sendings) {
            if (sending.id != id) continue;
            if (now - held.last_used > kHoldSeconds) return std::nullopt;
            held.last_used = now;
            return Found{held.job, sending.difficulty, &held.seen};
        }
    }
    return std::nullopt;
}

void HeldJobs::expire(double now) {
    held_.erase(std::remove_if(held_.begin(), held_.end(),
                               [now](const Held& held) { return now - held.last_used > kHoldSeconds; }),
                held_.end());
}

}  // namespace p2pool::stratum
