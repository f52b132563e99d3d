#include <doctest/doctest.h>

#include <functional>
#include <iterator>

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "share_chain/context_check.h"
#include "share_chain/generation.h"
#include "share_chain/tracker.h"
#include "tests/support/random.h"

namespace {

using share_chain::Generation;
using share_chain::Share;
using share_chain::SharePtr;

constexpr std::uint32_t kStart = 1'700'000'000;
constexpr std::uint32_t kBlockBits = 0x1d00ffff;

/// Regtest's rules, where almost every hash is a share.
struct Pool {
    share_chain::Network network = *share_chain::find_network("dash_regtest");
    share_chain::Tracker tracker{network};
    tests::Random random;

    /// What a share on `parent` is asked for when a test does not say otherwise.
    struct Work {
        share_chain::GroundworkRequest ground;
        share_chain::GenerationRequest generation;
    };
    [[nodiscard]] Work work_on(const SharePtr& parent) {
        Work work;
        work.ground.share_data.previous_share_hash = parent ? parent->hash : dash::Uint256();
        work.ground.share_data.coinbase = random.bytes(20);
        work.ground.share_data.subsidy_duffs = 1000 + random.of_any_size(60);
        work.ground.block_attempts = dash::average_attempts_from_bits(kBlockBits);
        work.generation.pubkey_hash[0] = static_cast<std::uint8_t>(random.below(5));
        work.generation.nonce = static_cast<std::uint32_t>(random.u64());
        work.generation.donation = static_cast<std::uint16_t>(random.of_any_size(16));
        work.generation.desired_timestamp =
            (parent ? parent->info().timestamp : kStart) + static_cast<std::uint32_t>(random.below(30));
        work.generation.desired_target = dash::Uint256::max();
        return work;
    }
    [[nodiscard]] Generation generate(const Work& work) const {
        return share_chain::generate(share_chain::lay_groundwork(tracker, work.ground), work.generation);
    }

    using Change = std::function<void(share_chain::ShareContents&)>;
    /// Searches a share of this generation, after `change` spoiled what the rules dictate, and adds it to the tracker.
    SharePtr mine(const Generation& generation, const Change& change = {}) {
        dash::BlockHeader header;
        header.bits = kBlockBits;
        for (std::uint64_t nonce = random.u64();; ++nonce) {
            share_chain::ShareContents contents = share_chain::share_contents(generation, header, nonce);
            if (change) change(contents);
            try {
                const SharePtr share = share_chain::make_share(std::move(contents), network);
                tracker.add(share, 0);
                return share;
            } catch (const dash::PeerMisbehaving&) {  // no proof of work: next nonce
            }
        }
    }
    SharePtr extend(const SharePtr& parent) { return mine(generate(work_on(parent))); }
    SharePtr extend(SharePtr parent, std::uint64_t count) {
        for (; count > 0; --count)
            parent = extend(parent);
        return parent;
    }
    /// Shares that follow each other by so many seconds.
    SharePtr extend_every(std::uint32_t seconds, SharePtr parent, std::uint64_t count) {
        for (; count > 0; --count) {
            Work work = work_on(parent);
            if (parent) work.generation.desired_timestamp = parent->info().timestamp + seconds;
            parent = mine(generate(work));
        }
        return parent;
    }
    [[nodiscard]] dash::Uint256 easiest_target_after(const SharePtr& parent) {
        return share_chain::lay_groundwork(tracker, work_on(parent).ground)->easiest_target;
    }
};

void check_refused(const Pool& pool, const Share& share) {
    CHECK_THROWS_AS(share_chain::check_in_context(pool.tracker, share), dash::DecodeError);
}

}  // namespace

TEST_CASE("generated shares pass both checks") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    std::vector<dash::Uint256> mempool;
    SharePtr parent;
    for (int i = 0; i < 250; ++i) {
        Pool::Work work = pool.work_on(parent);
        mempool.push_back(pool.random.uint256());
        for (std::uint64_t count = pool.random.below(10); count > 0; --count)
            work.ground.transaction_hashes.push_back(mempool[pool.random.below(mempool.size())]);
        if (i % 2 == 0) work.ground.share_data.coinbase_payload = pool.random.bytes(pool.random.below(200) + 1);
        if (i % 5 == 0) work.generation.ref_merkle_branch = {pool.random.uint256(), pool.random.uint256()};

        const Generation generation = pool.generate(work);
        parent = pool.mine(generation);
        CHECK(parent->info() == generation.info());
        CHECK(parent->gentx_hash == generation.coinbase_hash(parent->contents.last_txout_nonce));
        CHECK_NOTHROW(share_chain::check_in_context(pool.tracker, *parent));
        CHECK(share_chain::transaction_hashes(pool.tracker, *parent) == work.ground.transaction_hashes);
    }
}

