#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "dash/primitives/address.h"
#include "dash/primitives/target.h"
#include "dash/util/environment.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/interop/pool_node.h"
#include "tests/support/needs.h"

/// The python node and ours on one share chain, over a real Dash Core on regtest.
namespace {

using dash::Uint256;
using end_to_end::Found;
using end_to_end::Miner;
using interop::PoolNode;
using share_chain::SharePtr;
using std::chrono::milliseconds;
using std::chrono::seconds;

const tests::Needs needs_dashd(dash::environment("P2POOL_DASHD").has_value(),
                               "P2POOL_DASHD names no dashd; tests/interop/README.md says what it is");
const tests::Needs needs_reference(dash::environment("P2POOL_REFERENCE_COMMAND").has_value(),
                                   "P2POOL_REFERENCE_COMMAND starts no python node; tests/interop/README.md says what "
                                   "it is");

constexpr seconds kAgreeWithin{20};
/// More than twice the chain length of regtest, so that the payout window is full and moves; less than where nodes
/// begin to drop the oldest shares.
constexpr std::uint64_t kShares = 204;

/// A node and its miners, each with a payout address of his own. They take every hash for a share of the pool's
/// statistics (+0) and the easiest shares of the chain (/0).
struct Side {
    Side(std::unique_ptr<PoolNode> its_node, std::uint8_t first_address) : node(std::move(its_node)) {
        for (std::uint8_t number = first_address; number < first_address + 3; ++number) {
            miners.push_back(
                std::make_unique<Miner>(node->worker_port(), end_to_end::miner_address(number) + ".rig+0/0"));
        }
    }

    [[nodiscard]] Miner& next_miner() { return *miners[turn++ % miners.size()]; }

    std::unique_ptr<PoolNode> node;
    std::vector<std::unique_ptr<Miner>> miners;
    std::size_t turn = 0;
};

/// A target that the next share meets whatever the retarget does: the share chain gets harder by a tenth at most.
Uint256 next_share_target(const PoolNode& node) {
    const Uint256 best = node.best_share();
    if (best.is_zero()) return Uint256::max();
    const Uint256& easiest = node.line(best, 1).at(0)->max_target;
    return dash::to_uint256(dash::to_wide(easiest) * 89 / 100);
}

class Pool {
  public:
    explicit Pool(const std::filesystem::path& folder) : daemon(end_to_end::make_dashd(folder)), folder_(folder) {
        reference.emplace(interop::start_reference(*daemon, folder, "reference"), std::uint8_t{1});
    }
    /// Our node comes and knows nothing.
    void add_ours() {
        std::unique_ptr<PoolNode> node = interop::start_ours(*daemon, folder_, "ours", {reference->node->p2p_port()});
        wait_for_agreement(*node, reference->node->best_share());
        ours.emplace(std::move(node), std::uint8_t{101});
    }
    void send_transactions(int count) const {
        for (int i = 0; i < count; ++i) {
            const auto address = daemon->rpc()("getnewaddress", nlohmann::json::array(), "tests");
            daemon->rpc()("sendtoaddress", {address, 0.25}, "tests");
        }
    }

    /// Works on the newest block and the newest share.
    void catch_up(Miner& miner) const {
        constexpr milliseconds kOnTheWay{30};
        miner.take_in(kOnTheWay);
        const std::string tip = daemon->rpc()("getbestblockhash").get<std::string>();
        while (miner.job().previous_block.to_hex() != tip)
            miner.wait_for_job();
        miner.take_in(kOnTheWay);
    }

    /// One share more; all nodes agree on it as the best one.
    Found mine(Side& side, const Uint256& above = {}) {
        wait_for_the_clock();
        Miner& miner = side.next_miner();
        catch_up(miner);
        const Found found = miner.search(next_share_target(*side.node), above);
        (void)miner.submit(found);
        wait_for_agreement(*reference->node, found.hash);
        if (ours.has_value()) wait_for_agreement(*ours->node, found.hash);
        const bool is_block = found.hash <= dash::target_from_bits(found.header.bits);
        if (is_block) {
            INFO("block ", found.hash.to_hex(), " of ", side.node->name());
            CHECK(tests::wait_until([&] { return daemon->rpc()("getbestblockhash") == found.hash.to_hex(); },
                                    kAgreeWithin));
        }
        return found;
    }

