#include "p2pool/options/merged_url.h"

#include <charconv>

#include "p2pool/options/options.h"

namespace p2pool::options {
namespace {

constexpr const char* kForm = "http://USER:PASSWORD@HOST:PORT/";

std::uint16_t daemon_port(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) {
        throw UsageError("argument --merged: '" + text + "' is not a port number from 1 to 65535; it wants " + kForm);
    }
    return port;
}

}  // namespace

MergedDaemon parse_merged_url(const std::string& url) {
    const std::size_t scheme_end = url.find("://");
    const std::string scheme = scheme_end == std::string::npos ? "" : url.substr(0, scheme_end);
    const std::size_t begin = scheme.empty() ? 0 : scheme_end + 3;
    const std::size_t slash = url.find('/', begin);
    const std::string netloc = url.substr(begin, slash - begin);
    const std::size_t at = netloc.rfind('@');
    if (at == std::string::npos) {
        throw UsageError(std::string("merged url netloc must contain an \"@\": ") + kForm);
    }
    if (scheme != "http" && scheme != "https") {
        throw UsageError(std::string("argument --merged: it begins with neither http:// nor https://; it wants ") +
                         kForm);
    }
    MergedDaemon daemon;
    daemon.tls = scheme == "https";
    const std::string login = netloc.substr(0, at);
    const std::size_t colon = login.find(':');
    daemon.user = login.substr(0, colon);
    if (colon != std::string::npos) daemon.password = login.substr(colon + 1);
    daemon.path = slash == std::string::npos ? "/" : url.substr(slash);

    const std::string place = netloc.substr(at + 1);
    const bool bracketed = !place.empty() && place.front() == '[';
    const std::size_t host_end = bracketed ? place.find(']') : place.find(':');
    daemon.host = bracketed ? place.substr(1, host_end - 1) : place.substr(0, host_end);
    const std::size_t port_colon = host_end == std::string::npos ? host_end : place.find(':', host_end);
    daemon.port = port_colon == std::string::npos ? (daemon.tls ? 443 : 80) : daemon_port(place.substr(port_colon + 1));
    if (daemon.host.empty() || (bracketed && host_end == std::string::npos))
        throw UsageError(std::string("argument --merged: no host is named; it wants ") + kForm);
    return daemon;
}

}  // namespace p2pool::options
