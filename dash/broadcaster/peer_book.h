#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/broadcaster/address.h"
#include "dash/broadcaster/backoff.h"

namespace dash::broadcaster {

/// Who told of a peer.
enum class Source {
    kDashd,         ///< dashd, at the first start
    kDashdRefresh,  ///< dashd, later
    kP2p,           ///< a peer
};
/// "dashd", "dashd_refresh", "p2p": the python node's words.
[[nodiscard]] std::string_view to_string(Source source);
[[nodiscard]] std::optional<Source> source_from(std::string_view text);

/// What is known of a peer. Times in Unix seconds.
struct PeerRecord {
    PeerAddress address;
    Source source = Source::kP2p;
    double first_seen = 0;
    double last_seen = 0;  ///< connected, reported by dashd, or as others claim
    std::uint64_t successful_broadcasts = 0;
    std::uint64_t failed_broadcasts = 0;
    std::uint64_t blocks_relayed = 0;  ///< announced to us
    std::uint64_t blocks_first = 0;    ///< … before any other peer did
    std::uint64_t txs_relayed = 0;     ///< announced to us
    std::uint64_t connection_attempts = 0;
    double uptime_seconds = 0;      ///< of all connections that have ended
    std::optional<double> ping_ms;  ///< last measured
    static constexpr std::size_t kRecentPings = 30;
    std::deque<double> recent_pings_ms;  ///< of this run, the last at the end
    std::optional<bool> outbound;        ///< dashd's side of its own connection to the peer
    bool at_dashd = false;               ///< dashd was connected to it when last asked
    AttemptHistory attempts;             ///< of this run
};

/// The addresses of the network's nodes as far as they are known.
class PeerBook {
  public:
    /// Strangers fill the book: neither it nor the part of one network group in it grows beyond these.
    static constexpr std::size_t kMostPeers = 2000;
    static constexpr std::size_t kMostOfGroup = 64;
    /// A peer nobody has seen for so long is forgotten.
    static constexpr double kLongestAbsenceSeconds = 14 * 86400;

    /// The local dashd has so many addresses at most.
    static constexpr std::size_t kMostOfDashd = 64;

    explicit PeerBook(AddressRules rules) : rules_(rules) {}

    /// An address of the local dashd, which is no peer of this book: forgotten, and refused from now on.
    void protect(const PeerAddress& dashd);
    [[nodiscard]] bool is_protected(const PeerAddress& address) const;

    enum class Added { kNew, kKnown, kRefused };
    /// `last_seen` is limited to `now`. A known peer keeps its source, and its later last_seen.
    Added add(const PeerAddress& address, Source source, double last_seen, double now);
    /// For a record read from the disk, with the same checks.
    Added restore(const PeerRecord& record, double now);

    [[nodiscard]] PeerRecord* find(const PeerAddress& address);
    [[nodiscard]] const std::map<PeerAddress, PeerRecord>& records() const { return records_; }
    [[nodiscard]] std::map<PeerAddress, PeerRecord>& records() { return records_; }
    [[nodiscard]] std::size_t size() const { return records_.size(); }

    /// Forgets who was absent for too long, and, while the book is nearly full, those seen least recently; never one
    /// that is in `kept`. Returns how many.
    std::size_t forget_old(const std::vector<PeerAddress>& kept, double now);

  private:
    [[nodiscard]] bool has_room_for(const PeerAddress& address) const;
    void erase(std::map<PeerAddress, PeerRecord>::iterator it);

    AddressRules rules_;
    std::vector<PeerAddress> dashd_;
    std::map<PeerAddress, PeerRecord> records_;
    std::map<std::uint64_t, std::size_t> group_sizes_;
};

}  // namespace dash::broadcaster
