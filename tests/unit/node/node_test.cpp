#include "p2pool/node/node.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/util/log.h"
#include "dash/x11/x11.h"
#include "tests/support/process.h"
#include "tests/unit/node/node_fixture.h"

using namespace node_tests;

TEST_CASE("without a template there is no work, and miners are told why") {
    Fixture fixture;
    CHECK(fixture.node.job(miner(1)) == nullptr);
    CHECK(!fixture.node.no_work_reason().empty());
}

TEST_CASE("connections with one payout share a job, others have their own") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    CHECK(fixture.work_changes == std::vector<bool>{true});
    const JobPtr job = fixture.node.job(miner(1));
    REQUIRE(job != nullptr);
    CHECK(fixture.node.job(miner(1)) == job);
    const JobPtr other = fixture.node.job(miner(2));
    CHECK(other->id != job->id);
    CHECK(fixture.node.coinbase(*other).prefix != fixture.node.coinbase(*job).prefix);
    CHECK(fixture.node.transaction_hex(*job).size() == recorded_template().transactions.size());
}

TEST_CASE("a block is submitted once, complete, and before it is accepted as a share") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    const JobPtr job = fixture.node.job(miner(1));
    const Solution solution = fixture.solve(job, job->block_target);
    const auto evaluation = fixture.node.evaluate(job, solution, fixture.worker);
    CHECK(evaluation.is_block);
    REQUIRE(fixture.won.size() == 1);
    (void)fixture.node.evaluate(job, solution, fixture.worker);
    CHECK(fixture.won.size() == 1);

    const dash::Block block = dash::parse_block(*fixture.won[0].bytes);
    CHECK(dash::x11::hash_number(block.header.serialize()) == fixture.won[0].hash);
    std::vector<dash::Uint256> txids;
    for (const dash::Transaction& transaction : block.transactions)
        txids.push_back(transaction.txid());
    CHECK(dash::merkle_root(txids) == block.header.merkle_root);
    CHECK(block.transactions.size() == recorded_template().transactions.size() + 1);
    std::uint64_t paid = 0;
    for (const dash::TxOut& out : block.transactions[0].outputs)
        paid += out.value_duffs;
    CHECK(paid == recorded_template().coinbase_value_duffs);
}

TEST_CASE("the banner of a won block names the miner as he wrote himself") {
    const tests::TemporaryFolder folder("banner");
    dash::log::Settings settings;
    settings.console = false;
    settings.file = folder.path() / "log";
    dash::log::configure(settings);
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    fixture.worker.name = "ADDRESS.rig1";
    fixture.worker.user_name = "ADDRESS_rig1+0";
    for (std::uint8_t number = 1; number <= 2; ++number) {
        const JobPtr job = fixture.node.job(miner(number));
        fixture.submit(job, fixture.solve(job, job->block_target));
        fixture.worker.user_name.clear();  // of a miner who was not authorized
    }
    dash::log::flush();
    dash::log::configure({});
    CHECK(fixture.won.size() == 2);
    CHECK(fixture.won.front().finder == "ADDRESS.rig1");
    const std::string text = tests::read_text(settings.file);
    CHECK(text.find("Miner:       ADDRESS_rig1+0\n") != std::string::npos);
    CHECK(text.find("Miner:       ADDRESS.rig1\n") != std::string::npos);
}

TEST_CASE("a block with a time that Dash refuses is not sent") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    auto early = std::make_shared<p2pool::work::Job>(*fixture.node.job(miner(1)));
    early->time = early->min_time - 1;
    const auto evaluation = fixture.node.evaluate(early, fixture.solve(early, early->block_target), fixture.worker);
    CHECK(evaluation.is_block);
    CHECK(fixture.won.empty());
}