TEST_CASE("the coinbase is a transaction with the reference at its end") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    for (const std::size_t payload_size : {std::size_t{0}, std::size_t{1}, std::size_t{300}}) {
        Pool::Work work = pool.work_on(nullptr);
        work.ground.share_data.coinbase_payload = pool.random.bytes(payload_size);
        const Generation generation = pool.generate(work);
        const std::uint64_t nonce = pool.random.u64();
        const dash::Transaction coinbase = dash::parse_transaction(generation.coinbase(nonce));
        CHECK(coinbase.is_coinbase());
        CHECK(coinbase.version == (payload_size == 0 ? 1 : 3));
        CHECK(coinbase.type == (payload_size == 0 ? 0 : dash::Transaction::kTypeCoinbase));
        CHECK(coinbase.extra_payload == work.ground.share_data.coinbase_payload);
        CHECK(coinbase.lock_time == 0);
        CHECK(coinbase.txid() == generation.coinbase_hash(nonce));
        dash::Writer reference;
        reference.u8(0x6a).u8(40);
        reference.uint256(share_chain::reference_hash(pool.network, generation.info(), {})).u64(nonce);
        CHECK(coinbase.outputs.back() == dash::TxOut{0, reference.bytes()});
    }
}

TEST_CASE("one groundwork serves many finders") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    Pool::Work work = pool.work_on(pool.extend(nullptr, 20));
    const auto groundwork = share_chain::lay_groundwork(pool.tracker, work.ground);
    for (std::uint8_t finder = 0; finder < 8; ++finder) {
        work.generation.pubkey_hash[0] = finder;
        const Generation shared = share_chain::generate(groundwork, work.generation);
        CHECK(shared.coinbase(1) == pool.generate(work).coinbase(1));
        CHECK_NOTHROW(share_chain::check_in_context(pool.tracker, *pool.mine(shared)));
    }
}

share_chain::TransactionRef second_ref(const Generation& generation) {
    const share_chain::ShareInfo info = generation.info();
    return *std::next(info.transaction_hash_refs.begin());
}

TEST_CASE("a transaction is announced once in a hundred shares") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    const dash::Uint256 transaction = pool.random.uint256();
    const auto ref_on = [&](const SharePtr& parent) {
        Pool::Work work = pool.work_on(parent);
        work.ground.transaction_hashes = {pool.random.uint256(), transaction};
        return pool.generate(work);
    };
    const Generation first = ref_on(nullptr);
    CHECK(second_ref(first) == share_chain::TransactionRef{0, 1});
    SharePtr tip = pool.mine(first);
    CHECK(second_ref(ref_on(tip)) == share_chain::TransactionRef{1, 1});
    tip = pool.extend(tip, 99);
    const Generation last_chance = ref_on(tip);
    CHECK(second_ref(last_chance) == share_chain::TransactionRef{100, 1});
    CHECK(last_chance.info().new_transaction_hashes.size() == 1);
    const Generation again = ref_on(pool.extend(tip));
    CHECK(second_ref(again) == share_chain::TransactionRef{0, 1});
    CHECK(again.info().new_transaction_hashes.size() == 2);
    tip = pool.mine(again);
    CHECK(second_ref(ref_on(tip)) == share_chain::TransactionRef{1, 1});
}

TEST_CASE("a finder's wish for difficulty is clipped to a thirtieth") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    Pool::Work work = pool.work_on(pool.extend(nullptr, 3));
    const auto groundwork = share_chain::lay_groundwork(pool.tracker, work.ground);
    const auto bits_for = [&](const dash::Uint256& desired) {
        work.generation.desired_target = desired;
        return share_chain::generate(groundwork, work.generation).bits;
    };
    const dash::Uint256 hardest = dash::to_uint256(dash::to_wide(groundwork->easiest_target) / 30);
    const dash::Uint256 between = dash::to_uint256(dash::to_wide(groundwork->easiest_target) / 7);
    CHECK(groundwork->easiest_target == pool.network.max_target);
    CHECK(bits_for(dash::Uint256::max()) == groundwork->common.max_bits);
    CHECK(bits_for(dash::Uint256()) == dash::bits_from_target(hardest));
    CHECK(bits_for(between) == dash::bits_from_target(between));
}

