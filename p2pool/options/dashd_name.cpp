#include "p2pool/options/dashd_name.h"

#include <charconv>

#include "p2pool/options/options.h"

namespace p2pool::options {
namespace {

[[noreturn]] void reject_name(const std::string& problem) {
    throw UsageError("argument --dashd: " + problem +
                     "; it wants [https://][USER:PASSWORD@]HOST[:RPC_PORT][,p2p=PORT][,conf=FILE][,cookie=FILE]");
}

/// The text may be a password that stands in the wrong place: it is not shown.
std::uint16_t parse_port(const std::string& text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
        reject_name("a port is no number from 1 to 65535");
    }
    return static_cast<std::uint16_t>(port);
}

/// Where the parts behind the host begin. A password may contain commas, a path an '@'.
std::size_t end_of_place(const std::string& text) {
    std::size_t end = text.size();
    for (const char* part : {",p2p=", ",conf=", ",cookie="})
        end = std::min(end, text.find(part));
    return end;
}

void take_part(DashdName& dashd, const std::string& part) {
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (key != "p2p" && key != "conf" && key != "cookie")
        reject_name("it knows p2p=, conf= and cookie=, not '" + key + "'");
    if (value.empty()) reject_name("nothing stands behind '" + key + "='");
    if (key == "p2p") {
        dashd.p2p_port = parse_port(value);
    } else {
        (key == "conf" ? dashd.conf : dashd.cookie) = value;
    }
}

void take_parts(DashdName& dashd, const std::string& text) {
    for (std::size_t begin = 1; begin < text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        take_part(dashd, text.substr(begin, end - begin));
        begin = end + 1;
    }
}

void take_login(DashdName& dashd, const std::string& login) {
    const std::size_t colon = login.find(':');
    if (colon == std::string::npos || colon + 1 == login.size()) reject_name("no password stands between ':' and '@'");
    dashd.user = login.substr(0, colon);
    dashd.password = login.substr(colon + 1);
}

void take_host(DashdName& dashd, const std::string& place) {
    const bool bracketed = !place.empty() && place.front() == '[';
    const std::size_t host_end = bracketed ? place.find(']') : place.find(':');
    if (bracketed && host_end == std::string::npos) reject_name("the ']' behind the address is missing");
    dashd.host = bracketed ? place.substr(1, host_end - 1) : place.substr(0, host_end);
    if (dashd.host.empty()) reject_name("no host is named");
    const std::string rest = host_end == std::string::npos ? "" : place.substr(host_end + (bracketed ? 1 : 0));
    if (rest.empty()) return;
    if (rest.front() != ':') reject_name("behind the ']' there is neither a ':' nor a ','");
    if (rest.find(':', 1) != std::string::npos)
        reject_name("an IPv6 address has to stand in brackets, as in [::1]:9998");
    dashd.rpc_port = parse_port(rest.substr(1));
}

}  // namespace

DashdName parse_dashd(const std::string& text) {
    DashdName dashd;
    std::string rest = text;
    for (const char* scheme : {"https://", "http://"}) {
        if (rest.rfind(scheme, 0) != 0) continue;
        dashd.tls = scheme == std::string("https://");
        rest.erase(0, std::string(scheme).size());
        break;
    }
    const std::size_t end = end_of_place(rest);
    take_parts(dashd, rest.substr(end));
    std::string place = rest.substr(0, end);
    const std::size_t at = place.rfind('@');
    if (at != std::string::npos) {
        take_login(dashd, place.substr(0, at));
        place.erase(0, at + 1);
    }
    if (place.find(',') != std::string::npos) take_parts(dashd, place.substr(place.find(',')));
    if (!place.empty() && place.back() == '/') place.pop_back();
    take_host(dashd, place);
    const int logins = (dashd.password.empty() ? 0 : 1) + (dashd.conf.empty() ? 0 : 1) + (dashd.cookie.empty() ? 0 : 1);
    if (logins > 1) reject_name("a password, conf= and cookie= are three ways to log in: give one");
    return dashd;
}

}  // namespace p2pool::options
