#include <doctest/doctest.h>

#include <set>

#include "p2pool/stratum/held_jobs.h"
#include "tests/support/random.h"

using namespace p2pool;
using namespace p2pool::stratum;

namespace {

work::JobPtr make_job(const std::string& id) {
    auto job = std::make_shared<work::Job>();
    job->id = id;
    return job;
}

}  // namespace

TEST_CASE("a job is found under its id until 300 s after its last use") {
    HeldJobs jobs;
    const auto job = make_job("0000000a");
    CHECK(jobs.hold(job, Difficulty::of(1), 1000) == "0000000a");
    CHECK_FALSE(jobs.find("0000000b", 1000));
    REQUIRE(jobs.find("0000000a", 1299));
    CHECK(jobs.find("0000000a", 1299)->job == job);
    CHECK(jobs.find("0000000a", 1599));
    CHECK_FALSE(jobs.find("0000000a", 1900));
    jobs.expire(1899);
    CHECK_FALSE(jobs.empty());
    jobs.expire(1900);
    CHECK(jobs.empty());
}

TEST_CASE("each sending of a job keeps the difficulty of its time") {
    HeldJobs jobs;
    const auto job = make_job("0000000a");
    const std::string first = jobs.hold(job, Difficulty::of(100), 0);
    const std::string second = jobs.hold(job, Difficulty::of(200), 0);
    CHECK(first != second);
    CHECK(second.size() == 8);
    CHECK(jobs.find(first, 1)->difficulty.value == 100);
    CHECK(jobs.find(second, 1)->difficulty.value == 200);
    CHECK(jobs.find(first, 1)->seen == jobs.find(second, 1)->seen);
    CHECK(jobs.hold(job, Difficulty::of(100), 0) == first);
}

TEST_CASE("ids stay apart even when the node gives one twice") {
    HeldJobs jobs;
    std::set<std::string> ids;
    for (int i = 0; i < 10; ++i)
        ids.insert(jobs.hold(make_job("0000000a"), Difficulty::of(1), 0));
    CHECK(ids.size() == 10);
}

TEST_CASE("the oldest job gives way") {
    HeldJobs jobs;
    for (std::size_t i = 0; i <= HeldJobs::kMaxJobs; ++i) {
        static_cast<void>(jobs.hold(make_job("job " + std::to_string(i)), Difficulty::of(1), 0));
    }
    CHECK_FALSE(jobs.find("job 0", 0));
    CHECK(jobs.find("job 1", 0));
    CHECK(jobs.find("job " + std::to_string(HeldJobs::kMaxJobs), 0));
}

TEST_CASE("hashes are remembered exactly") {
    tests::Random random;
    INFO(random.how_to_repeat());
    SeenHashes seen;
    CHECK_FALSE(seen.contains(dash::Uint256()));
    std::set<dash::Uint256> model;
    for (int i = 0; i < 5000; ++i) {
        const dash::Uint256 hash(i == 0 ? 0 : random.u64());
        CHECK(seen.contains(hash) == (model.count(hash) != 0));
        if (model.insert(hash).second) seen.add(hash);
        CHECK(seen.contains(hash));
    }
    for (const dash::Uint256& hash : model)
        CHECK(seen.contains(hash));
    CHECK_FALSE(seen.is_full());
}

TEST_CASE("the memory of hashes is bounded") {
    SeenHashes seen;
    for (std::uint64_t i = 1; !seen.is_full(); ++i) {
        REQUIRE(i <= SeenHashes::kMaxHashes);
        seen.add(dash::Uint256(i * 0x9e3779b97f4a7c15ULL));
    }
}
