#include "p2pool/stratum/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <utility>

#include "dash/util/coroutines.h"
#include "dash/util/log.h"
#include "p2pool/stratum/server_core.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using dash::kAwait;
using tcp = asio::ip::tcp;

constexpr std::size_t kMaxLineBytes = 16'384;
/// A miner that lags this far behind is not mining on what it reads.
constexpr std::size_t kMaxUnsentBytes = 256 * 1024;
constexpr double kMaxBlockedSeconds = 60;
/// Who asks for more than he takes is not read from for so long.
constexpr double kDrainSeconds = 0.1;
/// To show that one speaks stratum or HTTP at all.
constexpr double kHandshakeSeconds = 30;
/// A small miner on a high difficulty may be silent for hours; a dead one is found by TCP keepalive.
constexpr double kIdleSeconds = 86'400;
constexpr double kFinishSeconds = 2;
/// Read and thrown away while the peer takes our last words.
constexpr std::size_t kMaxDiscardedBytes = 16U << 20;
constexpr std::size_t kMaxLeadingSpace = 64;
/// Memory an idle connection may keep for lines and answers.
constexpr std::size_t kKeptCapacity = 4096;

void release_memory(std::string& text) {
    text.clear();
    if (text.capacity() > kKeptCapacity) text.shrink_to_fit();
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, tcp::socket socket, std::uint64_t number, std::string ip)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      number_(number),
      ip_(std::move(ip)),
      started_(core_->now()),
      last_sign_of_life_(started_),
      pushed_number_(core_->work_number()),
      unsent_limit_(kMaxUnsentBytes) {}

/// An exception ends one connection, never the node.
template <typename Action>
void Connection::protect(Action action) {
    try {
        action();
    } catch (const std::exception& error) {
        dash::log::error("The connection of ", ip_,
                         " ends by an error of this program, please report it: ", error.what());
        close();
    }
}

void Connection::start() {
    asio::co_spawn(socket_.get_executor(), run(), [self = shared_from_this()](std::exception_ptr failure) {
        self->protect([&failure] {
            if (failure) std::rethrow_exception(failure);
        });
        self->close();
    });
}

asio::awaitable<void> Connection::run() {
    std::string first = co_await first_bytes();
    if (first.empty()) co_return;
    if (first.front() == '{') {
        co_await speak_stratum(first);
    } else {
        co_await serve_http(*this, *core_, std::move(first));
    }
}

asio::awaitable<std::string_view> Connection::read_chunk() {
    while (!closed_) {
        const auto [wait_error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
        if (wait_error || closed_) break;
        error_code error;
        const std::size_t size = socket_.read_some(asio::buffer(core_->scratch()), error);
        if (error == asio::error::would_block) continue;
        if (error) break;
        co_return std::string_view(core_->scratch().data(), size);
    }
    co_return std::string_view();
}

asio::awaitable<std::string> Connection::first_bytes() {
    std::size_t skipped = 0;
    while (true) {
        const std::string_view chunk = co_await read_chunk();
        if (chunk.empty()) co_return std::string();
        const std::size_t start = chunk.find_first_not_of(" \t\r\n");
        if (start != std::string_view::npos) co_return std::string(chunk.substr(start));
        skipped += chunk.size();
        if (skipped > kMaxLeadingSpace) co_return std::string(chunk);
    }
}

asio::awaitable<void> Connection::speak_stratum(std::string_view first) {
    miner_.emplace(core_->miners(), ip_);
    bool goes_on = take(first);
    while (goes_on && !closed_) {
        if (const double seconds = miner_->pause_seconds(); seconds > 0) co_await pause(seconds);
        while (!closed_ && out_.size() > kMaxUnsentBytes)
            co_await pause(kDrainSeconds);
        if (closed_) co_return;
        const std::string_view chunk = co_await read_chunk();
        if (chunk.empty()) co_return;
        goes_on = take(chunk);
    }
    if (!closed_) co_await finish();
}

bool Connection::take(std::string_view data) {
    collecting_ = true;
    const bool goes_on = take_lines(data);
    collecting_ = false;
    if (miner_->is_authorized()) set_authorized();
    flush();
    unsent_limit_ = out_.size() + kMaxUnsentBytes;
    return goes_on;
}

bool Connection::take_lines(std::string_view data) {
    while (true) {
        const std::size_t end = data.find('\n');
        const std::string_view piece = data.substr(0, end);
        if (partial_line_.size() + piece.size() > kMaxLineBytes) return refuse_long_line();
        if (end == std::string_view::npos) {
            partial_line_.append(piece);
            return true;
        }
        bool goes_on = false;
        if (partial_line_.empty()) {
            goes_on = take_line(piece);
        } else {
            partial_line_.append(piece);
            goes_on = take_line(partial_line_);
            release_memory(partial_line_);
        }
        if (!goes_on) return false;
        data.remove_prefix(end + 1);
    }
}

bool Connection::take_line(std::string_view line) {
    touch();
    return miner_->handle_line(line, out_);
}

bool Connection::refuse_long_line() {
    append_error(out_, nullptr, {ErrorCode::kOther, "Line longer than 16384 bytes"});
    core_->miners().admission.violation(ip_, "long_line");
    return false;
}

asio::awaitable<void> Connection::pause(double seconds) {
    asio::steady_timer timer(socket_.get_executor());
    timer.expires_after(std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds)));
    co_await timer.async_wait(kAwait);
}

