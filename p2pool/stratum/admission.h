#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dash/util/clock.h"
#include "dash/util/ip_list.h"
#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/token_bucket.h"

namespace p2pool::stratum {

/// Names as in security_config.json.
struct AdmissionSettings {
    /// 0: as many as the limit of open files allows.
    std::size_t max_connections = 0;
    std::size_t max_connections_per_ip = 50;  ///< 0: any number
    /// Of an IPv4 /24 or IPv6 /48 network; 0: a quarter of all places.
    std::size_t max_connections_per_subnet = 0;
    /// ddos_connection_rate_threshold: new ones of an address in a second; 0: any number.
    double connection_rate = 0;
    /// Loopback counts as one address of many only where the operator chose the limit himself.
    bool limit_loopback = false;
    bool ban_enabled = true;
    double ban_duration_seconds = 3600;
    int max_violations_before_ban = 10;
    /// Without limits, those on submits too, and bans. Loopback is never banned.
    std::vector<std::string> ip_whitelist{"127.0.0.1", "::1"};
};

/// Who may connect to the worker port: counts connections and offences per client address and bans those who offend too
/// often. A client is an IPv4 address, or the /64 network of an IPv6 address, as client_key() writes it. Node thread
/// only.
class Admission {
  public:
    struct Ban {
        std::string ip;
        double banned_at = 0;  ///< unix seconds, as the next one
        double expires_at = 0;
        std::string reason;
    };
    struct Offender {
        std::string ip;
        int violations = 0;
    };

    /// `places`: the most connections there can be at a time.
    Admission(AdmissionSettings settings, std::size_t places, const dash::Clock& clock);

    /// Bans and counts go on.
    void configure(AdmissionSettings settings);

    /// Empty when the client may connect, which is counted until leave(); else why not, in words for the client.
    [[nodiscard]] std::string admit(const std::string& ip);
    void leave(const std::string& ip);

    /// Notes an offence; one is forgotten every minute. Too many lead to a ban.
    void violation(const std::string& ip, std::string_view reason);
    [[nodiscard]] bool is_banned(const std::string& ip);
    /// On the whitelist: nothing that this client does is too much.
    [[nodiscard]] bool is_exempt(const std::string& ip) const { return whitelist_.contains(ip); }

    [[nodiscard]] const AdmissionSettings& settings() const { return settings_; }
    [[nodiscard]] std::vector<Ban> bans() const;
    /// The worst first, at most `limit`.
    [[nodiscard]] std::vector<Offender> offenders(std::size_t limit) const;

  private:
    /// Strangers cannot make the node remember more of them than this.
    static constexpr std::size_t kMaxOffenders = 10'000;

    struct Record {
        double violations = 0;
        double counted_at = 0;  ///< steady seconds
        double banned_at = 0;   ///< unix seconds; 0 = never
        double ban_ends = 0;    ///< steady seconds
        std::string reason;
    };

    [[nodiscard]] std::string find_refusal(const std::string& ip);
    [[nodiscard]] bool comes_too_often(const std::string& ip);
    [[nodiscard]] bool may_be_banned(const std::string& ip) const;
    void ban(const std::string& ip, Record& record, std::string_view reason);
    [[nodiscard]] double violations_now(const Record& record) const;

    AdmissionSettings settings_;
    dash::IpList whitelist_;
    std::size_t places_;
    const dash::Clock& clock_;
    std::unordered_map<std::string, std::size_t> connections_;  ///< bounded by the number of open connections
    std::unordered_map<std::string, std::size_t> subnets_;      ///< likewise
    struct Arrivals {
        TokenBucket allowed;
        double offended_at = 0;
    };
    LruMap<std::string, Arrivals> arrivals_{kMaxOffenders};
    LruMap<std::string, Record> offenders_{kMaxOffenders};
};

/// True for 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view ip);

}  // namespace p2pool::stratum
