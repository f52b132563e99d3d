#include "tests/unit/web/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace web_tests {

HttpClient::HttpClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect");
    }
}

HttpClient::~HttpClient() {
    close(socket_);
}

void HttpClient::send(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t size = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (size <= 0) return;  // the answer, if there is one, tells why
        sent += static_cast<std::size_t>(size);
    }
}

std::string HttpClient::read_some() {
    if (!received_.empty()) return std::exchange(received_, {});
    std::array<char, 65536> buffer{};
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
    return size <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

std::string HttpClient::read_until(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::string seen;
    while (seen.find(text) == std::string::npos) {
        const std::string more = read_some();
        if (more.empty()) break;
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("there is no " + text);
        seen += more;
    }
    const std::size_t at = seen.find(text);
    if (at == std::string::npos) return seen;
    received_ = seen.substr(at + text.size());
    return seen.substr(0, at + text.size());
}

Answer HttpClient::get(const std::string& target, const std::vector<std::string>& headers, const std::string& method) {
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: node\r\n";
    for (const std::string& header : headers)
        request += header + "\r\n";
    send(request + "\r\n");
    return read_answer(method != "HEAD");
}

Answer HttpClient::call(const std::string& method, const std::string& target, const std::string& body,
                        const std::vector<std::string>& headers) {
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: node\r\n";
    bool has_type = false;
    for (const std::string& header : headers) {
        request += header + "\r\n";
        has_type = has_type || header.rfind("Content-Type:", 0) == 0;
    }
    if (!has_type) request += "Content-Type: application/json\r\n";
    send(request + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return read_answer();
}

Answer HttpClient::read_answer(bool has_body) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
        const std::string more = read_some();
        if (more.empty()) return {};
        text += more;
    }
    Answer answer;
    const std::size_t end = text.find("\r\n\r\n");
    answer.status = std::stoi(text.substr(text.find(' ') + 1));
    std::size_t line = text.find("\r\n") + 2;
    while (line < end) {
        const std::size_t line_end = text.find("\r\n", line);
        const std::size_t colon = text.find(':', line);
        std::string name = text.substr(line, colon - line);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        answer.headers[name] = text.substr(colon + 2, line_end - colon - 2);
        line = line_end + 2;
    }
    std::string body = text.substr(end + 4);
    const std::string length = answer.header("content-length");
    const std::size_t size = has_body && answer.status != 304 && !length.empty() ? std::stoul(length) : 0;
    while (body.size() < size) {
        const std::string more = read_some();
        if (more.empty()) throw std::runtime_error("the body ended early");
        body += more;
    }
    received_ = body.substr(size);
    answer.body = body.substr(0, size);
    return answer;
}

std::string gunzip(const std::string& packed) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("zlib");
    std::string text(8U << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    const int result = inflate(&stream, Z_FINISH);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("this is no gzip");
    return text;
}

}  // namespace web_tests
