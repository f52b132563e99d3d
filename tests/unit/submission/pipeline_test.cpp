#include "dash/submission/pipeline.h"

#include <doctest/doctest.h>

#include <atomic>

#include "dash/submission/journal.h"
#include "tests/unit/submission/pipeline_fixture.h"

using namespace submission_tests;

TEST_CASE("a good block goes by P2P and submitblock, and is followed to its ChainLock") {
    Place place;
    Pipeline& pipeline = place.start();
    REQUIRE(wait_for_link(place));
    WonBlock won = won_block();
    won.found_at = dash::system_clock().unix_seconds();
    pipeline.submit(won);
    REQUIRE(place.wait_until([&] { return place.submits() == 1 && place.pushes() == 1; }));
    REQUIRE(place.wait_for(BlockState::kAccepted));
    CHECK(place.dashd.peer->received("block")[0] == *kWon.bytes);
    place.dashd.chain.put(kHash, kHeight, {2, true});
    REQUIRE(place.wait_for(BlockState::kConfirmed));

    const SubmissionReport& report = place.last();
    CHECK(report.hash == kHash);
    CHECK(report.finder == "rig");
    CHECK(report.daemon_p2p_sent);
    CHECK(report.submitblock_result == "accepted");
    CHECK(report.confirmations == 2);
    CHECK(report.chainlock);
    CHECK(!report.resumed);
    for (const PhaseTimes& phase : {report.daemon_p2p, report.submitblock}) {
        REQUIRE(phase.started_ms.has_value());
        REQUIRE(phase.finished_ms.has_value());
        CHECK(*phase.started_ms >= 0);
        CHECK(*phase.finished_ms > *phase.started_ms);
        CHECK(*phase.finished_ms <= 1000 * (dash::system_clock().unix_seconds() - won.found_at));
    }
    CHECK_FALSE(report.peers.started_ms.has_value());
    pipeline.stop();
    Journal journal(place.settings().database);
    CHECK(journal.unfinished().empty());
    CHECK(journal.finished() == std::vector<Uint256>{kHash});
}

TEST_CASE("without a ChainLock, depth settles a block") {
    Place place;
    place.dashd.chain.put(kHash, kHeight, {99, false});
    place.start().submit(won_block());
    REQUIRE(place.wait_for(BlockState::kAccepted));
    place.dashd.chain.put(kHash, kHeight, {100, false});
    CHECK(place.wait_for(BlockState::kConfirmed));
}

TEST_CASE("no way waits for another") {
    Place place;
    std::atomic<int> attempts = 0;
    PipelineSettings settings = with_hanging_sender(place, attempts);
    place.dashd.chain.hang_submits(true);
    Pipeline& pipeline = place.start(settings);
    SUBCASE("P2P and journal, while submitblock and a sender hang") {
        REQUIRE(wait_for_link(place));
        pipeline.submit(won_block());
        CHECK(place.wait_until([&] { return place.pushes() == 1 && place.submits() == 1 && attempts == 1; }));
        pipeline.stop();
        CHECK(Journal(place.settings().database).unfinished().size() == 1);
    }
    SUBCASE("submitblock and the sender, while the P2P link is down") {
        place.dashd.peer.reset();
        pipeline.submit(won_block());
        CHECK(place.wait_until([&] { return place.submits() == 1 && attempts == 1; }));
    }
}

TEST_CASE("a further sender is asked again until it reaches somebody") {
    Place place;
    std::atomic<int> attempts = 0;
    PipelineSettings settings = place.settings();
    settings.senders.push_back(
        [&](const SenderSurroundings&) { return std::make_unique<StubSender>(/*hangs=*/false, attempts); });
    place.start(settings).submit(won_block());
    REQUIRE(place.wait_until([&] { return !place.reports.empty() && place.last().peers_reached == 5; }));
    CHECK(attempts == 2);
    const PhaseTimes& times = place.last().peers;
    CHECK(times.finished_ms.value() - times.started_ms.value() >= 10);  // the pause between the two
}

TEST_CASE("a dashd that is not there gets the block when it comes") {
    Place place;
    Pipeline& pipeline = place.start();
    place.dashd.stop();
    pipeline.submit(won_block());
    REQUIRE(place.wait_until([&] { return !place.reports.empty(); }));
    CHECK(place.last().submitblock_result.find("is dashd running?") != std::string::npos);
    place.dashd.chain.put(kHash, kHeight, {1, true});
    place.dashd.start();
    CHECK(place.wait_for(BlockState::kConfirmed));
}

