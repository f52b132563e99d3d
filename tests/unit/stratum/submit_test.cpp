#include <doctest/doctest.h>

#include "dash/primitives/target.h"
#include "tests/unit/stratum/miner_fixture.h"

using nlohmann::json;
using p2pool::stratum::hex32;
using tests::code_of;
using tests::kOther;
using tests::kUnauthorized;
using tests::MinerFixture;

namespace {

constexpr int kJobNotFound = 21;
constexpr int kDuplicate = 22;
constexpr int kLowDifficulty = 23;
constexpr int kNotSubscribed = 25;

/// A miner at difficulty 4 whose work makes shares from 1000 and blocks from 1,000,000 on.
struct Mining : MinerFixture {
    Mining() {
        work.set_quality(5);
        job = start(std::string(kUser) + "+4");
        id = job[0].get<std::string>();
    }
    json submit_fields(const std::string& job_id, const std::string& extranonce2, const std::string& ntime,
                       const std::string& nonce, const json& version_bits = nullptr) {
        json params{kUser, job_id, extranonce2, ntime, nonce};
        if (!version_bits.is_null()) params.push_back(version_bits);
        return ask("mining.submit", params);
    }
    json submit_at(std::uint32_t header_time, std::uint32_t nonce = 1) {
        return submit_fields(id, "00000001", hex32(header_time), hex32(nonce));
    }

    json job;
    std::string id;
};

}  // namespace

TEST_CASE("where dashd's clock is ahead of ours, its time counts") {
    Mining node;
    const std::uint32_t offered = node.time();
    node.clock.set_unix_seconds(offered - 3 * 3600.0);
    CHECK(node.submit_at(offered + 7200)["result"] == true);
    CHECK(code_of(node.submit_at(offered + 7201, 2)) == kOther);
}

