#include "p2pool/node/announcer.h"

#include "p2pool/node/share_keeping.h"
#include "p2pool/notify/channel_config.h"
#include "p2pool/work/worker_name.h"

namespace p2pool::node {

Announcer::Announcer(const options::Settings& settings, web::Service& web) : network_(*settings.network) {
    auto channels = notify::make_channels(settings.net_datadir, settings.options.tell_alerts);
    if (channels.empty()) return;
    notifier_ = std::make_unique<notify::Notifier>(std::move(channels), database_file(settings), dash::system_clock());
    notifier_->start();
    web.set_alert_listener([this](const web::Alert& alert) {
        notifier_->announce(notify::announce(notify::AlertNews{.network = network_.name,
                                                               .id = alert.id,
                                                               .level = std::string(web::to_string(alert.rule->level)),
                                                               .text = alert.text,
                                                               .is_over = alert.until > 0,
                                                               .about_miner = alert.rule->names_worker()}));
    });
}

void Announcer::block_won(const dash::submission::WonBlock& block, std::optional<double> pool_hashes_per_second) {
    if (notifier_ == nullptr) return;
    notify::BlockNews news;
    news.network = network_.name;
    news.hash = block.hash.to_hex();
    news.height = block.height;
    // What a miner calls his machine is not for the world.
    news.miner = work::address_part(block.finder);
    news.pool_hashes_per_second = pool_hashes_per_second;
    news.found_at = block.found_at;
    news.explorer_url = network_.parent->block_explorer_url_prefix + news.hash;
    notifier_->announce(notify::announce(news));
}

void Announcer::stop() {
    if (notifier_ != nullptr) notifier_->stop();
}

}  // namespace p2pool::node
