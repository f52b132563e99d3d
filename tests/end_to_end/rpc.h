#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace end_to_end {

/// Calls of a daemon's JSON-RPC by a test, one connection a call; nothing of the node's own client is used. Throws
/// std::runtime_error with the daemon's words on an error.
class Rpc {
  public:
    Rpc(std::uint16_t port, std::string user, std::string password);

    nlohmann::json operator()(const std::string& method, const nlohmann::json& params = nlohmann::json::array(),
                              const std::string& wallet = "") const;

    [[nodiscard]] const std::string& user() const { return user_; }
    [[nodiscard]] const std::string& password() const { return password_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    std::uint16_t port_;
    std::string user_;
    std::string password_;
};

}  // namespace end_to_end
