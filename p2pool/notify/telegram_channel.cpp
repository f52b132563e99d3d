#include <algorithm>
#include <cctype>

#include "p2pool/notify/channels.h"
#include "p2pool/notify/http_post.h"

namespace p2pool::notify {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::seconds kLeastInterval{5};

std::string form_encoded(const std::string& text) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (std::isalnum(byte) != 0 || character == '-' || character == '_' || character == '.') {
            out.push_back(character);
        } else {
            out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
        }
    }
    return out;
}

/// Telegram's answer: {"ok": …, "description": …, "parameters": {"retry_after": …}}.
Delivery read_answer(const HttpReply& reply) {
    constexpr std::int64_t kLongestPause = 3600;
    const auto answer = nlohmann::json::parse(reply.body, nullptr, false);
    if (!answer.is_object()) return {false, "it answers " + std::to_string(reply.status)};
    const auto ok = answer.find("ok");
    if (ok != answer.end() && *ok == true) return {true, {}};
    Delivery delivery{false, "it answers " + std::to_string(reply.status)};
    const auto description = answer.find("description");
    if (description != answer.end() && description->is_string())
        delivery.problem += " " + description->get<std::string>();
    const auto parameters = answer.find("parameters");
    if (parameters == answer.end() || !parameters->is_object()) return delivery;
    const auto pause = parameters->find("retry_after");
    if (pause != parameters->end() && pause->is_number_integer()) {
        delivery.retry_after =
            std::chrono::seconds(std::clamp<std::int64_t>(pause->get<std::int64_t>(), 0, kLongestPause));
    }
    return delivery;
}

class TelegramChannel final : public Channel {
  public:
    TelegramChannel(TelegramConfig config, bool tell_alerts)
        : config_(std::move(config)), tells_alerts_(tell_alerts && config_.error_notifications) {}

    [[nodiscard]] std::string name() const override { return "telegram"; }
    [[nodiscard]] bool wants(const Announcement& announcement) const override {
        return announcement.kind == Announcement::Kind::kBlock || tells_alerts_;
    }
    [[nodiscard]] std::chrono::milliseconds least_interval() const override { return kLeastInterval; }

    [[nodiscard]] boost::asio::awaitable<Delivery> send(const Announcement& announcement) override {
        const auto url = parse_url(config_.api_url + "/bot" + config_.bot_token + "/sendMessage");
        if (!url) co_return Delivery{false, "api_url or bot_token in telegram_config.json is not well-formed"};
        std::string body = "chat_id=" + form_encoded(config_.chat_id) + "&text=" + form_encoded(announcement.html) +
                           "&parse_mode=HTML&disable_web_page_preview=true";
        try {
            co_return read_answer(
                co_await http_post(*url, "application/x-www-form-urlencoded", std::move(body), kPatience));
        } catch (const boost::system::system_error& error) {
            co_return Delivery{false, error.code().message()};
        }
    }

  private:
    TelegramConfig config_;
    bool tells_alerts_;
};

}  // namespace

std::unique_ptr<Channel> make_telegram_channel(TelegramConfig config, bool tell_alerts) {
    return std::make_unique<TelegramChannel>(std::move(config), tell_alerts);
}

}  // namespace p2pool::notify