TEST_CASE("a starting dashd is asked until it takes the block") {
    Place place;
    place.dashd.chain.fail_submits(3, -28, "Loading block index...");
    place.start().submit(won_block());
    REQUIRE(place.wait_until([&] { return place.submits() == 4; }));
    place.dashd.chain.put(kHash, kHeight, {1, true});
    CHECK(place.wait_for(BlockState::kConfirmed));
    CHECK(place.last().submitblock_result == "accepted");
    CHECK(place.submits() == 4);
    const PhaseTimes& times = place.last().submitblock;
    CHECK(times.finished_ms.value() - times.started_ms.value() >= 10 + 20 + 40);  // the pauses between them
}

TEST_CASE("a block whose parent dashd lacks is submitted until the parent is there") {
    Place place;
    place.dashd.chain.answer("prev-blk-not-found");
    place.start().submit(won_block());
    REQUIRE(place.wait_until([&] { return place.submits() >= 3; }));
    CHECK(place.last().state == BlockState::kSubmitted);
    place.dashd.chain.answer(nullptr);
    place.dashd.chain.put(kHash, kHeight, {1, true});
    CHECK(place.wait_for(BlockState::kConfirmed));
}

TEST_CASE("duplicate proves nothing: the chain is asked") {
    Place place;
    place.dashd.chain.answer("duplicate");
    Pipeline& pipeline = place.start();
    SUBCASE("on the main chain") {
        place.dashd.chain.put(kHash, kHeight, {1, false});
        pipeline.submit(won_block());
        CHECK(place.wait_for(BlockState::kAccepted));
    }
    SUBCASE("lost") {
        place.dashd.chain.put(kHash, kHeight, {-1, false});
        place.dashd.chain.put(kRival, kHeight, {3, true});
        pipeline.submit(won_block());
        CHECK(place.wait_for(BlockState::kLost));
        CHECK(place.last().winner == kRival);
    }
    CHECK(place.submits() == 1);
}

TEST_CASE("a lost race is told with the winner, dashd is asked to prefer ours, and the outcome awaited") {
    Place place;
    place.dashd.chain.answer("inconclusive");
    place.dashd.chain.put(kHash, kHeight, {-1, false});
    place.dashd.chain.put(kRival, kHeight, {1, false});
    place.start().submit(won_block());
    REQUIRE(place.wait_for(BlockState::kOrphaned));
    CHECK(place.last().winner == kRival);
    REQUIRE(place.wait_until([&] { return place.dashd.rpc->calls("preciousblock") == 1; }));
    SUBCASE("ours wins after all") {
        place.dashd.chain.put(kRival, kHeight, {-1, false});
        place.dashd.chain.put(kHash, kHeight, {2, false});
        REQUIRE(place.wait_for(BlockState::kAccepted));
        CHECK(!place.last().winner);
        place.dashd.chain.put(kHash, kHeight, {2, true});
        CHECK(place.wait_for(BlockState::kConfirmed));
    }
    SUBCASE("the other is buried") {
        place.dashd.chain.put(kRival, kHeight, {100, false});
        CHECK(place.wait_for(BlockState::kLost));
    }
    CHECK(place.dashd.rpc->calls("preciousblock") == 1);
}

TEST_CASE("between two blocks of ours dashd is not asked to prefer one") {
    Place place;
    place.dashd.chain.answer("inconclusive");
    place.dashd.chain.put(kHash, kHeight, {-1, false});
    place.dashd.chain.put(kRival, kHeight, {1, false});
    SUBCASE("both under way") {
        place.start().submit(won_block(kRival));
        place.pipeline->submit(won_block());
    }
    SUBCASE("the rival finished in an earlier run") {
        JournalEntry finished;
        finished.block = won_block(kRival);
        finished.state = BlockState::kConfirmed;
        Journal(place.settings().database).update(finished);
        place.start().submit(won_block());
    }
    const auto tells_the_orphan = [](const SubmissionReport& report) {
        return report.hash == kHash && report.state == BlockState::kOrphaned;
    };
    REQUIRE(
        place.wait_until([&] { return std::any_of(place.reports.begin(), place.reports.end(), tells_the_orphan); }));
    const int looks = place.dashd.rpc->calls("getblockheader");
    REQUIRE(place.wait_until([&] { return place.dashd.rpc->calls("getblockheader") > looks + 4; }));
    CHECK(place.dashd.rpc->calls("preciousblock") == 0);
}

TEST_CASE("a block that dashd finds invalid is told as rejected and not sent again") {
    Place place;
    Pipeline& pipeline = place.start();
    std::string result;
    SUBCASE("by a word") {
        result = "bad-cb-payee";
        place.dashd.chain.answer(result);
    }
    SUBCASE("because it cannot be read") {
        result = "Block decode failed";
        place.dashd.chain.fail_submits(1, -22, result);
    }
    SUBCASE("again") {
        result = "duplicate-invalid";
        place.dashd.chain.answer(result);
        place.dashd.chain.put(kHash, kHeight, {-1, false});
    }
    pipeline.submit(won_block());
    REQUIRE(place.wait_for(BlockState::kRejected));
    CHECK(place.last().submitblock_result == result);
    pipeline.submit(won_block());
    place.loop.run_until([] { return false; }, 80ms);
    CHECK(place.submits() == 1);
}

