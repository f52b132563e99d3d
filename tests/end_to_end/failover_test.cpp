#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

#include "dash/primitives/target.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/blocking_socket.h"

// Two dashds behind one node, of which the first one fails in its ways: miners go on.

using namespace end_to_end;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

namespace {

/// What miners may wait for work on the chain's tip.
constexpr seconds kLongestWait{5};

/// Both begin with the same chain; what happens to it then, the test tells each.
std::vector<std::string> world() {
    static const std::string time = std::to_string(std::time(nullptr));
    return {"--bits", "207fffff", "--time", time};
}

std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return folder;
}

std::vector<std::string> second_dashd(const Daemon& daemon) {
    return {"--dashd", daemon.rpc().user() + ":" + daemon.rpc().password() + "@127.0.0.1:" +
                           std::to_string(daemon.rpc().port()) + ",p2p=" + std::to_string(daemon.p2p_port())};
}

std::string tip(const Daemon& daemon) {
    return daemon.rpc()("getbestblockhash").get<std::string>();
}

bool has_on_main_chain(const Daemon& daemon, const std::string& hash) {
    try {
        return daemon.rpc()("getblockheader", {hash}).at("confirmations").get<int>() > 0;
    } catch (const std::runtime_error&) {
        return false;
    }
}

/// As the Dash network does it, up to the block before this one.
void relay_ancestors(const Daemon& from, const Daemon& to, const std::string& block) {
    const int end = from.rpc()("getblockheader", {block}).at("height").get<int>();
    for (int height = to.rpc()("getblockcount").get<int>() + 1; height < end; ++height) {
        const json hash = from.rpc()("getblockhash", json::array({height}));
        to.rpc()("submitblock", json::array({from.rpc()("getblock", json::array({hash, 0}))}));
    }
}

class Pool {
  public:
    Pool()
        : first_(make_simnet(made(folder_.path() / "first"), world())),
          second_(make_simnet(made(folder_.path() / "second"), world())) {
        REQUIRE(tip(*first_) == tip(*second_));
    }

    void start() {
        node_ = std::make_unique<NodeProcess>(*first_, folder_.path(), second_dashd(*second_));
        node_->wait_until_ready();
        miner_ = std::make_unique<Miner>(node_->worker_port(), miner_address(1) + "+0");
    }

    [[nodiscard]] Daemon& first() { return *first_; }
    [[nodiscard]] Daemon& second() { return *second_; }
    [[nodiscard]] NodeProcess& node() { return *node_; }
    [[nodiscard]] Miner& miner() { return *miner_; }

    void break_first(const json& faults) { first_->rpc()("simnet_fault", json::array({faults})); }
    void wait_for_log(const std::string& text) { node_->process().wait_for_output(text, seconds(20)); }
    void wait_for_switch() { wait_for_log("Miners get the work of dashd 2"); }

    /// Until the miner works on the second dashd's tip.
    void follow_second() {
        const auto start = Clock::now();
        const std::string wanted = tip(*second_);
        while (miner_->job().previous_block.to_hex() != wanted)
            miner_->wait_for_job(seconds(30));
        longest_wait_ = std::max(longest_wait_, std::chrono::duration_cast<milliseconds>(Clock::now() - start));
    }
    /// Another miner of the network finds a block, which only the second dashd hears of.
    void foreign_block() {
        second_->mine(1);
        follow_second();
    }
    /// The work at hand is good for the pool, if not for Dash.
    void find_share() {
        take_in_jobs();
        const dash::Uint256 block_target = dash::target_from_bits(miner_->job().bits);
        const json answer = miner_->submit(miner_->search(dash::Uint256::max(), block_target));
        INFO(answer.dump());
        CHECK(answer.at("result") == true);
    }
    /// And now for Dash too.
    std::string find_block() {
        take_in_jobs();
        const Found found = miner_->search(dash::target_from_bits(0x2000ffff));
        CHECK(miner_->submit(found).at("result") == true);
        const std::string hash = found.hash.to_hex();
        CHECK(tests::wait_until([&] { return has_on_main_chain(*second_, hash); }, seconds(5)));
        follow_second();
        return hash;
    }

