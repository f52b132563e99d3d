#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace p2pool::notify {

struct HttpUrl {
    bool tls = false;
    std::string host;
    std::string port;
    std::string path;  ///< with what follows "?"
};

/// "https://host[:port]/path"; nullopt for other text.
[[nodiscard]] std::optional<HttpUrl> parse_url(const std::string& text);

struct HttpReply {
    int status = 0;
    std::string body;  ///< at most 64 KiB of it
};

/// Posts and reads the answer; certificates must be ones the system trusts. Throws boost::system::system_error, also
/// past the time.
[[nodiscard]] boost::asio::awaitable<HttpReply> http_post(HttpUrl url, std::string content_type, std::string body,
                                                          std::chrono::seconds patience);

}  // namespace p2pool::notify
