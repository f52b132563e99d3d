#include "p2pool/notify/channels.h"
#include "p2pool/notify/http_post.h"

namespace p2pool::notify {
namespace {

class WebhookChannel final : public Channel {
  public:
    WebhookChannel(HookConfig config, HttpUrl url) : config_(std::move(config)), url_(std::move(url)) {}

    /// Paths of webhooks often are secrets.
    [[nodiscard]] std::string name() const override { return "webhook " + url_.host + " " + mark_of(config_); }
    [[nodiscard]] bool wants(const Announcement& announcement) const override {
        return announcement.kind == Announcement::Kind::kBlock ? config_.wants_blocks : config_.wants_alerts;
    }
    [[nodiscard]] std::chrono::milliseconds least_interval() const override { return kHookInterval; }

    [[nodiscard]] boost::asio::awaitable<Delivery> send(const Announcement& announcement) override {
        try {
            const HttpReply reply =
                co_await http_post(url_, "application/json", to_text(to_json(announcement)), kHttpPatience);
            if (reply.status / 100 == 2) co_return Delivery{true, {}};
            co_return Delivery{false, "it answers " + std::to_string(reply.status)};
        } catch (const boost::system::system_error& error) {
            co_return Delivery{false, error.code().message()};
        }
    }

  private:
    HookConfig config_;
    HttpUrl url_;
};

}  // namespace

std::unique_ptr<Channel> make_webhook_channel(HookConfig config) {
    HttpUrl url = parse_url(config.url).value();
    return std::make_unique<WebhookChannel>(std::move(config), std::move(url));
}

}  // namespace p2pool::notify
