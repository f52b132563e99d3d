#include "dash/backends/backends.h"

#include <utility>

#include "dash/util/coroutines.h"
#include "dash/util/log.h"

namespace dash::backends {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kLookInterval{250};
constexpr std::chrono::seconds kCheckInterval{1};

}  // namespace

Backends::Backends(asio::any_io_executor executor, const ChainParams& chain, std::vector<BackendSettings> settings,
                   Events events, const Clock& clock)
    : executor_(std::move(executor)),
      events_(std::move(events)),
      kept_(settings.size()),
      told_trouble_(settings.size()),
      chooser_(settings.size(), clock) {
    for (std::size_t i = 0; i < settings.size(); ++i) {
        all_.push_back(std::make_unique<Backend>(executor_, chain, std::move(settings[i]), settings.size() == 1,
                                                 events_of(i), clock));
    }
}

Backends::~Backends() = default;

Backend::Events Backends::events_of(std::size_t number) {
    return {.on_template = [this, number](rpc::BlockTemplate block) { take(number, std::move(block)); },
            .on_change = [this] { look(); },
            .on_template_problem = [this, number](const std::string& text) { take_template_problem(number, text); }};
}

void Backends::start_links() {
    for (const auto& backend : all_)
        backend->start_link();
}

asio::awaitable<rpc::DaemonCheck> Backends::wait_until_usable() {
    std::vector<std::string> told(all_.size());
    for (;;) {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            Backend& backend = *all_[i];
            rpc::DaemonCheck check;
            try {
                check = co_await (alone() ? backend.daemon() : backend.quick_daemon()).check();
            } catch (const rpc::RpcError& error) {
                check.problem = error.what();
            }
            if (check.usable) {
                chooser_.begin_with(i);
                *best_ = i;
                co_return check;
            }
            if (check.problem != told[i]) {
                log::warning("    ", alone() ? "" : backend.settings().name + ": ", check.problem);
            }
            told[i] = check.problem;
        }
        co_await pause(kCheckInterval);
    }
}

void Backends::start_templates(const Spawn& spawn) {
    started_ = true;
    for (const auto& backend : all_) {
        spawn(backend->feed());
        spawn(backend->probe());
    }
    spawn(look_regularly());
}

asio::awaitable<void> Backends::look_regularly() {
    for (;;) {
        look();
        co_await pause(kLookInterval);
    }
}

void Backends::new_block(const Uint256& hash) {
    for (const auto& backend : all_)
        backend->new_block(hash);
}

void Backends::take(std::size_t number, rpc::BlockTemplate block) {
    kept_[number] = std::move(block);
    look();
    if (kept_[number] && chooser_.may_serve(number)) deliver(number);
}

void Backends::take_template_problem(std::size_t number, const std::string& problem) const {
    if (!alone()) {
        log::debug(all_[number]->settings().name, problem.empty() ? " gives block templates" : ": ", problem);
    } else if (problem.empty()) {
        log::info("dashd gives block templates again.");
    } else {
        log::warning("No block template from dashd: ", problem);
    }
}

/// Makes up its mind anew, and sees to it that miners have work of the right daemon.
void Backends::look() {
    if (!started_) return;
    std::vector<Observation> seen;
    for (const auto& backend : all_)
        seen.push_back(backend->observe());
    const std::size_t before = chooser_.current();
    chooser_.update(seen);
    const std::size_t now = chooser_.current();
    *best_ = now;
    if (!alone()) tell_changes(before);
    if (source_ == now || !chooser_.may_serve(now)) return;
    if (kept_[now]) {
        deliver(now);
    } else if (source_) {
        source_ = now;  // once is enough
        current().ask_for_template();
    }
}

void Backends::tell_changes(std::size_t before) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const std::string& problem = chooser_.verdicts()[i].problem;
        if (told_trouble_[i] == !problem.empty()) continue;
        told_trouble_[i] = !problem.empty();
        const std::string& name = all_[i]->settings().name;
        if (problem.empty()) {
            log::info(name, " is well again.");
        } else {
            log::warning(name, " is out of use for now: it ", problem);
        }
    }
    if (chooser_.current() == before) return;
    log::warning("Miners get the work of ", current().settings().name, " from now on, no longer that of ",
                 all_[before]->settings().name, ": ", chooser_.switched_because(), ".");
}

void Backends::deliver(std::size_t number) {
    source_ = number;
    rpc::BlockTemplate block = std::move(*kept_[number]);
    kept_[number].reset();
    events_.on_template(std::move(block), all_[number]->last_template_seconds());
}

std::function<std::size_t()> Backends::best() const {
    return [best = best_] { return best->load(); };
}

std::vector<BackendStatus> Backends::status() const {
    std::vector<BackendStatus> all;
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const Backend& backend = *all_[i];
        const Observation seen = backend.observe();
        BackendStatus& status = all.emplace_back();
        status.address = backend.settings().rpc.endpoint();
        status.current = i == chooser_.current();
        status.problem = chooser_.verdicts()[i].problem;
        status.score = chooser_.verdicts()[i].score;
        status.link_up = seen.link_up;
        if (seen.answered > 0) status.answer_seconds = seen.answer_seconds;
        status.height = backend.height();
    }
    return all;
}

}  // namespace dash::backends
