#include "p2pool/node/merged_mining.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "dash/primitives/script.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/node/node_fixture.h"
#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/rpc/fake_rpc_server.h"

using namespace node_tests;
using dash::Uint256;
using nlohmann::json;
using p2pool::node::MergedMining;
using p2pool::node::MergedSchedule;
using p2pool::work::AuxBlock;
using p2pool::work::AuxSolution;
using p2pool::work::AuxTree;
using p2pool::work::AuxTreePtr;
using tests::RpcReply;
using tests::RpcRequest;

namespace {

AuxTreePtr tree_with(const std::optional<Uint256>& target) {
    return std::make_shared<const AuxTree>(
        std::vector<AuxBlock>{{.chain_id = 7, .hash = Uint256(77), .target = target, .daemon = 0}});
}

/// Another chain's daemon: offers a block, and takes proofs.
class AuxDaemon {
  public:
    explicit AuxDaemon(std::uint32_t chain_id)
        : chain_id_(chain_id), server_([this](const RpcRequest& request) { return reply(request); }) {}

    [[nodiscard]] dash::rpc::ClientSettings settings() const { return server_.settings(); }
    [[nodiscard]] int calls() const { return server_.calls("getauxblock"); }
    void offer(std::uint64_t hash, const std::string& target) {
        const std::lock_guard lock(mutex_);
        hash_ = Uint256(hash);
        target_ = target;
    }
    void fail(int times) {
        const std::lock_guard lock(mutex_);
        failures_ = times;
    }
    [[nodiscard]] std::vector<json> proofs() const {
        const std::lock_guard lock(mutex_);
        return proofs_;
    }

  private:
    RpcReply reply(const RpcRequest& request) {
        const std::lock_guard lock(mutex_);
        if (request.method != "getauxblock") return tests::rpc_error(request, -32601, "Method not found");
        if (failures_ > 0) {
            --failures_;
            return tests::rpc_error(request, -10, "not connected");
        }
        if (request.params.empty()) {
            return tests::rpc_result(request, {{"chainid", chain_id_}, {"hash", hash_.to_hex()}, {"target", target_}});
        }
        proofs_.push_back(request.params);
        return tests::rpc_result(request, true);
    }

    std::uint32_t chain_id_;
    mutable std::mutex mutex_;
    Uint256 hash_{1};
    std::string target_ = "p2pool";
    int failures_ = 0;
    std::vector<json> proofs_;
    tests::FakeRpcServer server_;
};

MergedSchedule quick() {
    using namespace std::chrono_literals;
    return {.poll = 5ms, .after_trouble = 5ms, .timeout = 5'000ms, .submit_retry = 5ms, .submit_attempts = 5};
}

/// Merged mining with these daemons, and the last work that it made.
struct Merged {
    explicit Merged(const std::vector<dash::rpc::ClientSettings>& daemons)
        : mining(
              loop.io().get_executor(), daemons,
              [this](AuxTreePtr tree) {
                  work = std::move(tree);
                  ++changes;
              },
              quick()) {
        mining.start();
    }

    tests::EventLoop loop;
    AuxTreePtr work;
    int changes = 0;
    MergedMining mining;
};

}  // namespace

TEST_CASE("the coinbase commits to the other chains' blocks right behind the height") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    const JobPtr before = fixture.node.job(miner(1));
    const AuxTreePtr tree = tree_with(std::nullopt);
    fixture.node.take_aux_work(tree);
    CHECK(fixture.work_changes == std::vector<bool>{true, true});

    const JobPtr job = fixture.node.job(miner(1));
    CHECK(job->work_event == before->work_event + 1);
    dash::Bytes script = dash::push_height(recorded_template().height);
    dash::append(script, dash::push_data(tree->commitment()));
    const dash::Bytes coinbase = fixture.node.coinbase(*job).prefix;
    CHECK(std::search(coinbase.begin(), coinbase.end(), script.begin(), script.end()) != coinbase.end());
    fixture.submit(job, fixture.share_without_block(job));
    CHECK(fixture.node.status().shares_verified == 1);  // such a share keeps the share chain's rules
}