TEST_CASE("difficulty follows the shares by a tenth at a time") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    const std::uint32_t lookbehind = pool.network.target_lookbehind;
    SharePtr tip = pool.extend_every(1, nullptr, lookbehind - 1);
    CHECK(pool.easiest_target_after(tip) == pool.network.max_target);
    // One attempt a second: the next share should cost ten attempts, but a step is a tenth of the parent's target.
    tip = pool.extend_every(1, tip, 1);
    CHECK(pool.easiest_target_after(tip) == dash::to_uint256(dash::to_wide(tip->max_target) * 9 / 10));
    tip = pool.extend_every(1, tip, 60);
    const dash::Uint256 harder = pool.easiest_target_after(tip);
    CHECK(dash::average_attempts(harder) >= pool.network.share_period_seconds);
    tip = pool.extend_every(2 * pool.network.share_period_seconds - 1, tip, 60);
    CHECK(harder < pool.easiest_target_after(tip));
}

TEST_CASE("difficulty within a tenth is what the last shares' attempts ask for") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    SharePtr tip = pool.extend_every(1, nullptr, 60);
    for (int i = 0; i < 100; ++i) {
        tip = pool.extend_every(1 + static_cast<std::uint32_t>(pool.random.below(19)), tip, 1);
        const std::vector<SharePtr> seen = pool.tracker.chain(tip->hash, pool.network.target_lookbehind);
        const std::uint32_t seconds = seen.front()->info().timestamp - seen.back()->info().timestamp;
        dash::Wide attempts = 0;
        for (std::size_t j = 0; j + 1 < seen.size(); ++j)
            attempts += dash::average_attempts(seen[j]->max_target);
        const dash::Wide per_period = pool.network.share_period_seconds * dash::Wide(attempts / seconds);
        const dash::Wide parents = dash::to_wide(tip->max_target);
        dash::Wide wanted = dash::to_wide(dash::Uint256::max());
        if (!per_period.is_zero()) wanted = (dash::Wide(1) << 256) / per_period - 1;
        wanted = std::min(std::max(wanted, dash::Wide(parents * 9 / 10)), dash::Wide(parents * 11 / 10));
        wanted = std::min(wanted, dash::to_wide(pool.network.max_target));
        CHECK(pool.easiest_target_after(tip) == dash::to_uint256(wanted));
    }
}

TEST_CASE("max_bits of an unverified parent may exceed 256 bits") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    const SharePtr tip = pool.extend_every(1, nullptr, 60);
    const auto after = [&](std::uint32_t max_bits) {
        const auto claim = [max_bits](share_chain::ShareContents& contents) {
            contents.share_info.max_bits = max_bits;
        };
        return pool.easiest_target_after(pool.mine(pool.generate(pool.work_on(tip)), claim));
    };
    CHECK(after(0x21010000) == dash::to_uint256((dash::Wide(1) << 256) * 9 / 10));
    CHECK(after(0x2101ffff) == pool.network.max_target);
    CHECK(after(0xff123456) == pool.network.max_target);
    CHECK(after(0x00000000) == dash::Uint256());
}

TEST_CASE("a share's time lies within two periods after its parent's") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    Pool::Work work = pool.work_on(nullptr);
    work.generation.desired_timestamp = 5;
    const SharePtr first = pool.mine(pool.generate(work));
    CHECK(first->info().timestamp == 5);

    work = pool.work_on(first);
    const auto timestamp_for = [&](std::uint32_t desired) {
        work.generation.desired_timestamp = desired;
        return pool.generate(work).timestamp;
    };
    const std::uint32_t latest = 5 + 2 * pool.network.share_period_seconds - 1;
    CHECK(timestamp_for(0) == 6);
    CHECK(timestamp_for(7) == 7);
    CHECK(timestamp_for(latest) == latest);
    CHECK(timestamp_for(latest + 1) == latest);
    CHECK(timestamp_for(UINT32_MAX) == latest);
}

TEST_CASE("after the end of time there is no share") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    Pool::Work work = pool.work_on(nullptr);
    work.generation.desired_timestamp = UINT32_MAX;
    const SharePtr last = pool.mine(pool.generate(work));
    CHECK(last->info().timestamp == UINT32_MAX);
    CHECK_THROWS_AS((void)pool.generate(pool.work_on(last)), dash::DecodeError);
}

