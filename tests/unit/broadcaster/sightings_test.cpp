#include "dash/broadcaster/sightings.h"

#include <doctest/doctest.h>

using namespace dash::broadcaster;
using namespace std::chrono_literals;
using dash::Uint256;

namespace {

PeerAddress sighted(std::uint8_t number) {
    PeerAddress address;
    address.ip[15] = number;
    address.port = 9999;
    return address;
}

}  // namespace

TEST_CASE("being first counts when a second peer confirms it") {
    BlockSightings sightings;
    const auto first = sightings.announced(Uint256(1), sighted(1));
    CHECK(first.is_news);
    CHECK(!first.winner);
    const auto again = sightings.announced(Uint256(1), sighted(1));
    CHECK(!again.is_news);
    CHECK(!again.winner);
    const auto second = sightings.announced(Uint256(1), sighted(2));
    CHECK(second.is_news);
    CHECK(second.winner == sighted(1));
    const auto third = sightings.announced(Uint256(1), sighted(3));
    CHECK(third.is_news);
    CHECK(!third.winner);
}

TEST_CASE("inventing blocks wins nothing and does not push out real ones") {
    BlockSightings sightings;
    static_cast<void>(sightings.announced(Uint256(1), sighted(1)));
    for (std::uint64_t i = 0; i < 10'000; ++i)
        CHECK(!sightings.announced(Uint256(1000 + i), sighted(9)).winner);
    CHECK(sightings.announced(Uint256(1), sighted(2)).winner == sighted(1));
}

TEST_CASE("old blocks are forgotten") {
    BlockSightings sightings;
    for (std::uint64_t i = 0; i < 10 * BlockSightings::kMostBlocks; ++i) {
        static_cast<void>(sightings.announced(Uint256(i), sighted(1)));
        CHECK(sightings.announced(Uint256(i), sighted(2)).winner == sighted(1));
    }
    CHECK(!sightings.announced(Uint256(0), sighted(3)).winner);
    CHECK(sightings.announced(Uint256(0), sighted(2)).winner == sighted(3));
}

TEST_CASE("a transaction is widespread some seconds after its first announcement") {
    TransactionSightings transactions;
    const SteadyTime now(1h);
    CHECK(!transactions.is_widespread(Uint256(5), now));
    transactions.announced(Uint256(5), now);
    CHECK(!transactions.is_widespread(Uint256(5), now));
    transactions.announced(Uint256(5), now + 3s);
    CHECK(!transactions.is_widespread(Uint256(5), now + TransactionSightings::kSpreadTime - 1ms));
    CHECK(transactions.is_widespread(Uint256(5), now + TransactionSightings::kSpreadTime));
}

TEST_CASE("a flood of transactions is bounded and forgets the oldest") {
    TransactionSightings transactions;
    const SteadyTime now(1h);
    const std::uint64_t count = 3 * TransactionSightings::kGeneration;
    for (std::uint64_t i = 0; i < count; ++i)
        transactions.announced(Uint256(i), now);
    CHECK(!transactions.is_widespread(Uint256(0), now + 1h));
    CHECK(transactions.is_widespread(Uint256(count - 1), now + 1h));
}
