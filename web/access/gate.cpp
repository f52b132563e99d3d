#include "web/access/gate.h"

#include <algorithm>
#include <cmath>

#include "dash/primitives/base64.h"
#include "dash/primitives/sha256.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/stratum/admission.h"
#include "web/access/password.h"
#include "web/access/secret.h"

namespace web {
namespace {

/// A slow hash costs 40 ms of the web thread: who guesses gets few.
constexpr double kMostWrongPasswords = 5;
/// And all of them together no more than a small part of its time; they lock out neither this machine nor those on the
/// whitelist.
constexpr double kMostWrongPasswordsOfAll = 120;
/// A password that the python node would never let in, should it read the file again: there, none at all lets
/// everybody in.
constexpr const char* kNoOldHash = "see web_auth_password";

Response too_many(double seconds) {
    const int wait = std::max(1, static_cast<int>(std::ceil(seconds)));
    Response response;
    response.status = 429;
    response.body = R"({"error":"Rate limit exceeded","retry_after":)" + std::to_string(wait) + "}";
    response.headers.emplace_back("Retry-After", std::to_string(wait));
    return response;
}

}  // namespace

Gate::Gate(p2pool::options::SecurityConfigFile& config, const dash::Clock& clock)
    : config_(config), clock_(clock), key_(dash::to_hex(secret_bytes(kKeyBytes))) {}

double Gate::now() const {
    return dash::steady_seconds(clock_);
}

Gate::Client& Gate::client(const std::string& ip) {
    Client* known = clients_.find(ip);
    return known != nullptr ? *known : clients_.put(ip, Client{});
}

bool Gate::is_whitelisted(const std::string& ip) {
    if (p2pool::stratum::is_loopback(ip)) return true;
    const auto& listed = config_.current().ip_whitelist;
    if (listed_ != listed) {
        listed_ = listed;
        whitelist_ = dash::IpList(listed);
    }
    return whitelist_.contains(ip);
}

std::string Gate::mark_of(const std::string& authorization) {
    const auto& config = config_.current();
    return dash::to_hex(dash::sha256(dash::as_bytes(key_ + authorization + '\n' + config.web_auth_username + '\n' +
                                                    config.web_auth_password + '\n' + config.web_auth_password_hash)));
}

bool Gate::has_password(const std::string& authorization) {
    constexpr std::string_view kScheme = "Basic ";
    constexpr std::size_t kLongestHeader = 1024;
    if (authorization.size() > kLongestHeader || authorization.compare(0, kScheme.size(), kScheme) != 0) return false;
    const auto decoded = dash::base64_decode(std::string_view(authorization).substr(kScheme.size()));
    if (!decoded) return false;
    const std::string credentials = dash::as_text(*decoded);
    const std::size_t colon = credentials.find(':');
    if (colon == std::string::npos) return false;
    const auto& config = config_.current();
    const std::string password = credentials.substr(colon + 1);
    const bool right_user = equal_in_constant_time(credentials.substr(0, colon), config.web_auth_username);
    const bool right_password = config.web_auth_password.empty()
                                    ? password_matches_old_hash(password, config.web_auth_password_hash)
                                    : password_matches(password, config.web_auth_password);
    return right_user && right_password;
}

Response Gate::ask_for_password(const Request& request) {
    Response response = error_response(401, "Authentication required");
    if (!request.from_script || !config_.current().web_auth_private_only) {
        response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"P2Pool Web Interface\", charset=\"UTF-8\"");
    }
    return response;
}

std::optional<Response> Gate::check_password(const Request& request, bool demanded, bool near, Sight& sight) {
    if (request.authorization.empty()) return demanded ? std::optional(ask_for_password(request)) : std::nullopt;
    const std::string mark = mark_of(request.authorization);
    if (proven_.empty() || !equal_in_constant_time(mark, proven_)) {
        Client& guest = client(request.ip);
        if (guest.wrong_passwords.sum(now()) >= kMostWrongPasswords ||
            (!near && wrong_passwords_.sum(now()) >= kMostWrongPasswordsOfAll)) {
            return too_many(60);
        }
        if (!has_password(request.authorization)) {
            guest.wrong_passwords.add(now(), 1);
            wrong_passwords_.add(now(), 1);
            return demanded ? std::optional(ask_for_password(request)) : std::nullopt;
        }
        proven_ = mark;
    }
    sight.trusted = sight.private_parts = true;
    return std::nullopt;
}

std::optional<Response> Gate::check(const Request& request, PathKind kind, Sight& sight) {
    const bool near = is_whitelisted(request.ip);
    sight.trusted = near && !request.forwarded && !is_cross_site(request);
    if (kind == PathKind::kOpen) return std::nullopt;
    const auto& config = config_.current();
    sight.private_parts = !config.web_auth_enabled;
    if (config.web_auth_enabled) {
        const bool demanded = kind == PathKind::kPrivate || !config.web_auth_private_only;
        if (auto refusal = check_password(request, demanded, near, sight)) return refusal;
    }
    sight.names = sight.trusted || !config.web_auth_enabled || !config.web_auth_private_only;
    if (kind == PathKind::kFree || near) return std::nullopt;
    return check_rate(request.ip);
}

std::optional<Response> Gate::check_rate(const std::string& ip) {
    const auto& config = config_.current();
    if (!config.web_rate_limit_enabled) return std::nullopt;
    Client& guest = client(ip);
    if (guest.burst.sum(now()) >= config.burst_limit()) return too_many(1);
    if (guest.requests.sum(now()) >= config.requests_per_minute()) {
        return too_many(60.0 / std::max(1, config.requests_per_minute()));
    }
    guest.burst.add(now(), 1);
    guest.requests.add(now(), 1);
    return std::nullopt;
}

Gate::Figures Gate::figures() {
    Figures figures;
    figures.limit_per_minute = config_.current().requests_per_minute();
    figures.burst_limit = config_.current().burst_limit();
    clients_.erase_if([&](Client& guest) {
        const double requests = guest.requests.sum(now());
        if (requests > 0) ++figures.clients;
        figures.requests_last_minute += static_cast<std::uint64_t>(requests);
        return requests <= 0 && guest.wrong_passwords.sum(now()) <= 0;
    });
    return figures;
}

void set_web_password(p2pool::options::SecurityConfigFile& config, const std::string& user,
                      const std::string& password) {
    config.change({{"web_auth_enabled", true},
                   {"web_auth_username", user},
                   {"web_auth_password", hash_password(password)},
                   {"web_auth_password_hash", kNoOldHash}});
    dash::log::info("Web interface password protection enabled for user: ", user,
                    ". It stays on in later runs; set web_auth_enabled to false in security_config.json to end it.");
}

std::string mask_ip(const std::string& ip) {
    if (p2pool::stratum::is_loopback(ip)) return ip;
    const std::size_t dot = ip.rfind('.');
    if (dot != std::string::npos) return ip.substr(0, dot) + ".x";
    std::size_t end = 0;
    for (int groups = 0; groups < 3 && end != std::string::npos; ++groups) {
        const std::size_t colon = ip.find(':', end);
        if (colon == std::string::npos || ip.compare(colon, 2, "::") == 0) return ip.substr(0, colon) + "::x";
        end = colon + 1;
    }
    return ip.substr(0, end - 1) + "::x";
}

}  // namespace web
