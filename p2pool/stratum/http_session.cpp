#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dash/primitives/base64.h"
#include "dash/util/coroutines.h"
#include "p2pool/stratum/connection.h"
#include "p2pool/stratum/server_core.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using dash::kAwait;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

constexpr std::size_t kMaxHeaderBytes = 8192;
constexpr std::size_t kMaxBodyBytes = 16'384;
constexpr std::string_view kLongPollPath = "/long-polling";
/// Of a miner for PIC microcontrollers that cannot skip fields.
constexpr std::string_view kPlainResultAgent = "Jephis PIC Miner";

/// "METHOD /path?query HTTP/1.1" without the query.
struct RequestLine {
    std::string_view method;
    std::string_view path;

    explicit RequestLine(std::string_view line) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) return;
        method = line.substr(0, space);
        path = line.substr(space + 1);
        path = path.substr(0, path.find_first_of(" ?"));
    }

    [[nodiscard]] bool asks_for_work() const { return path == kLongPollPath || (path == "/" && method == "POST"); }
};

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

/// Names go on in JSON: bytes that are no UTF-8 are replaced.
std::string as_utf8(const std::string& text) {
    constexpr int kOneLine = -1;
    const auto replace = nlohmann::json::error_handler_t::replace;
    return nlohmann::json::parse(nlohmann::json(text).dump(kOneLine, ' ', false, replace)).get<std::string>();
}

std::string user_of(const HttpRequest& request) {
    constexpr std::string_view kScheme = "Basic ";
    const std::string_view credentials = view(request[http::field::authorization]);
    if (credentials.substr(0, kScheme.size()) != kScheme) return {};
    const std::string decoded =
        dash::as_text(dash::base64_decode(credentials.substr(kScheme.size())).value_or(dash::Bytes()));
    return as_utf8(decoded.substr(0, decoded.find(':')));
}

HttpResponse json_response(http::status status, std::string body, const HttpRequest* request) {
    HttpResponse response(status, 11);
    response.set(http::field::content_type, "application/json");
    response.body() = std::move(body);
    response.keep_alive(request != nullptr && request->keep_alive());
    if (request != nullptr) response.version(request->version());
    return response;
}

HttpResponse error_response(http::status status, std::string_view text, const HttpRequest* request = nullptr) {
    return json_response(status, nlohmann::json{{"error", text}}.dump(), request);
}

HttpResponse work_response(const HttpRequest& request, Getwork::Answer answer) {
    HttpResponse response = json_response(http::status::ok, std::move(answer.body), &request);
    response.set("X-Long-Polling", kLongPollPath);
    response.set("X-Roll-NTime", "expire=100");
    response.set("X-Is-P2Pool", "true");
    const std::string_view host = view(request[http::field::host]);
    if (!host.empty()) response.set("X-Stratum", "stratum+tcp://" + std::string(host));
    if (!answer.reject_reason.empty()) response.set("X-Reject-Reason", answer.reject_reason);
    return response;
}

HttpResponse unknown_path(std::string_view path, const HttpRequest& request) {
    if (path != "/") return error_response(http::status::not_found, "there is nothing at this path", &request);
    HttpResponse response = error_response(http::status::method_not_allowed, "POST getwork requests here", &request);
    response.set(http::field::allow, "POST");
    return response;
}

/// What a miner or a browser can be told about bytes that are no request; nullopt when nobody is there to be told.
std::optional<HttpResponse> unreadable(const error_code& error) {
    static const auto& http_errors = http::make_error_code(http::error::end_of_stream).category();
    if (error.category() != http_errors || error == http::error::end_of_stream ||
        error == http::error::partial_message) {
        return std::nullopt;
    }
    if (error == http::error::body_limit) {
        return error_response(http::status::payload_too_large, "the request is too large");
    }
    return error_response(http::status::bad_request,
                          "this is neither stratum (lines of JSON) nor HTTP: " + error.message());
}

/// Reads until there is a whole request line, without empty lines before it; false when none comes.
asio::awaitable<bool> read_request_line(Connection& connection, std::string& received) {
    while (true) {
        received.erase(0, received.find_first_not_of("\r\n"));
        // What is too long is the parser's to refuse.
        if (received.find('\n') != std::string::npos || received.size() > kMaxHeaderBytes) co_return true;
        const std::string_view chunk = co_await connection.read_chunk();
        if (chunk.empty()) co_return false;
        received.append(chunk);
    }
}

/// Waits while the host has asked for more than its share, so that it is heard as often as a miner of stratum. Others
/// of the same host may be heard first.
asio::awaitable<void> wait_for_turn(Connection& connection, ServerCore& core) {
    for (;;) {
        const double seconds = core.getwork().pause_seconds(connection.ip());
        if (seconds <= 0 || connection.is_closed()) co_return;
        co_await connection.pause(seconds);
    }
}

/// nullopt when the connection ended meanwhile.
asio::awaitable<std::optional<HttpResponse>> answer(Connection& connection, ServerCore& core,
                                                    const HttpRequest& request) {
    const Getwork::Caller caller{connection.ip(), user_of(request),
                                 view(request[http::field::user_agent]) == kPlainResultAgent};
    const std::string_view target = view(request.target());
    const std::string_view path = target.substr(0, target.find('?'));
    const bool is_call = path == "/" && request.method() == http::verb::post;
    Getwork::Answer answer;
    if (!is_call || !core.getwork().goes_first(request.body())) co_await wait_for_turn(connection, core);
    if (connection.is_closed()) co_return std::nullopt;
    if (path == kLongPollPath) {
        if (core.getwork().is_up_to_date(caller)) {
            connection.set_waiting(true);
            co_await core.wait_for_work_event();
            if (connection.is_closed()) co_return std::nullopt;
            connection.set_waiting(false);
            connection.touch();
        }
        answer = core.getwork().answer_long_poll(caller);
    } else if (is_call) {
        answer = core.getwork().answer(request.body(), caller);
    } else {
        co_return unknown_path(path, request);
    }
    if (answer.is_worker) connection.set_authorized();
    co_return work_response(request, std::move(answer));
}

}  // namespace

asio::awaitable<void> serve_http(Connection& connection, ServerCore& core, std::string received) {
    boost::beast::flat_buffer buffer;
    while (true) {
        if (!co_await read_request_line(connection, received)) co_return;
        if (core.http_handoff && !RequestLine(received.substr(0, received.find('\n'))).asks_for_work()) {
            core.http_handoff({connection.release_socket(), std::move(received), connection.ip()});
            co_return;
        }
        buffer.commit(asio::buffer_copy(buffer.prepare(received.size()), asio::buffer(received)));
        http::request_parser<http::string_body> parser;
        parser.header_limit(kMaxHeaderBytes);
        parser.body_limit(kMaxBodyBytes);
        const auto [read_error, read] = co_await http::async_read(connection.socket(), buffer, parser, kAwait);
        connection.touch();
        std::optional<HttpResponse> response = unreadable(read_error);
        if (!read_error) response = co_await answer(connection, core, parser.get());
        if (!response) co_return;
        response->prepare_payload();
        const auto [write_error, written] = co_await http::async_write(connection.socket(), *response, kAwait);
        if (write_error) co_return;
        connection.touch();
        if (!response->keep_alive()) {
            co_await connection.finish();
            co_return;
        }
        received.assign(static_cast<const char*>(buffer.data().data()), buffer.size());
        buffer.consume(buffer.size());
    }
}

}  // namespace p2pool::stratum