    json overview() {
        tests::BlockingSocket socket(node_->worker_port());
        socket.send("GET /api/v1/overview HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        const std::string answer = socket.read_all(seconds(20));
        return json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    }

    void finish(const std::string& what) {
        CHECK(longest_wait_ < kLongestWait);
        MESSAGE(what, ": miners waited ", longest_wait_.count(), " ms at most for work on the tip");
        REQUIRE(tests::wait_until([&] { return overview()["shares"]["total"] != 0; }, seconds(10)));
        const json shares = overview()["shares"];
        CHECK(shares["orphans"] == 0);
        CHECK(shares["late"] == 0);
        CHECK(node_->process().stop() == 0);
    }

  private:
    /// Until none comes any more: each share leads to new ones.
    void take_in_jobs() {
        follow_second();
        miner_->take_in(milliseconds(200));
    }

    tests::TemporaryFolder folder_{"p2pool-failover"};
    std::unique_ptr<Daemon> first_;
    std::unique_ptr<Daemon> second_;
    std::unique_ptr<NodeProcess> node_;
    std::unique_ptr<Miner> miner_;
    milliseconds longest_wait_{0};
};

}  // namespace

TEST_CASE("the first dashd hangs") {
    Pool pool;
    pool.start();
    pool.find_share();
    pool.break_first({{"hang_rpc", true}, {"silent_p2p", true}});
    pool.find_share();
    pool.foreign_block();  // before anybody can know that it hangs
    pool.find_share();
    const std::string won = pool.find_block();
    pool.wait_for_switch();
    pool.foreign_block();
    pool.find_share();
    pool.find_block();

    pool.break_first(json::object());
    relay_ancestors(pool.second(), pool.first(), won);
    CHECK(tests::wait_until([&] { return has_on_main_chain(pool.first(), won); }, seconds(30)));
    pool.finish("hanging");
}

TEST_CASE("the first dashd names a tip that nobody has") {
    Pool pool;
    pool.start();
    pool.find_share();
    pool.break_first({{"false_tip", true}});
    pool.wait_for_switch();
    CHECK(pool.miner().job().previous_block.to_hex() == tip(pool.second()));
    pool.find_share();
    pool.find_block();
    pool.foreign_block();
    pool.finish("lying");
    CHECK(pool.node().process().output().find("but does not have that block") != std::string::npos);
}

TEST_CASE("the first dashd is stuck behind") {
    Pool pool;
    pool.start();
    pool.find_share();
    pool.foreign_block();
    pool.find_share();
    pool.find_block();
    pool.wait_for_log("it is behind the others");
    pool.wait_for_switch();
    pool.finish("stuck");
}

TEST_CASE("the first dashd restarts") {
    Pool pool;
    pool.start();
    pool.find_share();
    pool.first().rpc()("simnet_restart", {2, 1});
    pool.foreign_block();
    pool.find_share();
    pool.wait_for_switch();
    pool.find_share();
    pool.find_block();
    pool.wait_for_log("is well again");
    pool.finish("restarting");
}

TEST_CASE("both dashds get a won block, and the node starts with the one that is there") {
    Pool pool;
    SUBCASE("both are well") {
        pool.start();
        const std::string won = pool.find_block();
        CHECK(tests::wait_until([&] { return has_on_main_chain(pool.first(), won); }, seconds(10)));
        pool.wait_for_log("submitblock of Block " + won);
    }
    SUBCASE("the first one is gone") {
        pool.first().stop();
        pool.start();
        pool.wait_for_log("Work comes from dashd 2");
        pool.find_block();
    }
    const json dashds = pool.overview()["dashd"]["backends"];
    REQUIRE(dashds.size() == 2);
    CHECK(dashds[0]["current"] != dashds[1]["current"]);
    pool.finish("starting");
}
