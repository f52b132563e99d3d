#include "tests/stratum_client/session.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "dash/primitives/target.h"
#include "dash/util/error.h"

namespace stratum_client {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

enum CallId : std::uint64_t { kSubscribe = 1, kConfigure, kAuthorize, kFirstSubmit };

constexpr std::size_t kMostUnanswered = 100'000;
constexpr std::size_t kLongestLine = 4U << 20;
constexpr std::uint32_t kVersionMask = 0x1fffe000;

/// The second string of the params of a mining.notify, without decoding the line; empty when it looks different.
std::string_view previous_block_of(std::string_view line) {
    // Two quotes around "params" and around the job id; the sixth ends the hash.
    std::size_t at = line.find("\"params\"");
    for (int quote = 1; at != std::string_view::npos && quote < 6; ++quote)
        at = line.find('"', at + 1);
    if (at == std::string_view::npos) return {};
    const std::size_t begin = line.rfind('"', at - 1);
    return line.substr(begin + 1, at - begin - 1);
}

std::string hex32(std::uint32_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", value);
    return text;
}

/// [code, text, …] or {"code": …, "message": …}.
std::pair<int, std::string> read_error(const nlohmann::json& error) {
    if (error.is_array() && error.size() >= 2 && error[0].is_number_integer())
        return {error[0].get<int>(), error[1].dump()};
    if (error.is_object()) return {error.value("code", 0), error.value("message", "")};
    return {0, "refused without a reason"};
}

}  // namespace

Session::Session(asio::any_io_executor executor, SessionSettings settings, Statistics& statistics)
    : socket_(executor),
      something_to_write_(executor, asio::steady_timer::time_point::max()),
      settings_(std::move(settings)),
      statistics_(statistics) {}

void Session::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    something_to_write_.cancel();
}

asio::awaitable<void> Session::run() {
    bool connected = false;
    began_ = std::chrono::steady_clock::now();
    try {
        co_await connect();
        std::optional<asio::ssl::stream<tcp::socket&>> tls;
        if (settings_.tls != nullptr) {
            tls.emplace(socket_, *settings_.tls);
            co_await tls->async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
        }
        connected = true;
        ++statistics_.connected;
        if (!settings_.silent) introduce();
        if (tls) {
            co_await talk(*tls);
        } else {
            co_await talk(socket_);
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) statistics_.last_error = error.code().message();
    } catch (const std::exception& error) {
        statistics_.last_error = error.what();
    }
    if (!closed_) ++(connected ? statistics_.dropped : statistics_.failed);
    boost::system::error_code ignored;
    socket_.close(ignored);
    drop_work();
}

/// Nobody is there to take solutions.
void Session::drop_work() {
    const std::lock_guard lock(work_mutex_);
    notify_line_.clear();
    work_.reset();
}

asio::awaitable<void> Session::connect() {
    outgoing_.clear();
    unanswered_.clear();
    socket_ = tcp::socket(socket_.get_executor());
    socket_.open(settings_.server.protocol());
    if (settings_.source) socket_.bind({*settings_.source, 0});
    co_await socket_.async_connect(settings_.server, asio::use_awaitable);
    socket_.set_option(tcp::no_delay(true));
}

template <typename Stream>
asio::awaitable<void> Session::talk(Stream& stream) {
    using namespace asio::experimental::awaitable_operators;
    co_await (read(stream) && write(stream));
}

template <typename Stream>
asio::awaitable<void> Session::read(Stream& stream) {
    constexpr std::size_t kLeastRoom = 4096;
    std::string buffer;
    std::size_t filled = 0;
    for (;;) {
        if (buffer.size() - filled < kLeastRoom) buffer.resize(filled + 2 * kLeastRoom);
        const auto room = asio::buffer(buffer.data() + filled, buffer.size() - filled);
        filled += co_await stream.async_read_some(room, asio::use_awaitable);
        const TimePoint now = std::chrono::steady_clock::now();
        const std::string_view text(buffer.data(), filled);
        std::size_t begin = 0;
        for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
            read_line(text.substr(begin, end - begin), now);
            begin = end + 1;
        }
        if (filled - begin > kLongestLine) throw dash::PeerMisbehaving("the server sends a line without an end");
        buffer.erase(0, begin);
        filled -= begin;
    }
}

template <typename Stream>
asio::awaitable<void> Session::write(Stream& stream) {
    for (;;) {
        while (!outgoing_.empty()) {
            const std::string line = std::move(outgoing_.front());
            outgoing_.pop_front();
            co_await asio::async_write(stream, asio::buffer(line), asio::use_awaitable);
        }
        boost::system::error_code woken;
        co_await something_to_write_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (!socket_.is_open()) co_return;
    }
}

void Session::send(std::string line) {
    outgoing_.push_back(std::move(line));
    something_to_write_.cancel();
}

void Session::call(std::uint64_t id, std::string_view method, const nlohmann::json& params) {
    send(nlohmann::json{{"id", id}, {"method", method}, {"params", params}}.dump() + "\n");
}

