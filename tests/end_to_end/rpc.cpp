#include "tests/end_to_end/rpc.h"

#include <boost/beast/core/detail/base64.hpp>
#include <stdexcept>

#include "tests/support/blocking_socket.h"

namespace end_to_end {
namespace {

std::string base64(const std::string& text) {
    namespace detail = boost::beast::detail::base64;
    std::string encoded(detail::encoded_size(text.size()), '\0');
    encoded.resize(detail::encode(encoded.data(), text.data(), text.size()));
    return encoded;
}

}  // namespace

Rpc::Rpc(std::uint16_t port, std::string user, std::string password)
    : port_(port), user_(std::move(user)), password_(std::move(password)) {}

nlohmann::json Rpc::operator()(const std::string& method, const nlohmann::json& params,
                               const std::string& wallet) const {
    const std::string body = nlohmann::json{{"id", 1}, {"method", method}, {"params", params}}.dump();
    tests::BlockingSocket socket(port_);
    socket.send(
        "POST /" + (wallet.empty() ? "" : "wallet/" + wallet) +
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Basic " +
        base64(user_ + ":" + password_) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const std::string answer = socket.read_all(std::chrono::seconds(60));
    const std::size_t start = answer.find("\r\n\r\n");
    if (start == std::string::npos) throw std::runtime_error(method + ": no HTTP answer");
    const nlohmann::json parsed = nlohmann::json::parse(answer.substr(start + 4), nullptr, false);
    if (parsed.is_discarded()) throw std::runtime_error(method + ": no JSON but " + answer.substr(0, 200));
    if (!parsed.at("error").is_null()) throw std::runtime_error(method + ": " + parsed.at("error").dump());
    return parsed.at("result");
}

}  // namespace end_to_end
