#include "web/http/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "dash/util/coroutines.h"
#include "dash/util/log.h"
#include "web/http/event_hub.h"
#include "web/http/gzip.h"

namespace web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kFinishTime{2};
/// Read and thrown away while the client takes our last words.
constexpr std::size_t kMaxDiscardedBytes = 1U << 20;

std::string text(beast::string_view view) {
    return std::string(view.data(), view.size());
}

tcp protocol_of(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool known = getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    return known && address.ss_family == AF_INET ? tcp::v4() : tcp::v6();
}

std::optional<Request> to_request(const HttpRequest& from, const std::string& ip) {
    Request request;
    request.ip = ip;
    request.method = text(from.method_string());
    if (!parse_target(text(from.target()), request)) return std::nullopt;
    request.forwarded = from.count("X-Forwarded-For") != 0 || from.count("Forwarded") != 0;
    request.accept = text(from[http::field::accept]);
    request.authorization = text(from[http::field::authorization]);
    request.host = text(from[http::field::host]);
    request.origin = text(from[http::field::origin]);
    request.content_type = text(from[http::field::content_type]);
    request.session = text(from["X-P2Pool-Session"]);
    request.last_event_id = text(from["Last-Event-ID"]);
    request.from_script = from.count("X-Requested-With") != 0;
    request.body = from.body();
    return request;
}

/// What a client can be told about bytes that are no request; nullopt when nobody is there to be told.
std::optional<Response> unreadable(const error_code& error) {
    static const auto& http_errors = http::make_error_code(http::error::end_of_stream).category();
    if (error == beast::error::timeout || error.category() != http_errors || error == http::error::end_of_stream ||
        error == http::error::partial_message) {
        return std::nullopt;
    }
    if (error == http::error::header_limit) return error_response(431, "the request's header is too large");
    if (error == http::error::body_limit) return error_response(413, "the request is too large");
    return error_response(400, "this is no HTTP request: " + error.message());
}

}  // namespace

/// One client.
class HttpSession {
  public:
    HttpSession(std::shared_ptr<HttpServer::Shared> shared, tcp::socket socket, std::string ip)
        : shared_(std::move(shared)), stream_(std::move(socket)), ip_(std::move(ip)) {
        ++shared_->counters.connections;
        ++shared_->by_client[ip_];
    }
    ~HttpSession() {
        --shared_->counters.connections;
        const auto own = shared_->by_client.find(ip_);
        if (--own->second == 0) shared_->by_client.erase(own);
    }
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    asio::awaitable<void> run(std::string received);

  private:
    [[nodiscard]] std::shared_ptr<Page> answer(const HttpRequest& from);
    [[nodiscard]] bool is_one_too_many() const;
    [[nodiscard]] HttpResponse make_response(const HttpRequest& from, Page& page, bool keep_alive);
    asio::awaitable<bool> send(const HttpRequest& from, Page& page, bool keep_alive);
    asio::awaitable<void> stream_events(const HttpRequest& from, Page& page);
    asio::awaitable<void> finish();

    std::shared_ptr<HttpServer::Shared> shared_;
    beast::tcp_stream stream_;
    std::string ip_;
};

asio::awaitable<void> HttpSession::run(std::string received) {
    beast::flat_buffer buffer;
    buffer.commit(asio::buffer_copy(buffer.prepare(received.size()), asio::buffer(received)));
    received = std::string();
    while (true) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(static_cast<std::uint32_t>(shared_->limits.max_header_bytes));
        parser.body_limit(shared_->limits.max_body_bytes);
        stream_.expires_after(shared_->limits.request_timeout);
        const auto [error, size] = co_await http::async_read(stream_, buffer, parser, kAwait);
        if (error) {
            if (auto response = unreadable(error)) {
                Page page(std::move(*response));
                if (co_await send(HttpRequest(), page, false)) co_await finish();
            }
            co_return;
        }
        const HttpRequest& from = parser.get();
        const std::shared_ptr<Page> page = answer(from);
        if (page->response().events != nullptr) {
            co_await stream_events(from, *page);
            co_return;
        }
        const bool keep_alive = from.keep_alive() && page->response().status != 405 && !is_one_too_many();
        if (!co_await send(from, *page, keep_alive)) co_return;
        if (!keep_alive) {
            co_await finish();
            co_return;
        }
    }
}

bool HttpSession::is_one_too_many() const {
    const auto own = shared_->by_client.find(ip_);
    return shared_->counters.connections > shared_->limits.max_connections ||
           own->second > shared_->limits.max_connections_per_client;
}

