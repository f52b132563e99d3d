#include "dash/submission/journal.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "dash/util/error.h"
#include "tests/support/process.h"
#include "tests/unit/submission/numbered_block.h"

namespace {

using namespace dash::submission;
using dash::Bytes;
using dash::Uint256;
using submission_tests::numbered_block;

struct Folder {
    tests::TemporaryFolder folder{"journal"};
    std::filesystem::path file = folder.path() / "p2pool.sqlite3";
};

}  // namespace

TEST_CASE("what is written is there after the file is opened again") {
    const Folder place;
    {
        Journal journal(place.file);
        journal.add(numbered_block(2));
        journal.add(numbered_block(1));
    }
    Journal journal(place.file);
    const auto entries = journal.unfinished();
    REQUIRE(entries.size() == 2);
    const WonBlock& first = entries[0].block;
    CHECK(first.hash == Uint256(1));
    CHECK(first.height == 1001);
    CHECK(*first.bytes == Bytes(300, 1));
    CHECK(first.finder == "yAddress.worker");
    CHECK(first.found_at == 1'700'000'001.25);
    CHECK(entries[0].state == BlockState::kSubmitted);
    CHECK(entries[1].block.hash == Uint256(2));
    CHECK(journal.finished().empty());
}

TEST_CASE("a block keeps its state when it is added again") {
    const Folder place;
    Journal journal(place.file);
    journal.add(numbered_block(1));
    journal.update({numbered_block(1), BlockState::kOrphaned, "inconclusive"});
    journal.add(numbered_block(1));
    const auto entries = journal.unfinished();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].state == BlockState::kOrphaned);
    CHECK(entries[0].submitblock_result == "inconclusive");
}

TEST_CASE("a block in a final state is remembered, but not taken up again") {
    const Folder place;
    for (const BlockState state : {BlockState::kConfirmed, BlockState::kLost, BlockState::kRejected}) {
        Journal journal(place.file);
        const auto number = static_cast<std::uint64_t>(state);
        journal.add(numbered_block(number));
        CHECK(journal.unfinished().size() == 1);
        journal.update({numbered_block(number), state, "accepted"});
        CHECK(journal.unfinished().empty());
    }
    CHECK(Journal(place.file).finished().size() == 3);
}

TEST_CASE("an update makes good an add that failed") {
    const Folder place;
    Journal journal(place.file);
    journal.update({numbered_block(1), BlockState::kAccepted, "accepted"});
    REQUIRE(journal.unfinished().size() == 1);
    CHECK(*journal.unfinished()[0].block.bytes == Bytes(300, 1));
}

TEST_CASE("a block that was added survives the death of the process") {
    const Folder place;
    const pid_t child = fork();
    if (child == 0) {
        Journal journal(place.file);
        journal.add(numbered_block(7));
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    Journal journal(place.file);
    REQUIRE(journal.unfinished().size() == 1);
    CHECK(journal.unfinished()[0].block.hash == Uint256(7));
}

TEST_CASE("files that cannot serve as journal are told to the operator") {
    const Folder place;
    CHECK_THROWS_AS(Journal(place.folder.path() / "missing" / "file"), dash::ConfigError);
    CHECK_THROWS_AS(Journal(place.folder.path()), dash::ConfigError);
    std::ofstream(place.file) << std::string(5000, 'x');
    CHECK_THROWS_AS(Journal(place.file), dash::ConfigError);
}

TEST_CASE("a damaged row costs nothing but itself") {
    const Folder place;
    Journal journal(place.file);
    journal.add(numbered_block(1));
    journal.add(numbered_block(2));
    journal.update({numbered_block(3), BlockState::kLost, ""});
    dash::sqlite::Database(place.file)
        .execute(
            "UPDATE won_blocks SET hash = 'x' WHERE height = 1001; UPDATE won_blocks SET hash = 'y' WHERE height = "
            "1003");
    CHECK(journal.unfinished().size() == 1);
    CHECK(journal.finished().empty());
}

TEST_CASE("the journal of a newer release is left alone") {
    const Folder place;
    { Journal journal(place.file); }
    dash::sqlite::Database(place.file).execute("UPDATE component_versions SET version = version + 1");
    CHECK_THROWS_AS(Journal(place.file), dash::ConfigError);
}

TEST_CASE("other connections may hold tables of their own in the file") {
    const Folder place;
    dash::sqlite::Database other(place.file);
    other.execute("CREATE TABLE shares (hash TEXT); BEGIN IMMEDIATE; INSERT INTO shares VALUES ('a'); COMMIT");
    Journal journal(place.file);
    journal.add(numbered_block(1));
    other.execute("INSERT INTO shares VALUES ('b')");
    CHECK(journal.unfinished().size() == 1);
}