TEST_CASE("a solution that makes another chain's block goes to it, once") {
    Fixture fixture;
    std::vector<AuxSolution> solved;
    fixture.node.set_events({.on_work_changed = [](bool) {},
                             .on_block_won = [](const dash::submission::WonBlock&) {},
                             .on_shares_added = [&] { fixture.node.settle(); },
                             .on_decision = {},
                             .on_aux_block_won = [&](AuxSolution solution) { solved.push_back(std::move(solution)); }});
    fixture.node.take_template(recorded_template());
    const Uint256 target = fixture.node.job(miner(1))->block_target;
    fixture.node.take_aux_work(tree_with(target));
    const JobPtr job = fixture.node.job(miner(1));
    (void)fixture.node.evaluate(job, fixture.share_without_block(job), fixture.worker);
    CHECK(solved.empty());

    const Solution solution = fixture.solve(job, target);
    (void)fixture.node.evaluate(job, solution, fixture.worker);
    (void)fixture.node.evaluate(job, solution, fixture.worker);
    REQUIRE(solved.size() == 1);
    CHECK(solved[0].block.hash == Uint256(77));
    const std::string header = dash::to_hex(assemble_header(*job, solution).serialize());
    const std::string coinbase = dash::to_hex(job->source->generation.coinbase(solution.extranonce));
    CHECK(solved[0].proof_hex.rfind(coinbase, 0) == 0);
    CHECK(solved[0].proof_hex.substr(solved[0].proof_hex.size() - header.size()) == header);

    // The daemon may have refused the first one: another solution is another chance.
    const Solution another = fixture.solve(job, target);
    (void)fixture.node.evaluate(job, another, fixture.worker);
    CHECK(solved.size() == 2);
}

TEST_CASE("other chains' daemons are asked, and new blocks become work") {
    AuxDaemon one(1);
    AuxDaemon two(2);
    two.offer(5, "00000000000000000000000000000000000000000000000000000000ffff0000");
    Merged merged({one.settings(), two.settings()});
    REQUIRE(merged.loop.run_until([&] { return merged.work != nullptr && merged.work->blocks().size() == 2; }));
    CHECK(merged.work->blocks()[0].target == std::nullopt);
    CHECK(merged.work->blocks()[1].hash == Uint256(5));
    CHECK(merged.work->blocks()[1].target->to_hex() ==
          "0000ffff00000000000000000000000000000000000000000000000000000000");
    one.offer(6, "p2pool");
    REQUIRE(merged.loop.run_until([&] { return merged.work->blocks()[0].hash == Uint256(6); }));
    CHECK(merged.changes == 3);
}

TEST_CASE("proofs reach the daemon that offered the block, whatever happens on the way") {
    AuxDaemon one(1);
    AuxDaemon two(2);
    Merged merged({one.settings(), two.settings()});
    REQUIRE(merged.loop.run_until([&] { return merged.work != nullptr && merged.work->blocks().size() == 2; }));
    two.fail(2);
    merged.mining.submit({merged.work->blocks()[1], "c0ffee"});
    REQUIRE(merged.loop.run_until([&] { return two.proofs().size() == 1; }));
    CHECK(two.proofs()[0] == json({Uint256(1).to_hex(), "c0ffee"}));
    CHECK(one.proofs().empty());

    // What the daemon has taken is not sent again. Its answer is there when later ones are.
    const int calls = two.calls();
    REQUIRE(merged.loop.run_until([&] { return two.calls() >= calls + 3; }));
    merged.mining.submit({merged.work->blocks()[1], "c0ffee02"});
    merged.mining.submit({merged.work->blocks()[0], "c0ffee03"});
    REQUIRE(merged.loop.run_until([&] { return one.proofs().size() == 1; }));
    CHECK(two.proofs().size() == 1);
}

TEST_CASE("nonsense and silence of one daemon leave the other's work alone") {
    AuxDaemon good(1);
    AuxDaemon same_chain(1);
    AuxDaemon mad(3);
    AuxDaemon gone(4);
    mad.offer(1, "no hex");
    gone.fail(1'000'000);
    Merged merged({good.settings(), same_chain.settings(), mad.settings(), gone.settings()});
    REQUIRE(merged.loop.run_until([&] { return mad.calls() > 3 && gone.calls() > 3 && same_chain.calls() > 3; }));
    REQUIRE(merged.loop.run_until([&] { return merged.work != nullptr; }));
    CHECK(merged.work->blocks().size() == 1);
    gone.fail(0);
    REQUIRE(merged.loop.run_until([&] { return merged.work->blocks().size() == 2; }));
    CHECK(merged.work->blocks()[1].chain_id == 4);
}