TEST_CASE("a share becomes the best one and makes the work before it old") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    const std::uint64_t event = fixture.node.work_event();
    const JobPtr job = fixture.node.job(miner(1));
    fixture.submit(job, fixture.share_without_block(job));
    CHECK(fixture.node.work_event() == event + 1);
    CHECK(fixture.work_changes == std::vector<bool>{true, true});
    CHECK(fixture.node.status().chain_height == 1);
    const JobPtr next = fixture.node.job(miner(1));
    CHECK(next->id != job->id);

    fixture.clock.advance(1);
    fixture.submit(next, fixture.share_without_block(next));
    CHECK(fixture.node.status().chain_height == 2);

    // A second share for the old job is in the tracker, but beside the chain.
    fixture.clock.advance(1);
    fixture.submit(job, fixture.share_without_block(job), true);
    CHECK(fixture.node.status().shares_known == 3);
    CHECK(fixture.node.status().chain_height == 2);
    CHECK(fixture.node.status().own.late == 1);
    CHECK(fixture.node.status().own.total == 3);
}

TEST_CASE("time and transactions alone renew the work at the next refresh, without an event") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    const std::uint64_t event = fixture.node.work_event();
    const std::string id = fixture.node.job(miner(1))->id;
    fixture.node.refresh_work();
    CHECK(fixture.node.job(miner(1))->id == id);

    dash::rpc::BlockTemplate later = recorded_template();
    later.time += 10;
    fixture.node.take_template(later);
    CHECK(fixture.node.job(miner(1))->id == id);
    fixture.node.refresh_work();
    CHECK(fixture.work_changes == std::vector<bool>{true, false});
    CHECK(fixture.node.job(miner(1))->id != id);
    CHECK(fixture.node.work_event() == event);
}

TEST_CASE("another previous block is an event at once") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    dash::rpc::BlockTemplate next = recorded_template();
    next.previous_block = dash::Uint256(77);
    ++next.height;
    fixture.node.take_template(next);
    CHECK(fixture.work_changes == std::vector<bool>{true, true});
    CHECK(fixture.node.job(miner(1))->previous_block == dash::Uint256(77));
}

TEST_CASE("when dashd is silent for a minute nobody gets new work until it is back") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    fixture.clock.advance(59);
    CHECK(fixture.node.job(miner(1)) != nullptr);
    fixture.clock.advance(2);
    CHECK(fixture.node.job(miner(1)) == nullptr);
    CHECK(fixture.node.no_work_reason().find("lost contact with dashd") != std::string::npos);
    fixture.node.take_template(recorded_template());
    CHECK(fixture.node.job(miner(1)) != nullptr);
    CHECK(fixture.node.no_work_reason().empty());
}

TEST_CASE("when dashd is back, work goes out at once") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    fixture.clock.advance(59);
    fixture.node.take_template(recorded_template());
    CHECK(fixture.work_changes == std::vector<bool>{true});
    fixture.clock.advance(61);
    fixture.node.take_template(recorded_template());  // no other block came meanwhile: jobs of before are good
    CHECK(fixture.work_changes == std::vector<bool>{true, false});
}

TEST_CASE("masternodes are paid to the script that dashd demands, by their name where that leads there") {
    const auto address = [](std::size_t i) { return recorded_template().payments.at(i).payee; };
    for (const std::string& name : {address(1), std::string("a name"), address(1) + "x", std::string("script:6a"),
                                    std::string("!6a"), std::string("!zz"), std::string()}) {
        CAPTURE(name);
        Fixture fixture;
        dash::rpc::BlockTemplate block = recorded_template();
        REQUIRE(block.payments.size() > 1);
        block.payments[1].payee = name;
        fixture.node.take_template(block);
        const JobPtr job = fixture.node.job(miner(1));
        REQUIRE(job != nullptr);
        const Solution solution = fixture.solve(job, job->block_target);
        fixture.submit(job, solution);
        REQUIRE(fixture.won.size() == 1);
        const std::vector<dash::TxOut> outputs = dash::parse_block(*fixture.won[0].bytes).transactions[0].outputs;
        for (const dash::rpc::TemplatePayment& payment : block.payments) {
            CHECK(std::any_of(outputs.begin(), outputs.end(), [&](const dash::TxOut& output) {
                return output.value_duffs == payment.amount_duffs && output.script == payment.script;
            }));
        }
        const auto& packed = job->source->generation.info().share_data.packed_payments;
        const std::string expected = name == address(1) ? name : "!" + dash::to_hex(block.payments[1].script);
        CHECK(dash::as_text(packed.at(1).payee) == expected);
        CHECK(fixture.node.status().shares_verified == 1);
    }
}