    [[nodiscard]] std::uint64_t height() const {
        return reference->node->line(reference->node->best_share(), 1).at(0)->info().absheight;
    }

    static void wait_for_agreement(const PoolNode& node, const Uint256& best) {
        const bool agreed = tests::wait_until([&] { return node.best_share() == best; }, kAgreeWithin);
        if (agreed) return;
        FAIL(node.name() << " has " << node.best_share().to_hex() << " for the best share, not " << best.to_hex()
                         << "; its log ends with:\n"
                         << last_part(node.output()));
    }

    static std::string last_part(const std::string& text) {
        constexpr std::size_t kShown = 4000;
        return text.size() <= kShown ? text : text.substr(text.size() - kShown);
    }

    std::unique_ptr<end_to_end::Daemon> daemon;
    std::optional<Side> reference;
    std::optional<Side> ours;

  private:
    /// Each share's time is at least a second after its parent's. A chain that is ahead of the clock gets much too hard
    /// before it notices.
    void wait_for_the_clock() {
        std::this_thread::sleep_until(next_share_at_);
        next_share_at_ = std::chrono::steady_clock::now() + seconds(1);
    }

    std::filesystem::path folder_;
    std::chrono::steady_clock::time_point next_share_at_;
};

/// A solution that comes when four shares were found since: it counts as stale, and later shares of its node say so.
void submit_late(Pool& pool, Side& late, Side& meanwhile) {
    Miner& miner = late.next_miner();
    pool.catch_up(miner);
    const Found old = miner.search(next_share_target(*late.node));
    for (int i = 0; i < 5; ++i)
        pool.mine(meanwhile);
    (void)miner.submit(old);
    for (const Side* side : {&late, &meanwhile}) {
        INFO("late share ", old.hash.to_hex(), " at ", side->node->name());
        CHECK(tests::wait_until([&] { return side->node->has(old.hash); }, kAgreeWithin));
    }
}

/// Both find a share on the same parent; the next one decides.
void race(Pool& pool, Side& winner, Side& loser) {
    Miner& first = winner.next_miner();
    Miner& second = loser.next_miner();
    pool.catch_up(first);
    pool.catch_up(second);
    const Uint256 target = next_share_target(*winner.node);
    const Found one = first.search(target);
    const Found other = second.search(target);
    (void)first.submit(one);
    (void)second.submit(other);
    for (const Side* side : {&winner, &loser}) {
        for (const Found& found : {one, other}) {
            INFO("share ", found.hash.to_hex(), " at ", side->node->name());
            CHECK(tests::wait_until([&] { return side->node->has(found.hash); }, kAgreeWithin));
        }
    }
    pool.mine(winner);
}

/// Both nodes would pay the same: their jobs for one address differ in nothing but the share's own commitment. Returns
/// how many outputs there are.
std::size_t check_same_payouts(const Pool& pool) {
    const std::string user = end_to_end::miner_address(77) + "+0/0";
    Miner at_reference(pool.reference->node->worker_port(), user);
    Miner at_ours(pool.ours->node->worker_port(), user);
    const auto outputs = [](Miner& miner) {
        std::vector<dash::TxOut> all = miner.search(Uint256::max()).coinbase.outputs;
        all.pop_back();  // the commitment
        return all;
    };
    const bool same = tests::wait_until(
        [&] {
            at_reference.take_in(milliseconds(10));
            at_ours.take_in(milliseconds(10));
            return at_reference.job().previous_block == at_ours.job().previous_block &&
                   at_reference.job().branch == at_ours.job().branch && outputs(at_reference) == outputs(at_ours);
        },
        kAgreeWithin);
    CHECK(same);
    return outputs(at_ours).size();
}

/// What the chain must hold for this test to mean something.
void check_variety(const std::vector<SharePtr>& chain) {
    std::map<dash::Hash160, int> finders;
    std::map<std::uint8_t, std::set<bool>> stale_marks;  // by which side
    std::uint64_t transactions = 0;
    std::uint64_t old_references = 0;
    for (const SharePtr& share : chain) {
        ++finders[share->data().pubkey_hash];
        const bool by_ours = share->data().pubkey_hash[0] > 100;
        stale_marks[share->data().stale_info].insert(by_ours);
        CHECK(!share->data().packed_payments.empty());
        transactions += share->info().new_transaction_hashes.size();
        for (const share_chain::TransactionRef& ref : share->info().transaction_hash_refs)
            old_references += ref.share_count > 0 ? 1 : 0;
    }
    CHECK(chain.size() >= kShares);
    CHECK(finders.size() == 6);
    CHECK(transactions > 20);
    CHECK(old_references > 0);
    CHECK(stale_marks[253].size() == 2);
    CHECK(stale_marks[254].size() == 2);
}

void check_same_bytes(const std::vector<SharePtr>& one, const std::vector<SharePtr>& other) {
    REQUIRE(one.size() == other.size());
    for (std::size_t i = 0; i < one.size(); ++i)
        CHECK(one[i]->packed == other[i]->packed);
}

/// Neither found fault with the other.
void check_peace(const PoolNode& node) {
    const std::string log = node.output();
    for (const char* complaint : {"misbehav", "Bad peer", "Rejected incompatible share", "Share check failed",
                                  "Punishing share", "was refused", "Fatal error", "Peer referenced unknown"}) {
        INFO(node.name(), " says: ", complaint);
        CHECK(log.find(complaint) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("the python node and ours keep one share chain") {
    const tests::TemporaryFolder folder("p2pool-interop");
    Pool pool(folder.path());

    pool.send_transactions(6);
    pool.mine(*pool.reference);
    pool.mine(*pool.reference);
    pool.add_ours();

    // On a young chain shares are easier than blocks: many share a payout window, and the transactions of those that
    // are no blocks go on into the next shares.
    const Uint256 block_target = dash::target_from_bits(0x207fffff);
    std::size_t most_outputs = 0;
    for (int round = 0; round < 7; ++round) {
        pool.mine(round % 2 == 0 ? *pool.ours : *pool.reference, round % 3 == 2 ? Uint256() : block_target);
        most_outputs = std::max(most_outputs, check_same_payouts(pool));
    }
    CHECK(most_outputs > 6);  // miners of both nodes, masternode, Platform, donation

    constexpr int kStaleRounds = 66;  // afterwards a share takes seconds of work
    for (int round = 1; pool.height() < kShares; ++round) {
        Side& one = round % 2 == 0 ? *pool.reference : *pool.ours;
        Side& other = round % 2 == 0 ? *pool.ours : *pool.reference;
        if (round % 8 == 0) pool.send_transactions(3);
        if (round % 15 == 0 && round < kStaleRounds) submit_late(pool, one, other);
        if (round % 11 == 0 && round < kStaleRounds) race(pool, one, other);
        if (round % 25 == 0) check_same_payouts(pool);
        pool.mine(one);
    }

    const PoolNode& reference = *pool.reference->node;
    const PoolNode& ours = *pool.ours->node;
    const Uint256 best = reference.best_share();
    CHECK(ours.best_share() == best);
    const std::vector<SharePtr> chain = reference.line(best, 2 * kShares);
    check_variety(chain);
    check_same_bytes(chain, ours.line(best, 2 * kShares));
    check_same_payouts(pool);

    // Each gives the whole chain to a node that knows nothing.
    const auto new_ours = interop::start_ours(*pool.daemon, folder.path(), "new-ours", {reference.p2p_port()});
    const auto new_reference =
        interop::start_reference(*pool.daemon, folder.path(), "new-reference", {ours.p2p_port()});
    for (const PoolNode* node : {new_ours.get(), new_reference.get()}) {
        Pool::wait_for_agreement(*node, best);
        check_same_bytes(chain, node->line(best, 2 * kShares));
        check_peace(*node);
    }
    CHECK(new_ours->stop() == 0);
    new_reference->stop();
    check_peace(reference);
    check_peace(ours);
    CHECK(pool.ours->node->stop() == 0);
    pool.reference->node->stop();
    pool.daemon->stop();
}