TEST_CASE("height and work wrap around") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    const SharePtr first = pool.mine(pool.generate(pool.work_on(nullptr)), [](share_chain::ShareContents& contents) {
        contents.share_info.absheight = UINT32_MAX;
        contents.share_info.abswork = dash::Uint256({~0ULL, ~0ULL, 0, 0});
    });
    const Generation next = pool.generate(pool.work_on(first));
    CHECK(next.info().absheight == 0);
    CHECK(dash::to_wide(next.info().abswork) + 1 == dash::average_attempts_from_bits(next.bits));
}

TEST_CASE("the far share is the parent's ninety-ninth ancestor") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    const SharePtr first = pool.extend(nullptr);
    SharePtr tip = pool.extend(first, 98);
    CHECK(pool.generate(pool.work_on(tip)).info().far_share_hash.is_zero());
    tip = pool.extend(tip);
    CHECK(pool.generate(pool.work_on(tip)).info().far_share_hash == first->hash);
}

TEST_CASE("without its ancestors a share cannot be built or checked") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    Pool::Work orphan = pool.work_on(nullptr);
    orphan.ground.share_data.previous_share_hash = pool.random.uint256();
    CHECK_THROWS_AS((void)pool.generate(orphan), dash::DecodeError);

    // The same line once more, of which the tracker knows all but the first share.
    const std::uint64_t length = pool.network.chain_length;
    const SharePtr almost = pool.extend(nullptr, length);
    const SharePtr enough = pool.extend(almost);
    const SharePtr checked = pool.extend(enough);
    share_chain::Tracker partial(pool.network);
    for (const SharePtr& share : pool.tracker.chain(enough->hash, length))
        partial.add(share, 0);
    CHECK_THROWS_AS(share_chain::check_in_context(partial, *enough), dash::DecodeError);
    CHECK_NOTHROW(share_chain::check_in_context(partial, *checked));
}

TEST_CASE("what breaks the rules of the data breaks the generation") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    const auto refuse = [&](std::uint64_t subsidy, std::string_view payee, std::uint64_t amount) {
        Pool::Work work = pool.work_on(nullptr);
        work.ground.share_data.subsidy_duffs = subsidy;
        const dash::ByteSpan bytes = dash::as_bytes(payee);
        work.ground.share_data.packed_payments = {{{bytes.begin(), bytes.end()}, amount}};
        CHECK_THROWS_AS((void)pool.generate(work), dash::DecodeError);
    };
    refuse(100, "!6a", 101);
    refuse(100, "!6g", 1);
}

TEST_CASE("every dictated field is compared") {
    Pool pool;
    INFO(pool.random.how_to_repeat());
    Pool::Work work = pool.work_on(pool.extend(nullptr, 110));
    work.ground.transaction_hashes = {pool.random.uint256(), pool.random.uint256()};
    const Generation generation = pool.generate(work);
    const auto refuse = [&](const Pool::Change& change) { check_refused(pool, *pool.mine(generation, change)); };
    using Contents = share_chain::ShareContents;
    refuse([](Contents& contents) { contents.share_info.timestamp += 1000; });
    refuse([](Contents& contents) { contents.share_info.absheight += 1; });
    refuse([](Contents& contents) { contents.share_info.abswork = dash::Uint256(1); });
    refuse([](Contents& contents) { contents.share_info.max_bits -= 1; });
    refuse([](Contents& contents) { contents.share_info.bits = 0x2001ffff; });  // harder than a thirtieth
    refuse([](Contents& contents) { contents.share_info.far_share_hash = dash::Uint256(); });
    refuse([](Contents& contents) { contents.share_info.transaction_hash_refs.push_back({0, 0}); });
    refuse([](Contents& contents) { contents.share_info.transaction_hash_refs.push_back({1, 0}); });
    refuse([](Contents& contents) { contents.share_info.share_data.subsidy_duffs += 1; });
    refuse([](Contents& contents) { contents.share_info.share_data.coinbase.push_back(0); });
    refuse([](Contents& contents) { contents.share_info.share_data.coinbase_payload = {1}; });
    refuse([](Contents& contents) { contents.share_info.share_data.pubkey_hash[19] ^= 1; });
    refuse([](Contents& contents) { contents.coinbase_payload = {1, 1}; });
    refuse([](Contents& contents) { contents.merkle_branch.pop_back(); });
    refuse([](Contents& contents) { contents.hash_link.state[0] ^= 1; });
    CHECK_NOTHROW(share_chain::check_in_context(pool.tracker, *pool.mine(generation)));
}
