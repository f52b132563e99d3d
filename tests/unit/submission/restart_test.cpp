#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>

#include "dash/submission/journal.h"
#include "dash/submission/spool.h"
#include "dash/util/sqlite.h"
#include "tests/unit/submission/pipeline_fixture.h"

using namespace submission_tests;

TEST_CASE("what one run could not finish, the next one does") {
    Place place;
    PipelineSettings settings = place.settings();
    settings.schedule.stop_grace = 0ms;
    place.dashd.stop();
    place.start(settings).submit(won_block());
    REQUIRE(place.wait_until([&] { return !place.reports.empty(); }));
    place.pipeline.reset();
    place.reports.clear();

    place.dashd.start();
    place.dashd.chain.hang_submits(true);  // an answer could come before the link is up, which then has nothing to do
    place.start();
    REQUIRE(place.wait_until([&] { return place.submits() == 1 && place.pushes() == 1; }));
    CHECK(place.dashd.peer->received("block")[0] == *kWon.bytes);
    place.dashd.chain.hang_submits(false);
    place.dashd.chain.put(kHash, kHeight, {1, true});
    REQUIRE(place.wait_for(BlockState::kConfirmed));
    CHECK(place.last().resumed);
    CHECK(place.last().finder == "rig");
}

TEST_CASE("a row of the journal that was damaged is sent to nobody") {
    Place place;
    std::atomic<int> attempts = 0;
    PipelineSettings settings = with_hanging_sender(place, attempts);
    WonBlock damaged = won_block();
    dash::Bytes bytes = *damaged.bytes;
    bytes.back() ^= 1;
    damaged.bytes = std::make_shared<const dash::Bytes>(bytes);
    Journal(settings.database).add(damaged);
    SUBCASE("with nothing else") {
        Journal(settings.database).add(won_block(kRival));
        place.dashd.chain.expect(kRival, kHeight + 1);
        settings.senders.clear();
        place.start(settings);
        REQUIRE(place.wait_for(BlockState::kAccepted));
        CHECK(place.last().hash == kRival);
        CHECK(place.submits() == 1);
        place.pipeline->stop();
        CHECK(Journal(settings.database).unfinished().size() == 2);  // it is kept
    }
    SUBCASE("while the spool has it whole") {
        Spool(settings.database).add(won_block());
        {
            const Pipeline killed(settings, place.loop.io().get_executor(), [](const SubmissionReport&) {});
        }
        const auto kept = Journal(settings.database).unfinished();
        REQUIRE(kept.size() == 1);
        CHECK(*kept[0].block.bytes == *won_block().bytes);
        place.start(settings);
        REQUIRE(wait_for_link(place));
        REQUIRE(place.wait_until([&] { return place.submits() == 1 && attempts == 1 && place.pushes() <= 1; }));
        CHECK(place.wait_for(BlockState::kAccepted));
    }
    SUBCASE("in the spool too") {
        Spool(settings.database).add(damaged);
        place.start(settings);
        REQUIRE(wait_for_link(place));
        place.loop.run_until([] { return false; }, 50ms);
        CHECK(place.submits() + static_cast<int>(place.pushes()) + attempts == 0);
    }
}

TEST_CASE("a block survives a kill while others keep the journal from being written") {
    Place place;
    Pipeline& pipeline = place.start();
    const std::filesystem::path kept = place.settings().database.string() + ".won";
    dash::sqlite::Database other(place.settings().database);
    {
        const dash::sqlite::Transaction busy(other);
        pipeline.submit(won_block());
        REQUIRE(place.wait_until([&] { return std::filesystem::file_size(kept) > won_block().bytes->size(); }));
        CHECK(!other.prepare("SELECT hash FROM won_blocks").step());
        std::filesystem::copy_file(kept, place.folder.path() / "killed.sqlite3.won");
    }
    CHECK(place.wait_until([&] { return std::filesystem::file_size(kept) == 0; }));
    REQUIRE(place.wait_for(BlockState::kAccepted));
    pipeline.stop();

    place.reports.clear();
    PipelineSettings after_kill = place.settings();
    after_kill.database = place.folder.path() / "killed.sqlite3";
    place.start(after_kill);
    REQUIRE(place.wait_for(BlockState::kAccepted));
    CHECK(place.last().resumed);
    CHECK(place.last().hash == kHash);
}

TEST_CASE("stopping right after a block was won still delivers it") {
    Place place;
    Pipeline& pipeline = place.start();
    pipeline.submit(won_block());
    pipeline.stop();
    CHECK(place.dashd.rpc->calls("submitblock") + static_cast<int>(place.pushes()) >= 1);
    CHECK(Journal(place.settings().database).unfinished().size() == 1);
}

TEST_CASE("stopping does not wait for a dashd that is away longer than allowed") {
    Place place;
    place.dashd.stop();
    PipelineSettings settings = place.settings();
    settings.schedule.stop_grace = 50ms;
    Pipeline& pipeline = place.start(settings);
    pipeline.submit(won_block());
    const auto begin = std::chrono::steady_clock::now();
    pipeline.stop();
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(Journal(place.settings().database).unfinished().size() == 1);
}
