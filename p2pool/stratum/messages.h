#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "p2pool/stratum/difficulty.h"
#include "p2pool/work/job.h"

/// The lines of stratum v1: one JSON object each, ended by "\n". Everything that is sent is appended to a text, line
/// end included.
namespace p2pool::stratum {

/// The codes miners know, sent as [code, "message", null].
enum class ErrorCode {
    kOther = 20,
    kJobNotFound = 21,  ///< unknown, expired or stale
    kDuplicate = 22,
    kLowDifficulty = 23,
    kUnauthorized = 24,
    kNotSubscribed = 25,
};

struct StratumError {
    ErrorCode code = ErrorCode::kOther;
    std::string message;
};

struct Request {
    nlohmann::json id;  ///< as it came; null when there was none
    std::string method;
    nlohmann::json params;  ///< always an array
};

/// A line that answers something we said. Nothing we say needs an answer.
struct Response {};

/// A line that is nothing of the kind; `id` as far as it could be read.
struct Malformed {
    nlohmann::json id;
    std::string reason;
};

/// A line with a method is a request even when it carries "result" or "error", as some miners' requests do.
[[nodiscard]] std::variant<Request, Response, Malformed> parse_line(std::string_view line);

void append_result(std::string& out, const nlohmann::json& id, const nlohmann::json& result);
void append_error(std::string& out, const nlohmann::json& id, const StratumError& error);
void append_set_difficulty(std::string& out, double difficulty);
/// client.show_message: a sentence for the miner's operator.
void append_show_message(std::string& out, std::string_view text);

/// mining.notify for one job, serialized once for all connections that get it. The line is
/// kNotifyHead + id + body + (clean ? kNotifyCleanTail : kNotifyTail).
struct Notify {
    work::JobPtr job;
    Difficulty share;  ///< of the share the job can make, or of a merge-mined block that is easier
    std::string body;
};

constexpr std::string_view kNotifyHead = R"({"id":null,"method":"mining.notify","params":[")";
constexpr std::string_view kNotifyCleanTail = "true]}\n";
constexpr std::string_view kNotifyTail = "false]}\n";

[[nodiscard]] std::shared_ptr<const Notify> make_notify(const work::JobPtr& job, const work::CoinbaseParts& coinbase);

/// Eight hex digits, either case; nullopt for anything else.
[[nodiscard]] std::optional<std::uint32_t> parse_hex32(std::string_view digits);
/// Eight lower-case hex digits.
[[nodiscard]] std::string hex32(std::uint32_t value);

}  // namespace p2pool::stratum
