#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/hash160.h"
#include "dash/util/clock.h"
#include "dash/util/ip_list.h"
#include "p2pool/options/security_config.h"
#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/rate_window.h"
#include "web/http/message.h"

namespace web {

/// What a path is, for who may see it and how often.
enum class PathKind {
    kOpen,     ///< health checks: always, whatever limit is reached
    kFree,     ///< static files and the event stream: needs the password, not counted
    kPublic,   ///< figures of the pool and the node
    kPrivate,  ///< miners' names, addresses, and the node's protection
};

/// How much a client sees.
struct Sight {
    /// Authenticated; or on this machine or on the whitelist, and neither behind a proxy nor led here by another site's
    /// page: IP addresses are not masked.
    bool trusted = false;
    bool private_parts = false;          ///< no password guards them, or it was given
    bool names = false;                  ///< what tells of single miners, in pages that are for everybody
    std::optional<dash::Hash160> miner;  ///< who has shown that this payout address is his
};

/// Who may see what, and how often: HTTP Basic authentication and the request limits of security_config.json. Web
/// thread.
class Gate {
  public:
    Gate(p2pool::options::SecurityConfigFile& config, const dash::Clock& clock);

    /// An answer that refuses the request; nullopt lets it through and fills in `sight`.
    [[nodiscard]] std::optional<Response> check(const Request& request, PathKind kind, Sight& sight);

    /// 401, which makes a browser ask for the password. Where only parts need one, not if a script of a page asked that
    /// everybody may see: a dialog at each of its requests would keep people out; it shows the way to /login instead.
    [[nodiscard]] Response ask_for_password(const Request& request);

    struct Figures {
        std::size_t clients = 0;  ///< in the last minute
        std::uint64_t requests_last_minute = 0;
        int limit_per_minute = 0;
        int burst_limit = 0;
    };
    [[nodiscard]] Figures figures();
    [[nodiscard]] const p2pool::options::SecurityConfig& config() { return config_.current(); }

  private:
    static constexpr std::size_t kMaxClients = 10'000;

    struct Client {
        p2pool::stratum::RateWindow<60> requests{1};
        p2pool::stratum::RateWindow<1> burst{1};
        p2pool::stratum::RateWindow<60> wrong_passwords{1};
    };

    [[nodiscard]] Client& client(const std::string& ip);
    [[nodiscard]] bool is_whitelisted(const std::string& ip);
    [[nodiscard]] std::optional<Response> check_password(const Request& request, bool demanded, bool near,
                                                         Sight& sight);
    /// What a header is known by once it was found to be right.
    [[nodiscard]] std::string mark_of(const std::string& authorization);
    [[nodiscard]] bool has_password(const std::string& authorization);
    [[nodiscard]] std::optional<Response> check_rate(const std::string& ip);
    [[nodiscard]] double now() const;

    p2pool::options::SecurityConfigFile& config_;
    const dash::Clock& clock_;
    std::vector<std::string> listed_;  ///< what whitelist_ was made of
    dash::IpList whitelist_;
    p2pool::stratum::LruMap<std::string, Client> clients_{kMaxClients};
    p2pool::stratum::RateWindow<60> wrong_passwords_{1};  ///< of all clients
    /// Mark of the header that was found to be right last: the slow hash is computed once for a browser's many
    /// requests. Kept as a keyed hash, not as the password.
    std::string proven_;
    std::string key_;
};

/// Turns on authentication with this user and password and keeps that in the file. Says so in the log.
void set_web_password(p2pool::options::SecurityConfigFile& config, const std::string& user,
                      const std::string& password);

/// "203.0.113.7" → "203.0.113.x", IPv6 likewise after its first 48 bits; loopback stays.
[[nodiscard]] std::string mask_ip(const std::string& ip);

}  // namespace web
