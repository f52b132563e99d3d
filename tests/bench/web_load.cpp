#include "tests/bench/web_load.h"

#include <algorithm>
#include <stdexcept>

#include "tests/unit/web/http_client.h"

namespace bench {

using Clock = std::chrono::steady_clock;

WebLoad::WebLoad(std::uint16_t port, std::vector<std::string> targets, double requests_per_second)
    : port_(port),
      targets_(std::move(targets)),
      requests_per_second_(requests_per_second),
      start_(Clock::now()),
      browsers_(kBrowsers) {
    for (std::size_t i = 0; i < kBrowsers; ++i) {
        browsers_[i].milliseconds.resize(targets_.size());
        browsers_[i].thread = std::thread([this, i] { run(browsers_[i], i); });
    }
}

WebLoad::~WebLoad() {
    stopping_ = true;
    for (Browser& browser : browsers_) {
        if (browser.thread.joinable()) browser.thread.join();
    }
}

void WebLoad::run(Browser& browser, std::size_t number) {
    web_tests::HttpClient client(port_);
    for (std::size_t request = number; !stopping_; request += kBrowsers) {
        const auto due = start_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                      static_cast<double>(request) / requests_per_second_));
        std::this_thread::sleep_until(due);
        const std::size_t target = request % targets_.size();
        const auto answer = client.get(targets_[target], {"Accept-Encoding: gzip"});
        if (answer.status != 200) {
            ++browser.failed;
            return;
        }
        browser.milliseconds[target].push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
    }
}

WebLoad::Result WebLoad::stop() {
    stopping_ = true;
    Result result;
    result.milliseconds.resize(targets_.size());
    for (Browser& browser : browsers_) {
        browser.thread.join();
        result.failed += browser.failed;
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            result.milliseconds[i].insert(result.milliseconds[i].end(), browser.milliseconds[i].begin(),
                                          browser.milliseconds[i].end());
        }
    }
    for (auto& values : result.milliseconds) {
        if (values.empty()) throw std::runtime_error("the node answered no page");
        std::sort(values.begin(), values.end());
    }
    return result;
}

double percentile(const std::vector<double>& sorted, double part) {
    const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
    return sorted.at(std::min(index, sorted.size() - 1));
}

}  // namespace bench