TEST_CASE("a name too long to keep is nobody's, and costs no memory") {
    Mining node;
    const std::string address = MinerFixture::kUser;
    CHECK(node.submit(node.id, 1, address + "." + std::string(200, 'r'))["result"] == true);
    CHECK(code_of(node.submit(node.id, 2, address + "." + std::string(10'000, 'r'))) == kUnauthorized);
    std::vector<p2pool::stratum::PoolStatistics::Worker> workers;
    CHECK(node.context.statistics.add_workers(workers, 1, 10) == 0);
    CHECK(workers.size() == 1);
    for (const auto& worker : workers)
        CHECK(worker.name.size() <= 255);
}

TEST_CASE("a submit becomes a solution") {
    Mining node;
    CHECK(node.submit_fields(node.id, "0A0b0c0d", hex32(node.time()), "deadbeef")["result"] == true);
    REQUIRE(node.work.accepted.size() == 1);
    const auto& accepted = node.work.accepted[0];
    // extranonce1 01020304 and extranonce2 0a0b0c0d, as the bytes stand in the coinbase.
    CHECK(accepted.solution.extranonce == 0x0d0c0b0a04030201);
    CHECK(accepted.solution.time == node.time());
    CHECK(accepted.solution.nonce == 0xdeadbeef);
    CHECK(accepted.solution.version == 0x20000000);
    CHECK(accepted.worker == MinerFixture::kUser);
    CHECK(accepted.user_name == MinerFixture::kUser);  // of the submit; the options were given with authorize
    CHECK_FALSE(accepted.is_share);
    CHECK_FALSE(accepted.late);
}

TEST_CASE("the name that a miner wrote goes with his work") {
    MinerFixture node;
    node.work.set_quality(5);
    const std::string written = std::string(MinerFixture::kUser) + "_rig1+0.5";
    const auto id = node.start(written)[0].get<std::string>();
    for (const std::string& name : {written, std::string()}) {
        node.submit(id, static_cast<std::uint32_t>(1 + name.size()), name);
        REQUIRE_FALSE(node.work.accepted.empty());
        CHECK(node.work.accepted.back().worker == std::string(MinerFixture::kUser) + ".rig1");
        CHECK(node.work.accepted.back().user_name == written);
        node.work.accepted.clear();
    }
}

TEST_CASE("work is credited at the job's difficulty, or the share's where only that was met") {
    Mining node;
    CHECK(node.submit(node.id, 1)["result"] == true);
    CHECK(node.work.accepted.back().credited_target == dash::target_from_difficulty(4));
    node.work.set_quality(1e4);
    CHECK(node.submit(node.id, 2)["result"] == true);
    CHECK(node.work.accepted.back().is_share);
    CHECK(node.work.accepted.back().credited_target == dash::target_from_difficulty(4));

    node.work.share_difficulty = 2;  // an easy share chain
    node.work.set_quality(3);
    node.work.new_event();
    const auto easy = node.push(true)[0]["params"][0].get<std::string>();
    CHECK(node.submit(easy, 3)["result"] == true);
    CHECK(node.work.accepted.back().is_share);
    CHECK(node.work.accepted.back().credited_target == dash::target_from_difficulty(2));
}

TEST_CASE("refusals carry their code and count for nothing") {
    Mining node;
    SUBCASE("unknown job") {
        CHECK(code_of(node.submit("deadbeef", 1)) == kJobNotFound);
    }
    SUBCASE("expired job") {
        node.clock.advance(301);
        CHECK(code_of(node.submit(node.id, 1)) == kJobNotFound);
    }
    SUBCASE("above target") {
        node.work.set_quality(3);
        CHECK(code_of(node.submit(node.id, 1)) == kLowDifficulty);
    }
    SUBCASE("too early") {
        CHECK(code_of(node.submit_at(node.time() - 601)) == kOther);
    }
    SUBCASE("too far ahead") {
        CHECK(code_of(node.submit_at(node.time() + 7201)) == kOther);
    }
    SUBCASE("rolled without having asked") {
        CHECK(code_of(node.submit_fields(node.id, "00000001", hex32(node.time()), "00000001", "00002000")) == kOther);
    }
    CHECK(node.work.accepted.empty());
    CHECK(node.miner->accepted() == 0);
    CHECK(node.context.statistics.totals().accepted == 0);
    CHECK(node.context.statistics.totals().rejected == 1);
}

TEST_CASE("the limits of ntime are inside") {
    Mining node;
    CHECK(node.submit_at(node.time() - 600)["result"] == true);
    CHECK(node.submit_at(node.time() + 7200)["result"] == true);
}

TEST_CASE("a clock that was set back does not refuse the times of jobs") {
    Mining node;
    const std::uint32_t offered = node.time();
    node.clock.set_unix_seconds(offered - 86'400);
    CHECK(node.submit_at(offered)["result"] == true);
    CHECK(node.submit_at(offered + 7200)["result"] == true);
    CHECK(code_of(node.submit_at(offered + 7201)) == kOther);
}

TEST_CASE("what cannot be read is refused without a hash") {
    Mining node;
    const std::string now = hex32(node.time());
    CHECK(code_of(node.submit_fields(node.id, "0000", now, "00000000")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "0000000000", now, "00000000")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "zzzzzzzz", now, "00000000")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "00000000", "0", "00000000")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "00000000", now, "0001")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "00000000", now, "00000000", "zz")) == kOther);
    CHECK(code_of(node.ask("mining.submit", {MinerFixture::kUser, node.id})) == kOther);
    CHECK(code_of(node.ask("mining.submit", json::array())) == kOther);
    CHECK(code_of(node.ask("mining.submit", {MinerFixture::kUser, node.id, 1, 2, 3})) == kOther);
    CHECK(code_of(node.ask("mining.submit", {MinerFixture::kUser, 5, "00000000", now, "00000000"})) == kJobNotFound);
    CHECK(node.work.evaluations == 0);
    CHECK(node.open);
}

TEST_CASE("who did not subscribe or authorize is told so") {
    MinerFixture node;
    CHECK(code_of(node.submit("00000001", 1)) == kNotSubscribed);
    node.ask("mining.authorize", {MinerFixture::kUser, "x"});
    CHECK(code_of(node.submit("00000001", 1)) == kNotSubscribed);
    node.reconnect();
    node.ask("mining.subscribe", {});
    CHECK(code_of(node.submit("00000001", 1)) == kUnauthorized);
}

TEST_CASE("a worker is somebody who authorized here") {
    Mining node;
    CHECK(node.submit(node.id, 1, std::string(MinerFixture::kUser) + "+4")["result"] == true);
    CHECK(node.submit(node.id, 2, std::string(MinerFixture::kUser) + ".other")["result"] == true);
    CHECK(node.work.accepted.back().worker == std::string(MinerFixture::kUser) + ".other");
    CHECK(node.submit(node.id, 3, "")["result"] == true);
    CHECK(node.work.accepted.back().worker == MinerFixture::kUser);
    CHECK(code_of(node.submit(node.id, 4, "someone.else")) == kUnauthorized);
    CHECK(code_of(node.submit(node.id, 4, MinerFixture::kOtherUser)) == kUnauthorized);
    node.ask("mining.authorize", {MinerFixture::kOtherUser, "x"});
    CHECK(node.submit(node.id, 4, MinerFixture::kOtherUser)["result"] == true);
    CHECK(node.submit(node.id, 5)["result"] == true);
}

