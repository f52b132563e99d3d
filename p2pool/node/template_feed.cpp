#include "p2pool/node/template_feed.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <optional>

#include "dash/util/log.h"

namespace p2pool::node {

TemplateFeed::TemplateFeed(boost::asio::any_io_executor executor, dash::rpc::Daemon& daemon, Schedule schedule,
                           Handler handler)
    : daemon_(daemon), schedule_(schedule), handler_(std::move(handler)), timer_(std::move(executor)) {}

void TemplateFeed::new_block(const dash::Uint256& hash) {
    if (hash == previous_block_) return;
    asked_ = true;
    tries_left_ = schedule_.not_yet_tries;
    timer_.cancel();
}

std::chrono::milliseconds TemplateFeed::delay() const {
    if (asked_) return std::chrono::milliseconds(0);
    if (!problem_.empty()) return schedule_.retry;
    if (tries_left_ > 0) return schedule_.not_yet;
    return link_up_ ? schedule_.poll : schedule_.poll_without_link;
}

void TemplateFeed::report(const std::string& problem) {
    if (problem == problem_) return;
    if (problem.empty()) {
        dash::log::info("dashd gives block templates again.");
    } else {
        dash::log::warning("No block template from dashd: ", problem);
    }
    problem_ = problem;
}

boost::asio::awaitable<void> TemplateFeed::run() {
    for (;;) {
        asked_ = false;
        std::string problem;
        std::optional<dash::rpc::BlockTemplate> block;
        const auto start = std::chrono::steady_clock::now();
        try {
            block = co_await daemon_.get_block_template();
            last_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        } catch (const dash::Error& error) {
            problem = error.what();
        }
        report(problem);
        if (block.has_value()) {
            if (tries_left_ > 0) --tries_left_;
            if (block->previous_block != previous_block_) tries_left_ = 0;
            previous_block_ = block->previous_block;
            handler_(std::move(*block));
        }
        timer_.expires_after(delay());
        boost::system::error_code cancelled;  // new_block() cuts the wait short
        co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }
}

}  // namespace p2pool::node