TEST_CASE("the same block is submitted once") {
    Place place;
    Pipeline& pipeline = place.start();
    REQUIRE(wait_for_link(place));
    for (int i = 0; i < 3; ++i)
        pipeline.submit(won_block());
    place.dashd.chain.put(kHash, kHeight, {1, false});
    REQUIRE(place.wait_for(BlockState::kAccepted));
    pipeline.submit(won_block());
    place.dashd.chain.put(kHash, kHeight, {2, true});
    REQUIRE(place.wait_for(BlockState::kConfirmed));
    pipeline.submit(won_block());
    place.dashd.chain.expect(kRival, kHeight + 1);
    pipeline.submit(won_block(kRival));
    REQUIRE(place.wait_until([&] { return place.submits() == 2 && place.pushes() == 2; }));

    // Nor in a later run.
    pipeline.stop();
    place.start().submit(won_block());
    REQUIRE(place.wait_until([&] { return place.submits() == 3; }));  // the other one, resumed
    place.loop.run_until([] { return false; }, 80ms);
    CHECK(place.submits() == 3);
}

TEST_CASE("a block that dashd lost is submitted again") {
    Place place;
    place.start().submit(won_block());
    REQUIRE(place.wait_for(BlockState::kAccepted));
    place.dashd.chain.forget(kHash);
    REQUIRE(place.wait_until([&] { return place.submits() >= 2; }));
    place.dashd.chain.put(kHash, kHeight, {1, true});
    CHECK(place.wait_for(BlockState::kConfirmed));
}

TEST_CASE("a dashd that takes the block and never has it is not given it without end") {
    Place place;
    PipelineSettings settings = place.settings();
    settings.schedule.most_refusals = 5;
    settings.schedule.first_retry = settings.schedule.longest_retry = 1ms;
    int submits = settings.schedule.most_refusals;
    SUBCASE("it says duplicate") {
        place.dashd.chain.answer("duplicate");
    }
    SUBCASE("it says that it accepted it") {
        place.dashd.chain.expect(kRival, kHeight);
    }
    SUBCASE("it lacks the block before") {
        place.dashd.chain.answer("prev-blk-not-found");
    }
    SUBCASE("it ends each call with an error of its own") {
        place.dashd.chain.fail_submits(1000, -1, "something strange");
    }
    SUBCASE("it was away, and started, before") {
        place.dashd.chain.fail_submits(20, -28, "Loading block index...");
        place.dashd.chain.answer("prev-blk-not-found");
        submits += 20;
    }
    place.start(settings).submit(won_block());
    REQUIRE(place.wait_until([&] { return place.submits() == submits; }));
    const int looks = place.dashd.rpc->calls("getblockheader");
    REQUIRE(place.wait_until([&] { return place.dashd.rpc->calls("getblockheader") > looks + 4; }));
    CHECK(place.submits() == submits);
    CHECK(place.last().state == BlockState::kSubmitted);

    // It is followed all the same, and the next run begins anew.
    place.pipeline->stop();
    CHECK(Journal(settings.database).unfinished().size() == 1);
    place.reports.clear();
    place.dashd.chain.fail_submits(0, 0, "");
    place.dashd.chain.answer(nullptr);
    place.dashd.chain.expect(kHash, kHeight);
    place.start(settings);
    CHECK(place.wait_for(BlockState::kAccepted));
    CHECK(place.submits() == submits + 1);
}

TEST_CASE("what dashd lost is given it more slowly each time") {
    Place place;
    PipelineSettings settings = place.settings();
    settings.schedule.first_retry = 40ms;
    settings.schedule.longest_retry = 1h;
    place.dashd.chain.answer("duplicate");
    place.start(settings).submit(won_block());
    REQUIRE(place.wait_until([&] { return place.submits() == 1; }));
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(place.wait_until([&] { return place.submits() == 3; }));
    CHECK(std::chrono::steady_clock::now() - begin >= 100ms);  // 40 and 80
}

