#include "dash/backends/backend.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "dash/util/log.h"

namespace dash::backends {

namespace asio = boost::asio;

namespace {

using Kind = rpc::RpcError::Kind;

rpc::ClientSettings with_timeout(rpc::ClientSettings settings, std::chrono::milliseconds timeout) {
    settings.timeout = timeout;
    return settings;
}

/// One of these may come from a busy daemon that serves its miners well.
bool may_be_a_hiccup(const rpc::RpcError& error) {
    return error.kind() == Kind::kBadAnswer || error.kind() == Kind::kDisconnected;
}

}  // namespace

Backend::Backend(asio::any_io_executor executor, const ChainParams& chain, BackendSettings settings, bool alone,
                 Events events, const Clock& clock)
    : settings_(std::move(settings)),
      chain_(chain),
      alone_(alone),
      events_(std::move(events)),
      clock_(clock),
      client_(settings_.rpc),
      daemon_(client_, chain),
      quick_client_(with_timeout(settings_.rpc, kProbeTimeout)),
      quick_daemon_(quick_client_, chain),
      feed_(
          executor, [this] { return ask(); }, {}, feed_events(), clock),
      probe_timer_(executor),
      link_(executor, settings_.link, link_events(), clock) {}

p2p::DaemonLink::Events Backend::link_events() {
    return {.on_up =
                [this] {
                    feed_.set_link_up(true);
                    events_.on_change();
                },
            .on_down =
                [this](const p2p::PeerEnd&) {
                    feed_.set_link_up(false);
                    probe_now();
                },
            .on_block =
                [this](const Uint256& hash) {
                    log::debug(settings_.name, " announces block ", hash.to_hex());
                    feed_.new_block(hash);
                }};
}

TemplateFeed::Events Backend::feed_events() {
    return {.on_template =
                [this](rpc::BlockTemplate block) {
                    if (alone_) tip_ = Tip{block.previous_block, Uint256(block.height)};
                    height_ = block.height - 1;
                    template_at_ = clock_.steady_now();
                    events_.on_template(std::move(block));
                },
            .on_problem =
                [this](const std::string& problem) {
                    events_.on_template_problem(problem);
                    events_.on_change();
                }};
}

asio::awaitable<rpc::BlockTemplate> Backend::ask() {
    rpc::BlockTemplate block = co_await daemon_.get_block_template();
    if (!alone_) co_await prove(block);
    co_return block;
}

/// Throws RpcError when the tip is not what the daemon says.
asio::awaitable<void> Backend::prove(const rpc::BlockTemplate& block) {
    if (tip_ && tip_->block == block.previous_block) co_return;
    const auto header = co_await quick_daemon_.get_block_header(block.previous_block);
    const std::string doubt = doubt_about_tip(block, header);
    if (doubt.empty()) {
        tip_ = Tip{block.previous_block, *header->chain_work};
        co_return;
    }
    tip_.reset();
    throw rpc::RpcError(Kind::kBadAnswer, doubt);
}

asio::awaitable<void> Backend::probe() {
    for (;;) {
        const auto start = clock_.steady_now();
        try {
            const rpc::ChainInfo info = co_await quick_daemon_.get_blockchain_info();
            answered(info, std::chrono::duration<double>(clock_.steady_now() - start).count());
        } catch (const rpc::RpcError& error) {
            failed(error);
        }
        events_.on_change();
        probe_timer_.expires_after(kProbeInterval);
        co_await probe_timer_.async_wait(asio::as_tuple(asio::use_awaitable));  // probe_now() cuts it short
    }
}

void Backend::remember(bool in_time) {
    probes_.push_back(in_time);
    if (probes_.size() > kProbesRemembered) probes_.pop_front();
}

void Backend::answered(const rpc::ChainInfo& info, double seconds) {
    remember(true);
    failures_in_a_row_ = 0;
    answer_seconds_ = seconds;
    probe_problem_.clear();
    if (info.chain != chain_.rpc_chain) {
        probe_problem_ = "works on the chain \"" + info.chain + "\", this node on \"" + chain_.rpc_chain + "\"";
    }
    synchronises_ = info.initial_block_download;
    if (std::exchange(told_best_, info.best_block) != info.best_block) feed_.new_block(info.best_block);
}

void Backend::failed(const rpc::RpcError& error) {
    remember(false);
    if (++failures_in_a_row_ > 1 || !may_be_a_hiccup(error)) probe_problem_ = std::string("fails: ") + error.what();
}

Observation Backend::observe() const {
    const auto now = clock_.steady_now();
    Observation seen;
    seen.problem = probe_problem_;
    if (seen.problem.empty() && !feed_.problem().empty()) seen.problem = "gives no work: " + feed_.problem();
    const auto waiting = feed_.waiting_since();
    if (seen.problem.empty() && waiting && now - *waiting > kTemplatePatience) {
        seen.problem = "does not answer the question for a template";
    }
    seen.tip = tip_;
    if (!probes_.empty()) {
        seen.answered =
            static_cast<double>(std::count(probes_.begin(), probes_.end(), true)) / static_cast<double>(probes_.size());
    }
    seen.answer_seconds = answer_seconds_;
    seen.template_age_seconds = std::chrono::duration<double>(now - template_at_).count();
    seen.link_up = link_.up();
    seen.synchronises = synchronises_;
    return seen;
}

}  // namespace dash::backends
