#include "dash/backends/template_feed.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "dash/util/error.h"

namespace dash::backends {

TemplateFeed::TemplateFeed(boost::asio::any_io_executor executor, Ask ask, Schedule schedule, Events events,
                           const Clock& clock)
    : ask_(std::move(ask)), schedule_(schedule), events_(std::move(events)), clock_(clock), timer_(executor) {}

void TemplateFeed::new_block(const Uint256& hash) {
    if (hash == previous_block_) return;
    tries_left_ = schedule_.not_yet_tries;
    ask_now();
}

void TemplateFeed::ask_now() {
    asked_ = true;
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
    problem_ = problem;
    events_.on_problem(problem);
}

void TemplateFeed::take(rpc::BlockTemplate block) {
    if (tries_left_ > 0) --tries_left_;
    if (block.previous_block != previous_block_) tries_left_ = 0;
    previous_block_ = block.previous_block;
    events_.on_template(std::move(block));
}

boost::asio::awaitable<void> TemplateFeed::run() {
    for (;;) {
        asked_ = false;
        std::string problem;
        std::optional<rpc::BlockTemplate> block;
        const auto start = clock_.steady_now();
        waiting_since_ = start;
        try {
            block = co_await ask_();
            last_seconds_ = std::chrono::duration<double>(clock_.steady_now() - start).count();
        } catch (const Error& error) {
            problem = error.what();
        }
        waiting_since_.reset();
        report(problem);
        if (block.has_value()) take(std::move(*block));
        timer_.expires_after(delay());
        boost::system::error_code cancelled;  // ask_now() cuts the wait short
        co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }
}

}  // namespace dash::backends
