#include "p2pool/stratum/messages.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "dash/util/strange_json.h"

namespace p2pool::stratum {
namespace {

using nlohmann::json;

/// What a stranger sent may be cut in the middle of a character when it is quoted.
std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_answer(std::string& out, const json& id, std::string_view result, std::string_view error) {
    out.append(R"({"id":)").append(dump(id)).append(R"(,"result":)").append(result);
    out.append(R"(,"error":)").append(error).append("}\n");
}

/// Hashes go out in their byte order, but each 4-byte word reversed.
std::string previous_block_hex(const dash::Uint256& hash) {
    auto bytes = hash.to_bytes();
    for (auto word = bytes.begin(); word != bytes.end(); word += 4)
        std::reverse(word, word + 4);
    return dash::to_hex(bytes);
}

}  // namespace

std::variant<Request, Response, Malformed> parse_line(std::string_view line) {
    json message = dash::parse_strange_json(line);
    if (message.is_discarded()) return Malformed{nullptr, "not JSON, or nested too deep"};
    if (!message.is_object()) return Malformed{nullptr, "not a JSON object"};
    const auto id = message.find("id");
    Request request;
    if (id != message.end()) request.id = std::move(*id);
    const auto method = message.find("method");
    if (method == message.end()) {
        if (message.contains("result") || message.contains("error")) return Response{};
        return Malformed{std::move(request.id), "no method"};
    }
    if (!method->is_string()) return Malformed{std::move(request.id), "method is not a text"};
    request.method = std::move(method->get_ref<std::string&>());
    request.params = json::array();
    const auto params = message.find("params");
    if (params == message.end() || params->is_null()) return request;
    if (!params->is_array()) return Malformed{std::move(request.id), "params is not a list"};
    request.params = std::move(*params);
    return request;
}

void append_result(std::string& out, const json& id, const json& result) {
    append_answer(out, id, result.is_boolean() ? (result.get<bool>() ? "true" : "false") : dump(result), "null");
}

void append_error(std::string& out, const json& id, const StratumError& error) {
    append_answer(out, id, "null", dump(json::array({static_cast<int>(error.code), error.message, nullptr})));
}

void append_set_difficulty(std::string& out, double difficulty) {
    out.append(R"({"id":null,"method":"mining.set_difficulty","params":[)").append(dump(difficulty)).append("]}\n");
}

void append_show_message(std::string& out, std::string_view text) {
    out.append(R"({"id":null,"method":"client.show_message","params":[)").append(dump(text)).append("]}\n");
}

std::shared_ptr<const Notify> make_notify(const work::JobPtr& job, const work::CoinbaseParts& coinbase) {
    auto notify = std::make_shared<Notify>();
    notify->job = job;
    notify->share = Difficulty::of_target(job->easiest_target);
    std::string& body = notify->body;
    body.append(R"(",")").append(previous_block_hex(job->previous_block));
    body.append(R"(",")").append(dash::to_hex(coinbase.prefix));
    body.append(R"(",")").append(dash::to_hex(coinbase.suffix)).append(R"(",[)");
    for (const dash::Uint256& hash : job->merkle_branch) {
        if (body.back() != '[') body.push_back(',');
        body.append("\"").append(dash::to_hex(hash.to_bytes())).append("\"");
    }
    body.append(R"(],")").append(hex32(job->version));
    body.append(R"(",")").append(hex32(job->bits));
    body.append(R"(",")").append(hex32(job->time)).append(R"(",)");
    return notify;
}

std::optional<std::uint32_t> parse_hex32(std::string_view digits) {
    constexpr std::size_t kDigits = 8;
    if (digits.size() != kDigits) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + kDigits, value, 16);
    if (error != std::errc() || end != digits.data() + kDigits) return std::nullopt;
    return value;
}

std::string hex32(std::uint32_t value) {
    std::array<char, 9> text{};
    std::snprintf(text.data(), text.size(), "%08x", value);
    return text.data();
}

}  // namespace p2pool::stratum
