#include "p2pool/options/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <memory>

#include "p2pool/options/options.h"

namespace p2pool::options {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses addresses_of(const char* option, const std::string& host) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int problem = ::getaddrinfo(host.c_str(), nullptr, &wanted, &first);
    if (problem == 0) return {first, &::freeaddrinfo};
    throw UsageError("argument --" + std::string(option) + ": the host '" + host +
                     "' is not known: " + ::gai_strerror(problem) +
                     ". Write an address of this computer, such as 127.0.0.1, or only the port to listen on all");
}

std::string in_digits(const addrinfo& address) {
    std::array<char, NI_MAXHOST> text{};
    const int problem =
        ::getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    return problem == 0 ? std::string(text.data()) : std::string();
}

}  // namespace

std::string listen_address(const char* option, const std::string& host) {
    if (host.empty()) return {};
    // Also on systems without a hosts file, as small containers are.
    if (host == "localhost") return "127.0.0.1";
    const Addresses found = addresses_of(option, host);
    const addrinfo* chosen = found.get();
    while (chosen->ai_family != AF_INET && chosen->ai_next != nullptr)
        chosen = chosen->ai_next;
    return in_digits(chosen->ai_family == AF_INET ? *chosen : *found);
}

}  // namespace p2pool::options