std::shared_ptr<Page> HttpSession::answer(const HttpRequest& from) {
    if (is_one_too_many()) {
        Response busy = error_response(503, "too many connections; try again in a moment");
        busy.headers.emplace_back("Retry-After", "1");
        return std::make_shared<Page>(std::move(busy));
    }
    const std::optional<Request> request = to_request(from, ip_);
    if (!request) return std::make_shared<Page>(error_response(400, "the path cannot be read"));
    const auto start = std::chrono::steady_clock::now();
    std::shared_ptr<Page> page;
    try {
        page = shared_->handler(*request);
    } catch (const std::exception& error) {
        dash::log::error("The page ", request->target, " could not be made, please report it: ", error.what());
        page = std::make_shared<Page>(error_response(500, "the node could not make this page; its log says why"));
    }
    shared_->counters.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return page;
}

HttpResponse HttpSession::make_response(const HttpRequest& from, Page& page, bool keep_alive) {
    const Response& content = page.response();
    HttpResponse response(static_cast<http::status>(content.status), from.version());
    response.set(http::field::server, "p2pool-dash");
    response.set(http::field::content_type, content.content_type);
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Referrer-Policy", "same-origin");
    if (content.content_type == "application/json") response.set(http::field::access_control_allow_origin, "*");
    for (const auto& [name, value] : content.headers)
        response.set(name, value);
    response.keep_alive(keep_alive);
    if (from.method() != http::verb::get && from.method() != http::verb::head) {
        response.set(http::field::cache_control, "no-store");
    } else if (content.status == 200) {
        response.set(http::field::etag, page.etag());
        response.set(http::field::cache_control, "no-cache");
        response.set(http::field::vary, "Accept, Accept-Encoding, Authorization, X-P2Pool-Session");
        if (page.matches(text(from[http::field::if_none_match]))) {
            response.result(http::status::not_modified);
            return response;
        }
    }
    const bool pack = accepts_gzip(text(from[http::field::accept_encoding])) && !page.packed().empty();
    if (pack) response.set(http::field::content_encoding, "gzip");
    response.body() = pack ? page.packed() : content.body;
    return response;
}

asio::awaitable<bool> HttpSession::send(const HttpRequest& from, Page& page, bool keep_alive) {
    HttpResponse response = make_response(from, page, keep_alive);
    ++shared_->counters.responses[response.result_int()];
    stream_.expires_after(shared_->limits.write_timeout);
    response.content_length(response.body().size());
    const bool bodiless = from.method() == http::verb::head || response.result() == http::status::not_modified;
    if (response.result() == http::status::not_modified) response.erase(http::field::content_length);
    http::response_serializer<http::string_body> serializer(response);
    const auto [error, sent] = bodiless ? co_await http::async_write_header(stream_, serializer, kAwait)
                                        : co_await http::async_write(stream_, serializer, kAwait);
    shared_->counters.bytes_sent += sent;
    co_return !error;
}

/// The stream ends with the connection.
asio::awaitable<void> HttpSession::stream_events(const HttpRequest& from, Page& page) {
    HttpResponse head = make_response(from, page, false);
    head.set(http::field::cache_control, "no-store");
    head.set("X-Accel-Buffering", "no");
    head.erase(http::field::etag);
    ++shared_->counters.responses[head.result_int()];
    http::response_serializer<http::string_body> serializer(head);
    stream_.expires_after(shared_->limits.write_timeout);
    const auto [head_error, head_sent] = co_await http::async_write_header(stream_, serializer, kAwait);
    if (head_error || from.method() == http::verb::head) co_return;
    while (true) {
        const std::string events = co_await page.response().events->next();
        if (events.empty()) co_return;
        stream_.expires_after(shared_->limits.write_timeout);
        const auto [error, sent] = co_await asio::async_write(stream_, asio::buffer(events), kAwait);
        if (error) co_return;
        shared_->counters.bytes_sent += sent;
    }
}

/// Says goodbye so that the client can read what was sent last, even while it is still sending.
asio::awaitable<void> HttpSession::finish() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kFinishTime);
    std::array<char, 4096> waste{};
    std::size_t discarded = 0;
    while (discarded < kMaxDiscardedBytes) {
        const auto [error, size] = co_await stream_.async_read_some(asio::buffer(waste), kAwait);
        if (error) co_return;
        discarded += size;
    }
}

HttpServer::HttpServer(asio::io_context& io, HttpLimits limits, Handler handler)
    : io_(io), shared_(std::make_shared<Shared>()) {
    shared_->limits = limits;
    shared_->handler = std::move(handler);
}

void HttpServer::take(p2pool::stratum::HttpConnection connection) {
    tcp::socket socket(io_);
    error_code error;
    socket.assign(protocol_of(connection.socket), connection.socket, error);
    if (error) {
        ::close(connection.socket);
        return;
    }
    // Refusals are answers too, but not without a bound of their own.
    if (shared_->counters.connections >= 2 * shared_->limits.max_connections) return;
    auto session = std::make_shared<HttpSession>(shared_, std::move(socket), std::move(connection.ip));
    asio::co_spawn(
        io_,
        [session, received = std::move(connection.received)]() mutable { return session->run(std::move(received)); },
        dash::log_failure("A web connection ends by an error of this program, please report it"));
}

}  // namespace web
