#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "p2pool/peer_io/port_mapper.h"
#include "tests/support/process.h"

namespace {

using namespace std::chrono_literals;
using p2pool::peer_io::PortMapper;
using p2pool::peer_io::PortMapping;

TEST_CASE("the port is mapped at once and again and again, whatever comes of it") {
    std::atomic<int> calls{0};
    std::atomic<std::uint16_t> asked{0};
    {
        const PortMapper mapper(
            8999,
            [&](std::uint16_t port) {
                asked = port;
                return PortMapping{.mapped = ++calls % 2 == 0, .detail = "test"};
            },
            1ms);
        CHECK(tests::wait_until([&] { return calls >= 5; }, 30s));
    }
    CHECK(asked == 8999);
    const int at_end = calls;
    std::this_thread::sleep_for(20ms);
    CHECK(calls == at_end);
}

TEST_CASE("it ends at once while it waits for the next time") {
    std::atomic<int> calls{0};
    auto mapper = std::make_unique<PortMapper>(1, [&](std::uint16_t) {
        ++calls;
        return PortMapping{};
    });
    CHECK(tests::wait_until([&] { return calls == 1; }, 30s));
    const auto begin = std::chrono::steady_clock::now();
    mapper.reset();
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
}

TEST_CASE("a router that does not answer does not hold up the end") {
    const auto answer = std::make_shared<std::promise<void>>();
    const auto asked = std::make_shared<std::atomic<bool>>(false);
    auto mapper = std::make_unique<PortMapper>(1, [asked, router = answer->get_future().share()](std::uint16_t) {
        *asked = true;
        router.wait();
        return PortMapping{.mapped = true, .detail = "too late"};
    });
    CHECK(tests::wait_until([&] { return asked->load(); }, 30s));
    const auto begin = std::chrono::steady_clock::now();
    mapper.reset();
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= 1900ms);
    CHECK(took < 20s);
    answer->set_value();
}

}  // namespace