TEST_CASE("duplicates are found, also under the other id of the same job") {
    Mining node;
    CHECK(node.submit(node.id, 1)["result"] == true);
    CHECK(code_of(node.submit(node.id, 1)) == kDuplicate);
    CHECK(node.submit(node.id, 2)["result"] == true);
    const auto messages =
        node.call("mining.configure", {json{"minimum-difficulty"}, json{{"minimum-difficulty.value", 5}}});
    const auto again = MinerFixture::find(messages, "mining.notify")[0].get<std::string>();
    REQUIRE(again != node.id);
    CHECK(code_of(node.submit(again, 1)) == kDuplicate);
    CHECK(node.work.accepted.size() == 2);
}

TEST_CASE("a refused submit may be sent again") {
    Mining node;
    CHECK(code_of(node.submit_at(node.time() + 7201)) == kOther);
    node.clock.advance(1);
    CHECK(node.submit_at(node.time() + 7200)["result"] == true);
}

TEST_CASE("the difficulty in force when a job was sent decides") {
    Mining node;
    const auto messages =
        node.call("mining.configure", {json{"minimum-difficulty"}, json{{"minimum-difficulty.value", 16}}});
    const auto harder = MinerFixture::find(messages, "mining.notify")[0].get<std::string>();
    CHECK(node.submit(node.id, 1)["result"] == true);
    CHECK(node.work.accepted.back().credited_target == dash::target_from_difficulty(4));
    CHECK(code_of(node.submit(harder, 2)) == kLowDifficulty);
    node.work.set_quality(17);
    CHECK(node.submit(harder, 2)["result"] == true);
    CHECK(node.work.accepted.back().credited_target == dash::target_from_difficulty(16));
}

TEST_CASE("a share is taken though it is easier than the miner's own difficulty") {
    Mining node;
    node.work.share_difficulty = 1;
    node.work.new_event();
    const auto job = node.push(true)[0]["params"][0].get<std::string>();
    node.work.set_quality(2);
    CHECK(node.submit(job, 1)["result"] == true);
    node.work.set_quality(0.5);
    CHECK(code_of(node.submit(job, 2)) == kLowDifficulty);
}

TEST_CASE("the block target is looked at before everything else") {
    Mining node;
    node.work.set_quality(2e6);
    SUBCASE("wrong time") {
        CHECK(code_of(node.submit_at(node.time() + 9999)) == kOther);
    }
    SUBCASE("wrong bits") {
        CHECK(code_of(node.submit_fields(node.id, "00000001", hex32(node.time()), "00000001", "00002000")) == kOther);
        CHECK(node.work.blocks.back().version == 0x20002000);
    }
    SUBCASE("wrong worker") {
        CHECK(code_of(node.submit(node.id, 1, "stranger")) == kUnauthorized);
    }
    SUBCASE("too late") {
        for (int i = 0; i < 4; ++i)
            node.work.new_event();
        CHECK(code_of(node.submit(node.id, 1)) == kJobNotFound);
        CHECK(node.work.accepted.size() == 1);
    }
    SUBCASE("too fast") {
        node.work.set_quality(5);
        for (std::uint32_t i = 0; i < 200; ++i)
            node.submit(node.id, 1000 + i);
        node.work.set_quality(2e6);
        node.submit(node.id, 1);
    }
    SUBCASE("all is well") {
        CHECK(node.submit(node.id, 1)["result"] == true);
    }
    CHECK(node.work.blocks.size() == 1);
}

TEST_CASE("rolled bits stay within what was negotiated") {
    Mining node;
    node.ask("mining.configure", {json{"version-rolling"}, json{{"version-rolling.mask", "00ffe000"}}});
    const std::string now = hex32(node.time());
    CHECK(node.submit_fields(node.id, "00000001", now, "00000001", "00ab4000")["result"] == true);
    CHECK(node.work.accepted.back().solution.version == 0x20ab4000);
    CHECK(code_of(node.submit_fields(node.id, "00000001", now, "00000001", "01002000")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "00000001", now, "00000001", "00000001")) == kOther);
    CHECK(code_of(node.submit_fields(node.id, "00000001", now, "00000001", "e0000000")) == kOther);
    CHECK(node.submit_fields(node.id, "00000001", now, "00000001", "00000000")["result"] == true);
    CHECK(node.submit_fields(node.id, "00000001", now, "00000002")["result"] == true);

    // Bits of the template within the mask are the miner's to set or clear, the others stay.
    node.work.version = 0x21202000;
    node.work.new_event();
    const auto job = node.push(true)[0]["params"][0].get<std::string>();
    CHECK(node.submit_fields(job, "00000001", now, "00000003", "00004000")["result"] == true);
    CHECK(node.work.accepted.back().solution.version == 0x21004000);
}

