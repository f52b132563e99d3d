#include "dash/rpc/answer.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "dash/util/strange_json.h"

namespace dash::rpc {
namespace {

namespace asio = boost::asio;
using boost::system::system_error;
using nlohmann::json;
using Kind = RpcError::Kind;

/// How much of a strange answer or of dashd's message an error shows.
constexpr std::size_t kShownBytes = 160;

std::string printable(std::string_view text) {
    std::string shown(text.substr(0, kShownBytes));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
    return shown.size() < text.size() ? shown + "..." : shown;
}

RpcError bad_answer(const ClientSettings& settings, const HttpAnswer& answer, const std::string& what) {
    return RpcError(Kind::kBadAnswer,
                    what + " from " + settings.url() + " (HTTP " + std::to_string(answer.status) + ", \"" +
                        printable(answer.body) + "\"): make sure that this is dashd's RPC port",
                    answer.status);
}

[[noreturn]] void throw_refused(const ClientSettings& settings, int status) {
    if (status == 403) {
        throw RpcError(Kind::kUnauthorized,
                       "dashd does not take RPC calls from this address: add it to dash.conf with rpcallowip", status);
    }
    const std::string advice =
        settings.password.empty() && !settings.cookie_file.empty()
            ? "the cookie " + settings.cookie_file.string() + " is not the one of the dashd at " + settings.url()
            : "check rpcuser and rpcpassword in dash.conf, or what the command line gives instead";
    throw RpcError(Kind::kUnauthorized, "dashd refused the RPC user name or password: " + advice, status);
}

json parse_json(const ClientSettings& settings, const HttpAnswer& answer) {
    json parsed = parse_strange_json(answer.body);
    if (!parsed.is_object()) throw bad_answer(settings, answer, "not a JSON-RPC answer");
    return parsed;
}

[[noreturn]] void throw_daemon_error(const ClientSettings& settings, const HttpAnswer& answer, const json& error) {
    if (!error.is_object() || !error.contains("code") || !error["code"].is_number_integer()) {
        throw bad_answer(settings, answer, "an error without code");
    }
    const auto& message = error.contains("message") ? error["message"] : json();
    throw RpcError::from_daemon(error["code"].get<int>(),
                                message.is_string() ? printable(message.get<std::string>()) : "", answer.status);
}

}  // namespace

json read_result(const ClientSettings& settings, const HttpAnswer& answer, std::uint64_t id) {
    if (answer.status == 401 || answer.status == 403) throw_refused(settings, answer.status);
    if (answer.status == 503) {
        throw RpcError(Kind::kBadAnswer,
                       "dashd takes no RPC calls now (\"" + printable(answer.body) +
                           "\"): it is stopping, or overloaded; if that goes on, raise rpcworkqueue in dash.conf",
                       503);
    }
    json parsed = parse_json(settings, answer);
    const json* error = parsed.contains("error") ? &parsed["error"] : nullptr;
    if (error != nullptr && !error->is_null()) throw_daemon_error(settings, answer, *error);
    if (parsed.value("id", json()) != id) throw bad_answer(settings, answer, "the answer to another call");
    if (!parsed.contains("result")) throw bad_answer(settings, answer, "an answer without result");
    return std::move(parsed["result"]);
}

RpcError connect_error(const ClientSettings& settings, const system_error& error) {
    const auto& code = error.code();
    if (code == asio::error::timed_out) {
        return RpcError(Kind::kTimeout, "dashd RPC timeout - no connection to " + settings.url() + " in time");
    }
    if (code == asio::error::connection_refused) {
        return RpcError(Kind::kUnreachable, "dashd connection refused - is dashd running? (" + settings.url() + ")");
    }
    if (code.category() == asio::error::get_ssl_category() || code == asio::ssl::error::stream_truncated) {
        return RpcError(Kind::kUnreachable, "no TLS with " + settings.url() + ": " + code.message() +
                                                " - dashd itself speaks none, its TLS proxy must have a certificate "
                                                "that this system trusts");
    }
    return RpcError(Kind::kUnreachable, "cannot reach dashd at " + settings.url() + ": " + code.message() +
                                            " - check --dashd-address and --dashd-rpc-port");
}

RpcError exchange_error(const ClientSettings& settings, const system_error& error) {
    const auto& code = error.code();
    if (code == asio::error::timed_out) {
        return RpcError(Kind::kTimeout, "dashd RPC timeout - dashd may be busy or overloaded");
    }
    if (code == boost::beast::http::error::body_limit || code == boost::beast::http::error::header_limit) {
        return RpcError(Kind::kBadAnswer, "the answer of " + settings.url() + " is larger than " +
                                              std::to_string(settings.max_answer_bytes) +
                                              " bytes: make sure that this is dashd's RPC port");
    }
    const bool not_http = code.category() == boost::beast::http::make_error_code({}).category() &&
                          code != boost::beast::http::error::end_of_stream &&
                          code != boost::beast::http::error::partial_message;
    if (not_http) {
        return RpcError(Kind::kBadAnswer, "what listens at " + settings.url() + " does not speak HTTP (" +
                                              code.message() + "): check --dashd-rpc-port");
    }
    return RpcError(Kind::kDisconnected, "dashd closed the RPC connection before it answered (" + code.message() + ")");
}

}  // namespace dash::rpc
