#include "p2pool/stratum/submit_limit.h"

#include <doctest/doctest.h>

#include "tests/unit/stratum/miner_fixture.h"

namespace {

using p2pool::stratum::SubmitLimit;
using p2pool::stratum::SubmitLimitSettings;
using Pace = SubmitLimit::Pace;

constexpr const char* kIp = "203.0.113.7";

/// The pace of a good submit, which is counted.
Pace submit(SubmitLimit& limit, const std::string& worker, double now, const std::string& ip = kIp) {
    const Pace pace = limit.pace(worker, ip, now);
    if (pace != Pace::kTooHigh) limit.count(worker, ip, now);
    return pace;
}

}  // namespace

TEST_CASE("above the first rate a worker is hurried, above the second refused") {
    SubmitLimit limit({.high_rate = 1, .most_rate = 2, .window_seconds = 10, .whitelist = {}});
    std::array<int, 3> paces{};
    for (int i = 0; i < 30; ++i)
        ++paces[static_cast<std::size_t>(submit(limit, "A.rig", 100))];
    CHECK(paces == std::array<int, 3>{10, 10, 10});
    CHECK(submit(limit, "A.other", 100) == Pace::kFine);
    // A steady pace under the limits is always fine.
    for (int i = 0; i < 100; ++i)
        CHECK(submit(limit, "B.rig", 200 + i * 1.01) == Pace::kFine);
}

TEST_CASE("who calls himself as another does uses up nothing of his") {
    SubmitLimit limit({.high_rate = 0, .most_rate = 1, .window_seconds = 10, .whitelist = {}});
    for (int i = 0; i < 100; ++i)
        static_cast<void>(submit(limit, "A.rig", 100, "198.51.100.1"));
    CHECK(submit(limit, "A.rig", 100, "198.51.100.1") == Pace::kTooHigh);
    CHECK(submit(limit, "A.rig", 100) == Pace::kFine);
}

TEST_CASE("without limits, and for those on the list, every pace is fine") {
    SubmitLimit none({});
    SubmitLimit limit({.high_rate = 0.1, .most_rate = 0.1, .window_seconds = 10, .whitelist = {"A", "B.rig"}});
    for (int i = 0; i < 100; ++i) {
        CHECK(submit(none, "A.rig", 0) == Pace::kFine);
        CHECK(submit(limit, "A.rig", 0) == Pace::kFine);
        CHECK(submit(limit, "B.rig", 0) == Pace::kFine);
    }
    CHECK(submit(limit, "B.other", 0) == Pace::kFine);
    CHECK(submit(limit, "B.other", 0) == Pace::kTooHigh);
    limit.configure({.high_rate = 0, .most_rate = 0, .window_seconds = 10, .whitelist = {}});
    CHECK(submit(limit, "B.other", 0) == Pace::kFine);
}

TEST_CASE("where only refusing is asked for, harder work comes before it") {
    for (const double high_rate : {0.0, 1.0, 3.0}) {
        CAPTURE(high_rate);
        SubmitLimit limit({.high_rate = high_rate, .most_rate = 1, .window_seconds = 10, .whitelist = {}});
        std::array<int, 3> paces{};
        for (int i = 0; i < 20; ++i)
            ++paces[static_cast<std::size_t>(submit(limit, "A.rig", 100))];
        CHECK(paces == std::array<int, 3>{5, 5, 10});
    }
}

TEST_CASE("who submits too fast gets harder work, then errors, and never a ban") {
    tests::MinerFixture node;
    node.context.submit_limit.configure({.high_rate = 0.2, .most_rate = 1, .window_seconds = 10, .whitelist = {}});
    node.work.set_quality(3);
    const std::string user = std::string(tests::MinerFixture::kUser) + "+0.5";
    const std::string job = node.start(user)[0];
    const double before = node.miner->difficulty().value;
    int accepted = 0;
    int refused = 0;
    for (std::uint32_t i = 0; i < 30; ++i) {
        const auto answer = node.submit(job, i, user);
        if (answer["error"].is_null()) {
            ++accepted;
        } else {
            ++refused;
            CHECK(answer["error"].dump().find("Too many submits of this worker") != std::string::npos);
        }
    }
    CHECK(accepted == 10);
    CHECK(refused == 20);
    CHECK(node.miner->difficulty().value == doctest::Approx(2 * before));
    // What is rarer than his own difficulty asks for is his income, and no flood.
    node.work.set_quality(1e4);
    CHECK(node.submit(job, 100, user)["error"].is_null());
    node.work.set_quality(3);
    node.clock.advance(60);
    CHECK(node.submit(job, 101, user)["error"].is_null());
    CHECK(node.open);
    CHECK(node.context.admission.offenders(10).empty());
}

TEST_CASE("refused submits do not use up what a worker may submit") {
    tests::MinerFixture node;
    node.context.submit_limit.configure({.high_rate = 0, .most_rate = 1, .window_seconds = 10, .whitelist = {}});
    node.work.set_quality(0.1);
    const std::string user = std::string(tests::MinerFixture::kUser) + "+0.5";
    const std::string job = node.start(user)[0];
    for (std::uint32_t i = 0; i < 30; ++i)
        CHECK(node.submit(job, i, user)["error"][0] == 23);
    CHECK(node.miner->difficulty().value == doctest::Approx(0.5));
    node.work.set_quality(3);
    CHECK(node.submit(job, 100, user)["error"].is_null());
    for (int i = 0; i < 30; ++i)
        CHECK(node.submit(job, 100, user)["error"][0] == 22);
    CHECK(node.miner->difficulty().value == doctest::Approx(0.5));
}

TEST_CASE("whoever is on the whitelist submits as fast as he likes") {
    tests::MinerFixture node("dash_regtest", {.ip_whitelist = {"203.0.113.0/24"}});
    node.context.submit_limit.configure({.high_rate = 0.2, .most_rate = 1, .window_seconds = 10, .whitelist = {}});
    node.work.set_quality(3);
    const std::string user = std::string(tests::MinerFixture::kUser) + "+0.5";
    const std::string job = node.start(user)[0];
    const double before = node.miner->difficulty().value;
    int accepted = 0;
    for (std::uint32_t i = 0; i < 500; ++i)
        accepted += node.submit(job, i, user)["error"].is_null() ? 1 : 0;
    CHECK(accepted == 500);
    CHECK(node.miner->difficulty().value == doctest::Approx(before));
    // As soon as he is off the list, the limits hold.
    node.context.admission.configure({});
    int refused = 0;
    for (std::uint32_t i = 500; i < 600; ++i)
        refused += node.submit(job, i, user)["error"].is_null() ? 0 : 1;
    CHECK(refused == 90);
}
