#include <cctype>

#include "p2pool/notify/channels.h"
#include "p2pool/notify/http_post.h"
#include "p2pool/notify/telegram_answer.h"

namespace p2pool::notify {
namespace {

constexpr std::chrono::seconds kMessageInterval{5};

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

class TelegramChannel final : public Channel {
  public:
    TelegramChannel(TelegramConfig config, bool tell_alerts)
        : config_(std::move(config)), tells_alerts_(tell_alerts && config_.error_notifications) {}

    [[nodiscard]] std::string name() const override { return "telegram"; }
    [[nodiscard]] bool wants(const Announcement& announcement) const override {
        return announcement.kind == Announcement::Kind::kBlock || tells_alerts_;
    }
    [[nodiscard]] std::chrono::milliseconds least_interval() const override { return kMessageInterval; }

    [[nodiscard]] boost::asio::awaitable<Delivery> send(const Announcement& announcement) override {
        const auto url = parse_url(config_.api_url + "/bot" + config_.bot_token + "/sendMessage");
        if (!url) co_return Delivery{false, "api_url or bot_token in telegram_config.json is not well-formed"};
        std::string body = "chat_id=" + form_encoded(config_.chat_id) + "&text=" + form_encoded(announcement.html) +
                           "&parse_mode=HTML&disable_web_page_preview=true";
        try {
            co_return read_telegram_answer(
                co_await http_post(*url, "application/x-www-form-urlencoded", std::move(body), kHttpPatience));
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