TEST_CASE("three events late is in time, four is dead on arrival") {
    Mining node;
    node.work.set_quality(1e4);
    for (int i = 0; i < 3; ++i)
        node.work.new_event();
    CHECK(node.submit(node.id, 1)["result"] == true);
    CHECK_FALSE(node.work.accepted.back().late);
    for (int i = 0; i < 5; ++i)
        node.work.refresh();
    CHECK(node.submit(node.id, 2)["result"] == true);
    node.work.new_event();
    CHECK(code_of(node.submit(node.id, 3)) == kJobNotFound);
    REQUIRE(node.work.accepted.size() == 3);
    CHECK(node.work.accepted.back().late);
    CHECK(node.work.accepted.back().is_share);  // it joins the chain all the same
    CHECK(node.context.statistics.totals().late == 1);
    CHECK(code_of(node.submit(node.id, 3)) == kDuplicate);
}

TEST_CASE("too many submits are refused, not swallowed") {
    Mining node;
    const std::uint32_t header_time = node.time();
    int accepted = 0;
    int refused = 0;
    for (std::uint32_t i = 0; i < 500; ++i) {
        const json answer = node.submit_at(header_time, i);
        if (answer["result"] == true) {
            ++accepted;
        } else {
            CHECK(code_of(answer) == kOther);
            ++refused;
        }
    }
    CHECK(accepted == 50);
    CHECK(refused == 450);
    CHECK(node.work.accepted.size() == 50);
    // One that was refused for this alone is good later.
    node.clock.advance(1);
    CHECK(node.submit_at(header_time, 499)["result"] == true);
    CHECK(code_of(node.submit_at(header_time, 0)) == kDuplicate);
}

TEST_CASE("a share that is rarer than the miner's difficulty is never too much") {
    Mining node;
    for (std::uint32_t i = 0; i < 100; ++i)
        node.submit(node.id, i);
    node.work.set_quality(1e4);
    CHECK(node.submit(node.id, 1000)["result"] == true);
    CHECK(node.work.accepted.back().is_share);
}

TEST_CASE("floods second after second end in a ban") {
    Mining node;
    for (int second = 0; second < 15 && node.open; ++second) {
        for (std::uint32_t i = 0; i < 300 && node.open; ++i) {
            node.submit(node.id, static_cast<std::uint32_t>(second) * 1000 + i);
        }
        node.clock.advance(1);
    }
    CHECK_FALSE(node.open);
    CHECK(node.context.admission.is_banned("203.0.113.7"));
}

TEST_CASE("vardiff follows what a miner delivers") {
    MinerFixture node;
    node.work.set_quality(100);
    const auto first = node.start()[0].get<std::string>();
    node.submit(first, 1);
    node.clock.advance(0.1);
    const auto messages =
        node.call("mining.submit", {MinerFixture::kUser, first, "00000001", hex32(node.time()), "00000002"});
    REQUIRE(messages.size() == 3);  // the answer first
    CHECK(messages[0]["result"] == true);
    CHECK(messages[1]["params"][0].get<double>() == doctest::Approx(0.004));
    CHECK(messages[2]["params"][8] == false);
    CHECK(messages[2]["params"][0] != first);

    SUBCASE("refused submits do not count") {
        node.work.set_quality(1e-6);
        for (std::uint32_t i = 0; i < 10; ++i) {
            CHECK(
                node.call("mining.submit", {MinerFixture::kUser, first, "00000001", hex32(node.time()), hex32(100 + i)})
                    .size() == 1);
        }
    }
    SUBCASE("silence lowers it with the next work") {
        node.clock.advance(31);
        node.work.new_event();
        CHECK(MinerFixture::find(node.push(true), "mining.set_difficulty")[0].get<double>() == doctest::Approx(0.002));
    }
    SUBCASE("a wish for quicker submits is heard") {
        node.ask("mining.authorize", {std::string(MinerFixture::kUser) + "+s1", ""});
        node.clock.advance(3.5);
        node.work.new_event();
        CHECK(MinerFixture::find(node.push(true), "mining.set_difficulty")[0].get<double>() == doctest::Approx(0.002));
    }
}