void Connection::send(std::span<const std::string_view> pieces) {
    if (closed_) return;
    if (out_.size() > unsent_limit_) {
        dash::log::debug("Dropping ", ip_, ": it does not read what it is sent");
        close();
        return;
    }
    std::size_t written = 0;
    if (!collecting_ && out_.empty()) {
        std::array<asio::const_buffer, 5> buffers;
        const std::size_t count = std::min(pieces.size(), buffers.size());
        for (std::size_t i = 0; i < count; ++i)
            buffers[i] = asio::buffer(pieces[i]);
        error_code error;
        written = socket_.write_some(buffers, error);
        if (error && error != asio::error::would_block) return;  // the reading side notices, too
    }
    for (const std::string_view piece : pieces) {
        const std::size_t skip = std::min(written, piece.size());
        out_.append(piece.substr(skip));
        written -= skip;
    }
    if (!collecting_ && !out_.empty()) write_when_possible();
}

void Connection::flush() {
    if (closed_ || writing_ || out_.empty()) return;
    error_code error;
    const std::size_t written = socket_.write_some(asio::buffer(out_), error);
    if (error && error != asio::error::would_block) return;
    out_.erase(0, written);
    if (out_.empty()) {
        release_memory(out_);
    } else {
        write_when_possible();
    }
}

void Connection::write_when_possible() {
    if (writing_) return;
    writing_ = true;
    blocked_since_ = core_->now();
    socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code error) {
        self->writing_ = false;
        if (error || self->closed_) return;
        self->flush();
        self->shut_down_if_done();
    });
}

void Connection::shut_down_if_done() {
    if (!finishing_ || !out_.empty() || closed_) return;
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> Connection::finish() {
    finishing_ = true;
    last_sign_of_life_ = core_->now();
    shut_down_if_done();
    std::size_t discarded = 0;
    while (discarded < kMaxDiscardedBytes) {
        const std::string_view chunk = co_await read_chunk();
        if (chunk.empty()) break;
        discarded += chunk.size();
    }
}

void Connection::push_work(std::uint64_t number, std::uint64_t last_clean_number) {
    const bool clean = pushed_number_ < last_clean_number;
    pushed_number_ = number;
    if (closed_ || finishing_ || !miner_) return;
    protect([this, clean] {
        if (const auto push = miner_->next_work(clean)) send(push->pieces());
    });
}

void Connection::tick() {
    if (closed_) return;
    if (is_overdue()) {
        close();
        return;
    }
    if (!miner_ || finishing_) return;
    protect([this] {
        if (const auto push = miner_->tick()) send(push->pieces());
    });
}

bool Connection::is_overdue() const {
    const double now = core_->now();
    const double silent = now - last_sign_of_life_;
    if (finishing_) return silent > kFinishSeconds;
    if (writing_ && now - blocked_since_ > kMaxBlockedSeconds) return true;
    if (waiting_) return false;
    if (!miner_) return silent > kHandshakeSeconds;
    if (!miner_->is_subscribed() && !miner_->is_authorized()) return now - started_ > kHandshakeSeconds;
    return silent > kIdleSeconds;
}

void Connection::touch() {
    last_sign_of_life_ = core_->now();
}

void Connection::set_authorized() {
    if (authorized_) return;
    authorized_ = true;
    core_->authorized(number_);
}

int Connection::release_socket() {
    error_code ignored;
    const int released = socket_.release(ignored);
    close();
    return released;
}

void Connection::close() {
    if (closed_) return;
    closed_ = true;
    log_end();
    error_code ignored;
    socket_.close(ignored);
    miner_.reset();
    core_->remove(number_, ip_);
}

void Connection::log_end() const {
    if (!miner_ || miner_->accepted() == 0) return;  // many come and go without mining
    dash::log::info("STRATUM: Disconnect ", ip_, " (", miner_->worker_name(),
                    ") - duration: ", static_cast<long>(core_->now() - started_), "s, shares: ", miner_->accepted(),
                    "/", miner_->submitted());
}

std::optional<ConnectionStatus> Connection::status() const {
    if (!miner_) return std::nullopt;
    const double now = core_->now();
    const double last_submit = miner_->last_submit();
    return ConnectionStatus{ip_,
                            miner_->worker_name(),
                            miner_->difficulty().value,
                            now - started_,
                            now - (last_submit > 0 ? last_submit : started_),
                            miner_->submitted(),
                            miner_->accepted()};
}

}  // namespace p2pool::stratum
