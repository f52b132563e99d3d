#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace web {

class EventQueue;

/// One request for a page, read and bounded by the session.
struct Request {
    std::string method;
    std::string target;  ///< as it came, query included
    std::vector<std::string>
        segments;  ///< of the path, percent-decoded; a path that ends with "/" ends with an empty one
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
    std::string ip;                                          ///< as limits count clients
    bool crowded = false;    ///< the client, or all together, have too many connections: only health is told
    bool forwarded = false;  ///< a proxy says that it asks for somebody else, whose address nobody knows for sure
    std::string accept;
    std::string authorization;
    std::string host;
    std::string origin;  ///< the page that made a browser ask; empty: it is of the same site, or no page
    std::string content_type;
    std::string session;  ///< X-P2Pool-Session: the token of a miner who signed in
    std::string last_event_id;
    bool from_script = false;  ///< X-Requested-With: a page's script asks, and shows people what comes of it
    std::string body;

    /// Text of a query parameter, the first of its name; nullopt when it is not there.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
};

/// Splits a request target. False for one that no path of ours can have: bad percent signs, a NUL or a slash inside a
/// segment.
[[nodiscard]] bool parse_target(std::string_view target, Request& request);

/// True when another site's page made a browser ask, by the Origin header that it then sends.
[[nodiscard]] bool is_cross_site(const Request& request);

/// What is sent for a request.
struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    /// Computed by the session when empty. Static files bring theirs.
    std::string etag;
    /// Not null: the body is the stream of these events, and lasts.
    std::shared_ptr<EventQueue> events;
};

[[nodiscard]] Response json_response(std::string body);
/// {"error": text} with the status.
[[nodiscard]] Response error_response(unsigned status, std::string_view text);
/// 503 for who may try again in a moment.
[[nodiscard]] Response busy_response(std::string_view text);

}  // namespace web
