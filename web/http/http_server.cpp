#include "web/http/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/http/span_body.hpp>
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
using dash::kAwait;
using tcp = asio::ip::tcp;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::span_body<const char>>;  // the body is the page's

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

/// So that a client that vanished, or takes nothing, is noticed by what waits to be sent to it.
void bound_silence(tcp::socket& socket, std::chrono::milliseconds timeout) {
    const auto milliseconds = static_cast<unsigned>(timeout.count());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

std::optional<Request> to_request(const HttpRequest& from, const std::string& ip, bool crowded) {
    Request request;
    request.ip = ip;
    request.crowded = crowded;
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

/// One connection.
class HttpSession {
  public:
    HttpSession(std::shared_ptr<HttpServer::Shared> shared, tcp::socket socket, std::string ip)
        : shared_(std::move(shared)), stream_(std::move(socket)), ip_(std::move(ip)), is_served_(shared_->admit(ip_)) {
        ++shared_->counters.connections;
        if (is_served_) {
            auto& served = shared_->clients[ip_].served;
            place_ = served.insert(served.end(), this);
            ++shared_->served;
        } else {
            shared_->bound_refused(ip_);
            ++shared_->clients[ip_].refused;
            place_ = shared_->refused.insert(shared_->refused.end(), this);
        }
    }
    ~HttpSession() {
        --shared_->counters.connections;
        leave();
    }
    HttpSession(const HttpSession&) = delete;
    HttpSession& operator=(const HttpSession&) = delete;

    asio::awaitable<void> run(std::string received);
    [[nodiscard]] bool is_idle() const { return is_idle_; }
    [[nodiscard]] const std::string& ip() const { return ip_; }
    /// Closes it and gives its place free, at once.
    void end() {
        leave();
        stream_.close();
    }

  private:
    using Client = HttpServer::Shared::Client;

    void leave();
    [[nodiscard]] std::shared_ptr<Page> answer(const HttpRequest& from);
    [[nodiscard]] HttpResponse make_response(const HttpRequest& from, Page& page, bool keep_alive);
    asio::awaitable<bool> send(const HttpRequest& from, std::shared_ptr<Page> page, bool keep_alive);
    asio::awaitable<void> stream_events(const HttpRequest& from, Page& page);
    asio::awaitable<void> finish();

    std::shared_ptr<HttpServer::Shared> shared_;
    beast::tcp_stream stream_;
    std::string ip_;
    bool is_served_;
    bool is_idle_ = true;  ///< it waits for a request
    bool has_left_ = false;
    std::list<HttpSession*>::iterator place_;
    std::size_t unsent_bytes_ = 0;
};

bool HttpServer::Shared::admit(const std::string& ip) {
    const auto own = clients.find(ip);
    const std::size_t count = own == clients.end() ? 0 : own->second.served.size();
    if (count >= limits.max_connections_per_client) return false;
    return served < limits.max_connections || take_place_of_greediest(count);
}

bool HttpServer::Shared::take_place_of_greediest(std::size_t own) {
    HttpSession* given_up = nullptr;
    std::size_t most = own + 1;
    for (const auto& [ip, client] : clients) {
        const auto& sessions = client.served;
        if (sessions.size() <= most) continue;
        const auto idle =
            std::find_if(sessions.begin(), sessions.end(), [](const auto* session) { return session->is_idle(); });
        if (idle == sessions.end()) continue;
        given_up = *idle;
        most = sessions.size();
    }
    if (given_up == nullptr) return false;
    given_up->end();
    return true;
}

void HttpServer::Shared::bound_refused(const std::string& ip) {
    const auto own = clients.find(ip);
    if (own != clients.end() && own->second.refused >= limits.max_refused_per_client) {
        (*std::find_if(refused.begin(), refused.end(), [&](const auto* session) {
            return session->ip() == ip;
        }))->end();
    } else if (refused.size() >= limits.max_connections) {
        refused.front()->end();
    }
}

void HttpSession::leave() {
    if (std::exchange(has_left_, true)) return;
    const auto own = shared_->clients.find(ip_);
    Client& client = own->second;
    client.unsent_bytes -= std::exchange(unsent_bytes_, 0);
    if (is_served_) {
        client.served.erase(place_);
        --shared_->served;
    } else {
        shared_->refused.erase(place_);
        --client.refused;
    }
    if (client.served.empty() && client.refused == 0) shared_->clients.erase(own);
}

asio::awaitable<void> HttpSession::run(std::string received) {
    beast::flat_buffer buffer;
    buffer.commit(asio::buffer_copy(buffer.prepare(received.size()), asio::buffer(received)));
    received = std::string();
    while (true) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(static_cast<std::uint32_t>(shared_->limits.max_header_bytes));
        parser.body_limit(shared_->limits.max_body_bytes);
        stream_.expires_after(is_served_ ? shared_->limits.request_timeout : shared_->limits.refused_timeout);
        is_idle_ = true;
        const auto [error, size] = co_await http::async_read(stream_, buffer, parser, kAwait);
        is_idle_ = false;
        if (has_left_) co_return;
        if (error) {
            if (auto response = unreadable(error)) {
                auto page = std::make_shared<Page>(std::move(*response));
                if (co_await send(HttpRequest(), std::move(page), false)) co_await finish();
            }
            co_return;
        }
        const HttpRequest& from = parser.get();
        const std::shared_ptr<Page> page = answer(from);
        if (page->response().events != nullptr) {
            co_await stream_events(from, *page);
            co_return;
        }
        const bool keep_alive = from.keep_alive() && page->response().status != 405 && is_served_;
        if (!co_await send(from, page, keep_alive)) co_return;
        if (!keep_alive) {
            co_await finish();
            co_return;
        }
    }
}

std::shared_ptr<Page> HttpSession::answer(const HttpRequest& from) {
    const std::optional<Request> request = to_request(from, ip_, !is_served_);
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
    const std::string& body = pack ? page.packed() : content.body;
    response.body() = {body.data(), body.size()};
    return response;
}

/// Nothing of the page is copied: what many wait for is in memory once.
asio::awaitable<bool> HttpSession::send(const HttpRequest& from, std::shared_ptr<Page> page, bool keep_alive) {
    HttpResponse response = make_response(from, *page, keep_alive);
    const std::size_t unsent = shared_->clients[ip_].unsent_bytes;
    if (unsent > 0 && unsent + response.body().size() > shared_->limits.max_unsent_bytes_per_client) {
        page = std::make_shared<Page>(busy_response("take the answers that you asked for first"));
        response = make_response(from, *page, keep_alive);
    }
    ++shared_->counters.responses[response.result_int()];
    stream_.expires_after(shared_->limits.write_timeout);
    response.content_length(response.body().size());
    const bool bodiless = from.method() == http::verb::head || response.result() == http::status::not_modified;
    if (response.result() == http::status::not_modified) response.erase(http::field::content_length);
    if (!bodiless) shared_->clients[ip_].unsent_bytes += unsent_bytes_ = response.body().size();
    http::response_serializer<http::span_body<const char>> serializer(response);
    const auto [error, sent] = bodiless ? co_await http::async_write_header(stream_, serializer, kAwait)
                                        : co_await http::async_write(stream_, serializer, kAwait);
    if (has_left_) co_return false;
    shared_->clients[ip_].unsent_bytes -= std::exchange(unsent_bytes_, 0);
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
    http::response_serializer<http::span_body<const char>> serializer(head);
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
    bound_silence(socket, shared_->limits.write_timeout);
    auto session = std::make_shared<HttpSession>(shared_, std::move(socket), std::move(connection.ip));
    asio::co_spawn(
        io_,
        [session, received = std::move(connection.received)]() mutable { return session->run(std::move(received)); },
        dash::log_failure("A web connection ends by an error of this program, please report it"));
}

}  // namespace web