TEST_CASE("work counts for whom its job pays, whatever the miner calls himself by then") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    const JobPtr job = fixture.node.job(miner(1));
    const Solution solution = fixture.share_without_block(job);
    fixture.worker.payout_hash = miner(2).pubkey_hash;
    const dash::Uint256 hard = dash::target_from_difficulty(1000);
    fixture.node.accept(job, solution, {.hash = {}, .is_block = false, .is_share = false}, fixture.worker, hard, false);
    dash::rpc::BlockTemplate next = recorded_template();
    next.previous_block = dash::Uint256(77);
    fixture.node.take_template(next);
    // Who mines much gets harder shares.
    const auto share_target = [&fixture](std::uint8_t number) {
        return fixture.node.job({.pubkey_hash = miner(number).pubkey_hash, .share_difficulty = std::nullopt})
            ->share_target;
    };
    CHECK(share_target(1) < share_target(3));
    CHECK(share_target(2) == share_target(3));
}

TEST_CASE("jobs that are held take little memory, however large their coinbases are") {
    Fixture fixture;
    dash::rpc::BlockTemplate block = recorded_template();
    block.coinbase_payload.assign(50'000, 1);
    for (int i = 0; i < 1000; ++i) {
        block.payments.push_back(
            {.payee = "", .script = dash::Bytes(100, 0x6a), .amount_duffs = 1, .superblock = true});
        ++block.payment_total_duffs;
    }
    fixture.node.take_template(block);
    std::vector<JobPtr> held{fixture.node.job(miner(1))};
    REQUIRE(held[0] != nullptr);
    CHECK(fixture.node.coinbase(*held[0]).prefix.size() > 100'000);
    CHECK(fixture.node.coinbase(*held[0]).suffix.size() > 50'000);
    const std::size_t before = ::mallinfo2().uordblks;
    for (std::uint8_t number = 2; number < 102; ++number)
        held.push_back(fixture.node.job(miner(number)));
    CHECK(::mallinfo2().uordblks - before < 100 * 5000);
}

TEST_CASE("a clock that is set by an hour stops no job and changes no rate") {
    for (const double step : {-3600.0, 3600.0}) {
        CAPTURE(step);
        Fixture fixture;
        fixture.node.take_template(recorded_template());
        const double start = fixture.clock.unix_seconds();
        for (int i = 0; i < 100; ++i) {
            const JobPtr job = fixture.node.job(miner(1));
            fixture.submit(job, fixture.share_without_block(job));
            fixture.clock.advance(0.5);
        }
        const double before = fixture.node.status().local.hashes_per_second;
        fixture.clock.set_unix_seconds(start + 50 + step);
        CHECK(fixture.node.status().local.hashes_per_second == doctest::Approx(before));
        CHECK(fixture.node.status().template_age_seconds == doctest::Approx(50));
        CHECK(fixture.node.contact_at() == doctest::Approx(start + step));
        const JobPtr job = fixture.node.job(miner(2));
        REQUIRE(job != nullptr);
        CHECK(job->time >= job->min_time);
        const std::size_t shares = fixture.node.status().shares_known;
        fixture.submit(job, fixture.solve(job, job->share_target));
        CHECK(fixture.node.status().shares_known == shares + 1);
        CHECK(fixture.node.status().best_share == fixture.node.best_share());
        fixture.node.maintain();
        CHECK(fixture.node.status().shares_verified == shares + 1);
        // And silence is still noticed in a minute.
        fixture.clock.advance(20);
        CHECK(fixture.node.job(miner(1)) == nullptr);
        fixture.node.take_template(recorded_template());
        CHECK(fixture.node.job(miner(1)) != nullptr);
    }
}

TEST_CASE("a clock that is a day behind or ahead of dashd's costs neither work nor a block") {
    for (const double step : {-86'400.0, 86'400.0}) {
        CAPTURE(step);
        Fixture fixture;
        fixture.node.take_template(recorded_template());
        const JobPtr before = fixture.node.job(miner(1));
        fixture.clock.advance(10);
        fixture.clock.set_unix_seconds(fixture.clock.unix_seconds() + step);
        const JobPtr after = fixture.node.job(miner(2));
        REQUIRE(after != nullptr);
        CHECK(after->time == recorded_template().time + 10);
        fixture.submit(before, fixture.solve(before, before->block_target));
        fixture.submit(after, fixture.solve(after, after->block_target));
        CHECK(fixture.won.size() == 2);
        CHECK(fixture.node.status().shares_known == 2);
        fixture.node.maintain();
        CHECK(fixture.node.status().shares_verified == 2);
    }
}

TEST_CASE("after an hour without dashd the node goes on where it was") {
    Fixture fixture;
    fixture.node.take_template(recorded_template());
    const JobPtr old = fixture.node.job(miner(1));
    const Solution late = fixture.share_without_block(old);
    fixture.submit(old, fixture.share_without_block(old));
    for (int minute = 0; minute < 60; ++minute) {
        fixture.clock.advance(61);
        fixture.node.maintain();
        fixture.node.refresh_work();
        CHECK(fixture.node.job(miner(1)) == nullptr);
    }
    CHECK(fixture.node.no_work_reason().find("lost contact with dashd") != std::string::npos);
    // What miners held is still judged, and still wins blocks.
    fixture.submit(old, late);
    CHECK(fixture.node.status().shares_known == 2);
    dash::rpc::BlockTemplate next = recorded_template();
    next.previous_block = dash::Uint256(77);
    ++next.height;
    fixture.node.take_template(next);
    const JobPtr job = fixture.node.job(miner(1));
    REQUIRE(job != nullptr);
    CHECK(job->previous_block == dash::Uint256(77));
    fixture.submit(job, fixture.share_without_block(job));
    CHECK(fixture.node.status().shares_known == 3);
    CHECK(fixture.node.status().shares_verified == 3);
}

TEST_CASE("a template that no share can carry gives no work and ends nothing") {
    Fixture fixture;
    dash::rpc::BlockTemplate wrong = recorded_template();
    wrong.payments[0].amount_duffs = wrong.coinbase_value_duffs + 1;
    fixture.node.take_template(wrong);
    CHECK(fixture.node.job(miner(1)) == nullptr);
    CHECK(!fixture.node.no_work_reason().empty());
    dash::rpc::BlockTemplate right = recorded_template();
    right.previous_block = dash::Uint256(78);
    fixture.node.take_template(right);
    CHECK(fixture.node.job(miner(1)) != nullptr);
}

TEST_CASE("the operator's fee is that part of the jobs") {
    Fixture none(0);
    Fixture all(1);
    CHECK(none.node.apply_fee(miner(1)) == miner(1));
    CHECK(all.node.apply_fee(miner(1)).pubkey_hash == all.node.node_payout_hash());
    constexpr int kJobs = 40'000;
    for (const double fee : {0.001, 0.01, 0.25}) {
        CAPTURE(fee);
        Fixture some(fee);
        int taken = 0;
        for (int i = 0; i < kJobs; ++i)
            taken += some.node.apply_fee(miner(1)).pubkey_hash == some.node.node_payout_hash() ? 1 : 0;
        const double deviation = std::sqrt(kJobs * fee * (1 - fee));
        CHECK(std::abs(taken - kJobs * fee) < 4 * deviation);
    }
}

TEST_CASE("donations are the percentage on average, rounded up or down by chance") {
    // 0.5 % of 65535 is 327.675.
    Fixture fixture(0, 0.005);
    fixture.node.take_template(recorded_template());
    constexpr int kJobs = 1000;
    double sum = 0;
    for (int i = 0; i < kJobs; ++i) {
        const int donation = fixture.node.job(miner(1))->source->generation.info().share_data.donation;
        CHECK((donation == 327 || donation == 328));
        sum += donation;
        fixture.clock.advance(0.001);
        fixture.node.take_template(recorded_template());
        fixture.node.refresh_work();
    }
    CHECK(sum / kJobs == doctest::Approx(327.675).epsilon(0.0002));
}
