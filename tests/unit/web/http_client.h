#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace web_tests {

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
};

/// A browser on one connection to 127.0.0.1.
class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    [[nodiscard]] Answer get(const std::string& target, const std::vector<std::string>& headers = {},
                             const std::string& method = "GET");
    /// Any method, with a JSON body; further headers may follow or replace its own.
    [[nodiscard]] Answer call(const std::string& method, const std::string& target, const std::string& body,
                              const std::vector<std::string>& headers = {});
    void send(const std::string& bytes);
    /// Status 0: the server closed the connection.
    [[nodiscard]] Answer read_answer(bool has_body = true);
    /// What has come, at least one byte; empty at the end.
    [[nodiscard]] std::string read_some();
    /// What comes up to and with `text`, or until the connection ends; throws when it takes more than 20 s.
    [[nodiscard]] std::string read_until(const std::string& text);

  private:
    int socket_ = -1;
    std::string received_;
};

[[nodiscard]] std::string gunzip(const std::string& packed);

}  // namespace web_tests