void Session::introduce() {
    next_id_ = kFirstSubmit;
    if (settings_.roll_versions) {
        call(kConfigure, "mining.configure",
             {{"version-rolling"},
              {{"version-rolling.mask", hex32(kVersionMask)}, {"version-rolling.min-bit-count", 2}}});
    }
    call(kSubscribe, "mining.subscribe", {"stratum-client/1.0"});
    call(kAuthorize, "mining.authorize", {settings_.user, settings_.password});
}

void Session::read_line(std::string_view line, TimePoint when) {
    if (line.find("\"mining.notify\"") != std::string_view::npos && line.find("\"result\"") == std::string_view::npos) {
        return on_notify(line, when);
    }
    const nlohmann::json message = nlohmann::json::parse(line, nullptr, false);
    if (!message.is_object()) throw dash::PeerMisbehaving("the server sends something that is not JSON");
    if (!message.contains("method")) return on_answer(message, when);
    if (message["method"] == "mining.set_difficulty") {
        difficulty_ = message.at("params").at(0).get<double>();
    } else if (message["method"] == "mining.set_extranonce") {
        on_subscribed({nullptr, message.at("params").at(0), message.at("params").at(1)});
    }
}

void Session::on_notify(std::string_view line, TimePoint when) {
    ++statistics_.notifies;
    const std::string_view previous_block = previous_block_of(line);
    const bool news = previous_block != previous_block_text_;
    {
        const std::lock_guard lock(work_mutex_);
        notify_line_ = line;
        pending_.target = dash::target_from_difficulty(difficulty_);
        work_.reset();
    }
    const bool first = work_version_++ == 0;
    if (first) statistics_.first_jobs.add(when - began_);
    if (!news) return;
    previous_block_text_ = previous_block;
    // The first job of a connection is no news about a block.
    if (!first) statistics_.new_block(parse_previous_block(previous_block), when);
}

std::shared_ptr<const Work> Session::work() {
    const std::lock_guard lock(work_mutex_);
    if (!work_ && !notify_line_.empty()) {
        try {
            auto work = std::make_shared<Work>(pending_);
            work->job = parse_job(nlohmann::json::parse(notify_line_).at("params"));
            work_ = std::move(work);
        } catch (const std::exception&) {
            notify_line_.clear();
        }
    }
    return work_;
}

void Session::on_answer(const nlohmann::json& message, TimePoint when) {
    const nlohmann::json id = message.value("id", nlohmann::json());
    if (!id.is_number_unsigned()) return;
    const auto number = id.get<std::uint64_t>();
    const nlohmann::json result = message.value("result", nlohmann::json());
    const nlohmann::json error = message.value("error", nlohmann::json());
    const bool good = error.is_null() && !(result.is_boolean() && !result.get<bool>());
    if (number >= kFirstSubmit) return on_submit_answer(number, good, error, when);
    if (!good) {
        const auto [code, text] = read_error(error);
        throw dash::PeerMisbehaving(std::string(number == kAuthorize ? "authorize" : "subscribe") +
                                    " refused: " + text);
    }
    if (number == kSubscribe) on_subscribed(result);
    if (number == kConfigure) on_configured(result);
}

void Session::on_subscribed(const nlohmann::json& result) {
    const std::lock_guard lock(work_mutex_);
    pending_.extranonce1 = dash::from_hex(result.at(1).get<std::string>());
    pending_.extranonce2_size = result.at(2).get<std::size_t>();
}

void Session::on_configured(const nlohmann::json& result) {
    if (!result.is_object() || !result.value("version-rolling", false)) return;
    const std::string mask = result.value("version-rolling.mask", "0");
    const std::lock_guard lock(work_mutex_);
    std::from_chars(mask.data(), mask.data() + mask.size(), pending_.version_mask, 16);
}

void Session::on_submit_answer(std::uint64_t id, bool accepted, const nlohmann::json& error, TimePoint when) {
    const auto sent = unanswered_.find(id);
    if (sent == unanswered_.end()) return;
    statistics_.answers.add(when - sent->second);
    unanswered_.erase(sent);
    if (accepted) {
        ++statistics_.accepted;
        return;
    }
    const auto [code, text] = read_error(error);
    ++statistics_.rejected[code];
    statistics_.last_error = text;
}

void Session::submit(const Solution& solution) {
    if (!socket_.is_open() || unanswered_.size() >= kMostUnanswered) return;
    nlohmann::json params{settings_.user, solution.job_id, dash::to_hex(solution.extranonce2), hex32(solution.time),
                          hex32(solution.nonce)};
    if (settings_.roll_versions) params.push_back(hex32(solution.version_bits));
    ++statistics_.submitted;
    unanswered_.emplace(next_id_, std::chrono::steady_clock::now());
    call(next_id_++, "mining.submit", params);
}

}  // namespace stratum_client
