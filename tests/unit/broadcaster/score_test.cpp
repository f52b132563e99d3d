#include "dash/broadcaster/score.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

using namespace dash::broadcaster;

namespace {

PeerRecord ordinary() {
    PeerRecord peer;
    peer.address = *parse_peer_address("1.2.3.4:9999");
    peer.ping_ms = 80;
    return peer;
}

double worth(const PeerRecord& peer) {
    return score(peer, {.connected_seconds = 3600, .silent_seconds = 5, .others_of_group = 0});
}

}  // namespace

TEST_CASE("the formula, by hand") {
    PeerRecord peer = ordinary();
    peer.source = Source::kDashd;
    CHECK(score(peer, {}) == doctest::Approx(50 + 60 * 50 / 130.0 + 20));
    peer.ping_ms.reset();
    CHECK(score(peer, {}) == doctest::Approx(50 + 20 + 20));
    peer.successful_broadcasts = 8;
    CHECK(score(peer, {}) == doctest::Approx(90 + 20 + 20));
    peer.failed_broadcasts = 10;
    CHECK(score(peer, {}) == doctest::Approx(45 + 20 + 20));
    peer.blocks_relayed = 12;
    peer.blocks_first = 4;
    CHECK(score(peer, {}) == doctest::Approx(45 + 20 + 15 + 20));
    CHECK(score(peer, {.connected_seconds = 43'200}) == doctest::Approx(45 + 20 + 15 + 10 + 20));
    CHECK(score(peer, {.connected_seconds = 1e9}) == doctest::Approx(45 + 20 + 15 + 20 + 20));
    CHECK(score(peer, {.silent_seconds = 3600}) == doctest::Approx(45 + 20 + 15 + 10));
    CHECK(score(peer, {.others_of_group = 2}) == doctest::Approx(45 + 20 + 15 + 20 - 50));
    peer.at_dashd = true;
    CHECK(score(peer, {}) == doctest::Approx(45 + 20 + 15 + 20 - 30));
    peer.source = Source::kP2p;
    CHECK(score(peer, {}) == doctest::Approx(45 + 20 + 15 + 20 - 30 + 15));
    for (int failures = 1; failures <= 4; ++failures) {
        peer.attempts.failed(Failure::kTimeout, {});
        CHECK(score(peer, {}) == doctest::Approx(45 + 20 + 15 + 20 - 30 + 15 - 20 * std::min(failures, 3)));
    }
}

TEST_CASE("what helps propagation raises the score") {
    const PeerRecord base = ordinary();
    const auto with = [&](const std::function<void(PeerRecord&)>& change) {
        PeerRecord peer = base;
        change(peer);
        return worth(peer);
    };
    CHECK(with([](PeerRecord& p) { p.successful_broadcasts = 5; }) > worth(base));
    CHECK(with([](PeerRecord& p) { p.failed_broadcasts = 5; }) < worth(base));
    CHECK(with([](PeerRecord& p) { p.ping_ms = 10; }) > worth(base));
    CHECK(with([](PeerRecord& p) { p.ping_ms = 500; }) < worth(base));
    CHECK(with([](PeerRecord& p) { p.blocks_relayed = p.blocks_first = 3; }) > worth(base));
    CHECK(with([](PeerRecord& p) { p.uptime_seconds = 40'000; }) > worth(base));
    CHECK(with([](PeerRecord& p) { p.at_dashd = true; }) < worth(base));
    CHECK(with([](PeerRecord& p) { p.source = Source::kDashdRefresh; }) < worth(base));
    CHECK(score(base, {.silent_seconds = 7200}) < score(base, {.silent_seconds = 10}));
    CHECK(score(base, {.others_of_group = 1}) < score(base, {}));
}

TEST_CASE("never negative, never near the local dashd's") {
    PeerRecord worst = ordinary();
    worst.failed_broadcasts = 1000;
    worst.ping_ms = 1e6;
    worst.at_dashd = true;
    worst.source = Source::kDashd;
    CHECK(score(worst, {.silent_seconds = 1e9, .others_of_group = 19}) == 0);
    PeerRecord best = ordinary();
    best.successful_broadcasts = 1'000'000;
    best.ping_ms = 0;
    best.blocks_relayed = best.blocks_first = 1'000'000;
    CHECK(score(best, {.connected_seconds = 1e9}) < kLocalDashdScore / 1000);
}
