#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace p2pool::stratum {

/// A map that holds at most `bound` entries: one more pushes out the one that was not used for the longest time. For
/// everything that strangers fill.
template <typename Key, typename Value, typename Hash = std::hash<Key>>
class LruMap {
  public:
    explicit LruMap(std::size_t bound) : bound_(bound) {}
    LruMap(const LruMap&) = delete;
    LruMap& operator=(const LruMap&) = delete;

    /// nullptr when absent; a found entry counts as used.
    [[nodiscard]] Value* find(const Key& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->second;
    }

    /// Puts `value` in, in the place of an earlier one.
    Value& put(const Key& key, Value value) {
        erase(key);
        entries_.emplace_front(key, std::move(value));
        index_.emplace(key, entries_.begin());
        if (entries_.size() > bound_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
        return entries_.front().second;
    }

    void erase(const Key& key) {
        const auto found = index_.find(key);
        if (found == index_.end()) return;
        entries_.erase(found->second);
        index_.erase(found);
    }

    template <typename Predicate>
    void erase_if(Predicate predicate) {
        for (auto entry = entries_.begin(); entry != entries_.end();) {
            if (predicate(entry->second)) {
                index_.erase(entry->first);
                entry = entries_.erase(entry);
            } else {
                ++entry;
            }
        }
    }

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// Pairs of key and value, the last used first.
    [[nodiscard]] auto begin() const { return entries_.begin(); }
    [[nodiscard]] auto end() const { return entries_.end(); }

  private:
    using Entries = std::list<std::pair<Key, Value>>;

    std::size_t bound_;
    Entries entries_;
    std::unordered_map<Key, typename Entries::iterator, Hash> index_;
};

}  // namespace p2pool::stratum
