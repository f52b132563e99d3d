#include "p2pool/notify/telegram_answer.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "dash/util/strange_json.h"

namespace p2pool::notify {
namespace {

constexpr std::int64_t kLongestPause = 3600;
/// Longer descriptions are none of Telegram's, and would fill the log.
constexpr std::size_t kLongestDescription = 1000;

std::chrono::seconds read_pause(const nlohmann::json& pause) {
    // A number beyond the signed ones would turn into a negative one.
    if (pause.is_number_unsigned()) {
        const auto seconds = std::min<std::uint64_t>(pause.get<std::uint64_t>(), kLongestPause);
        return std::chrono::seconds(static_cast<std::int64_t>(seconds));
    }
    return std::chrono::seconds(0);
}

}  // namespace

Delivery read_telegram_answer(const HttpReply& reply) {
    const auto answer = dash::parse_strange_json(reply.body);
    Delivery delivery{false, "it answers " + std::to_string(reply.status)};
    if (!answer.is_object()) return delivery;
    const auto ok = answer.find("ok");
    if (ok != answer.end() && *ok == true) return {true, {}};
    const auto description = answer.find("description");
    if (description != answer.end() && description->is_string()) {
        const auto text = description->get<std::string>();
        if (text.size() <= kLongestDescription) delivery.problem += " " + text;
    }
    const auto parameters = answer.find("parameters");
    if (parameters == answer.end() || !parameters->is_object()) return delivery;
    const auto pause = parameters->find("retry_after");
    if (pause != parameters->end()) delivery.retry_after = read_pause(*pause);
    return delivery;
}

}  // namespace p2pool::notify
