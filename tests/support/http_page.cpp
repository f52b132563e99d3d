#include "tests/support/http_page.h"

#include <stdexcept>

#include "tests/support/blocking_socket.h"

namespace tests {

std::string http_page(std::uint16_t port, const std::string& path) {
    BlockingSocket socket(port);
    socket.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    const std::string answer = socket.read_all();
    const std::size_t body = answer.find("\r\n\r\n");
    if (answer.rfind("HTTP/1.1 200", 0) != 0 || body == std::string::npos) {
        throw std::runtime_error(path + ": " + answer.substr(0, 100));
    }
    return answer.substr(body + 4);
}

}  // namespace tests