TEST_CASE("a new block at dashd makes the chain be asked at once") {
    Place place;
    PipelineSettings settings = place.settings();
    settings.schedule.longest_check = 1h;
    settings.schedule.first_check = 1h;
    Pipeline& pipeline = place.start(settings);
    REQUIRE(wait_for_link(place));
    pipeline.submit(won_block());
    REQUIRE(place.wait_for(BlockState::kAccepted));
    place.dashd.chain.put(kHash, kHeight, {2, true});
    place.dashd.peer->send("inv", dash::p2p::encode_inv({{dash::p2p::kInvBlock, Uint256(5)}}));
    CHECK(place.wait_for(BlockState::kConfirmed));
}

namespace {

/// Two dashds; a test says which is the better one.
struct TwoDashds : Place {
    TwoDashds() { second.chain.expect(kHash, kHeight); }

    Pipeline& start_both() {
        PipelineSettings both = settings();
        FurtherDaemon& further = both.further.emplace_back();
        further.name = "dashd 2";
        further.rpc = both.rpc;
        further.rpc.port = second.rpc_port;
        further.link = both.link;
        further.link.port = second.p2p_port;
        both.best_daemon = [this] { return best.load(); };
        return start(both);
    }
    [[nodiscard]] int submits_to_second() const { return second.rpc->calls("submitblock"); }
    [[nodiscard]] std::size_t pushes_to_second() const { return second.peer->received("block").size(); }

    tests::ScriptedDashd second;
    std::atomic<std::size_t> best{0};
};

}  // namespace

TEST_CASE("every dashd gets the block by P2P and submitblock") {
    TwoDashds place;
    Pipeline& pipeline = place.start_both();
    REQUIRE(wait_for_link(place));
    REQUIRE(place.wait_until([&] { return !place.second.peer->received("ping").empty(); }));
    pipeline.submit(won_block());
    REQUIRE(place.wait_until([&] { return place.submits() == 1 && place.pushes() == 1; }));
    REQUIRE(place.wait_until([&] { return place.submits_to_second() == 1 && place.pushes_to_second() == 1; }));
    CHECK(place.second.peer->received("block")[0] == *kWon.bytes);
    REQUIRE(place.wait_for(BlockState::kAccepted));
    CHECK(place.last().submitblock_result == "accepted");
    pipeline.stop();
}

TEST_CASE("while the first dashd hangs, the block is won by the second, whose chain is asked") {
    TwoDashds place;
    place.best = 1;
    place.dashd.chain.hang_submits(true);
    Pipeline& pipeline = place.start_both();
    pipeline.submit(won_block());
    REQUIRE(place.wait_for(BlockState::kAccepted));
    CHECK(place.last().submitblock_result == "accepted");
    CHECK(place.wait_until([&] { return place.last().daemon_p2p_sent; }));  // the link may come up later
    place.second.chain.put(kHash, kHeight, {2, true});
    CHECK(place.wait_for(BlockState::kConfirmed));
    pipeline.stop();
}

TEST_CASE("a dashd that was away gets the block when it is back") {
    TwoDashds place;
    place.best = 1;
    place.dashd.stop();
    Pipeline& pipeline = place.start_both();
    pipeline.submit(won_block());
    REQUIRE(place.wait_for(BlockState::kAccepted));
    place.dashd.start();
    CHECK(place.wait_until([&] { return place.submits() > 0 && place.pushes() > 0; }));
    pipeline.stop();
}

TEST_CASE("one dashd's refusal does not outweigh another's acceptance") {
    TwoDashds place;
    place.dashd.chain.answer("bad-prevblk");
    SUBCASE("the better one took it") {
        place.best = 1;
    }
    SUBCASE("the better one is the one that refuses") {
        place.best = 0;
    }
    Pipeline& pipeline = place.start_both();
    pipeline.submit(won_block());
    REQUIRE(place.wait_until([&] {
        return place.submits() > 0 && !place.reports.empty() && place.last().submitblock_result == "accepted";
    }));
    CHECK(place.last().state != BlockState::kRejected);
    place.best = 1;
    CHECK(place.wait_for(BlockState::kAccepted));
    pipeline.stop();
}

TEST_CASE("what one dashd finds invalid waits for one that is away") {
    TwoDashds place;
    place.dashd.chain.answer("bad-cb-payee");
    place.second.stop();
    Pipeline& pipeline = place.start_both();
    pipeline.submit(won_block());
    REQUIRE(
        place.wait_until([&] { return !place.reports.empty() && place.last().submitblock_result == "bad-cb-payee"; }));
    const int looks = place.dashd.rpc->calls("getblockheader");
    REQUIRE(place.wait_until([&] { return place.dashd.rpc->calls("getblockheader") > looks + 4; }));
    CHECK(place.submits() == 1);  // saying it again changes nothing
    place.second.start();
    REQUIRE(place.wait_until([&] { return place.submits_to_second() > 0; }));
    place.best = 1;
    CHECK(place.wait_for(BlockState::kAccepted));
    pipeline.stop();
}
