#include <doctest/doctest.h>

#include <algorithm>

#include "p2pool/peer_io/hash_pool.h"
#include "share_chain/codec.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/random.h"
#include "tests/unit/peer_io/event_loop.h"

namespace {

using p2pool::peer_io::HashPool;
using p2pool::peers::LoadedShare;
using share_chain::TypedContents;

struct Pool {
    Pool() {
        INFO(random.how_to_repeat());
        std::mt19937_64 engine(random.u64());
        shares = tests::mine_chain(network, 300, 1700000000, engine);
    }

    [[nodiscard]] TypedContents good(std::size_t i) const {
        return {.type = share_chain::kShareType, .contents = shares[i]->packed};
    }

    tests::Random random;
    share_chain::Network network = tests::easy_network(100);
    std::vector<share_chain::SharePtr> shares;
    tests::EventLoop loop;
};

TEST_CASE_FIXTURE(Pool, "batches are answered in the order of the calls, shares in the order given") {
    HashPool pool(loop.executor(), network, 4);
    std::vector<std::size_t> answered;
    std::size_t next = 0;
    std::size_t batches = 0;
    while (next < shares.size()) {
        // Long ones first, so that short ones behind them are ready earlier.
        const std::size_t size = std::min(shares.size() - next, batches % 2 == 0 ? 70 : random.below(3));
        std::vector<TypedContents> batch;
        for (std::size_t i = next; i < next + size; ++i)
            batch.push_back(good(i));
        pool.load(std::move(batch), [&, size, next, number = batches](const std::vector<LoadedShare>& loaded) {
            answered.push_back(number);
            REQUIRE(loaded.size() == size);
            for (std::size_t i = 0; i < size; ++i) {
                REQUIRE(loaded[i].share != nullptr);
                CHECK(loaded[i].share->hash == shares[next + i]->hash);
            }
        });
        next += size;
        ++batches;
    }
    CHECK(answered.empty());
    CHECK(pool.waiting_bytes() >= 300 * shares.front()->packed.size());
    loop.run_until([&] { return answered.size() == batches; });
    CHECK(std::is_sorted(answered.begin(), answered.end()));
    CHECK(pool.waiting_bytes() == 0);
}

TEST_CASE_FIXTURE(Pool, "it is told which shares cost the connection and which a ban") {
    share_chain::ShareContents contents = shares[0]->contents;
    TypedContents cut = good(1);
    cut.contents.resize(cut.contents.size() / 2);
    TypedContents unknown_type = good(2);
    unknown_type.type = share_chain::kShareType + 1;
    // A target that no hash meets.
    contents.share_info.bits = 0x03000001;
    const TypedContents no_work{.type = share_chain::kShareType, .contents = encode_contents(contents)};

    HashPool pool(loop.executor(), network, 2);
    std::vector<LoadedShare> result;
    pool.load({good(0), cut, unknown_type, no_work, good(3)},
              [&](std::vector<LoadedShare> loaded) { result = std::move(loaded); });
    loop.run_until([&] { return !result.empty(); });
    REQUIRE(result.size() == 5);
    CHECK(result[0].share != nullptr);
    for (const std::size_t bad : {1U, 2U, 3U}) {
        CHECK(result[bad].share == nullptr);
        CHECK(!result[bad].problem.empty());
        CHECK(result[bad].misbehaving == (bad == 3));
    }
    CHECK(result[4].share != nullptr);
}

TEST_CASE_FIXTURE(Pool, "an empty batch is answered, too, and not at once") {
    HashPool pool(loop.executor(), network);
    bool answered = false;
    pool.load({}, [&](const std::vector<LoadedShare>& loaded) { answered = loaded.empty(); });
    CHECK(!answered);
    loop.run_until([&] { return answered; });
}

TEST_CASE_FIXTURE(Pool, "an answer may ask for more, or end the pool") {
    auto pool = std::make_unique<HashPool>(loop.executor(), network, 2);
    int answers = 0;
    pool->load({good(0)}, [&](const std::vector<LoadedShare>&) {
        ++answers;
        pool->load({good(1)}, [&](const std::vector<LoadedShare>&) {
            ++answers;
            pool->load({good(2)}, [&](const std::vector<LoadedShare>&) { ++answers; });
            pool.reset();
        });
    });
    loop.run_until([&] { return answers == 2; });
    loop.run_for(std::chrono::milliseconds(20));
    CHECK(answers == 2);
}

TEST_CASE_FIXTURE(Pool, "ended with work left, it answers no more and leaves nothing behind") {
    int answers = 0;
    const auto kept = std::make_shared<int>(0);
    {
        HashPool pool(loop.executor(), network, 2);
        for (std::size_t i = 0; i < 20; ++i) {
            std::vector<TypedContents> batch;
            for (std::size_t j = 0; j < 200; ++j)
                batch.push_back(good(j));
            pool.load(std::move(batch), [&answers, kept](const std::vector<LoadedShare>&) { ++answers; });
        }
    }
    CHECK(answers == 0);
    loop.run_for(std::chrono::milliseconds(20));
    CHECK(answers == 0);
    CHECK(kept.use_count() == 1);
}

}  // namespace
