#include "dash/backends/chooser.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"

namespace {

using dash::Uint256;
using dash::backends::Chooser;
using dash::backends::Observation;
using dash::backends::Tip;

const Tip kOldTip{Uint256(100), Uint256(1000)};
const Tip kNewTip{Uint256(101), Uint256(1010)};
const Tip kRivalTip{Uint256(201), Uint256(1010)};
const Tip kStrangeTip{Uint256(999), Uint256(5000)};

Observation well(const Tip& tip = kOldTip) {
    Observation seen;
    seen.tip = tip;
    seen.answered = 1;
    seen.link_up = true;
    return seen;
}

Observation down() {
    Observation seen = well();
    seen.problem = "does not answer";
    return seen;
}

struct Pool {
    explicit Pool(std::size_t daemons) : seen(daemons, well()), chooser(daemons, clock) { look(); }

    void look() { chooser.update(seen); }
    /// With a look twice a second.
    void wait(double seconds) {
        for (double waited = 0; waited < seconds; waited += 0.5) {
            clock.advance(0.5);
            look();
        }
    }
    [[nodiscard]] double score(std::size_t daemon) const { return chooser.verdicts()[daemon].score; }
    [[nodiscard]] std::string problem(std::size_t daemon) const { return chooser.verdicts()[daemon].problem; }

    tests::ManualClock clock;
    std::vector<Observation> seen;
    Chooser chooser;
};

}  // namespace

TEST_CASE("the score is the sum that its description tells") {
    Pool pool(2);
    CHECK(pool.score(0) == doctest::Approx(100));
    CHECK(pool.score(1) == doctest::Approx(80));  // not the first named

    pool.seen[0].answered = 0.5;
    pool.seen[0].answer_seconds = 0.2;
    pool.seen[0].link_up = false;
    pool.seen[0].template_age_seconds = 40;
    pool.look();
    CHECK(pool.score(0) == doctest::Approx(15 + 12 + 10 + 20));

    pool.seen[1].synchronises = true;
    pool.look();
    CHECK(pool.score(1) == doctest::Approx(50));
    pool.seen[1].answered = 0;
    pool.seen[1].answer_seconds = 3;
    pool.seen[1].link_up = false;
    pool.look();
    CHECK(pool.score(1) == doctest::Approx(1));

    pool.seen[0].answer_seconds = 7;
    pool.seen[1] = well(kNewTip);
    pool.look();
    CHECK(pool.score(0) == doctest::Approx(15 + 20));
    CHECK(pool.score(1) == doctest::Approx(80));
}

TEST_CASE("a daemon with a problem is left at once, and followed again only after it has been well for a while") {
    Pool pool(2);
    pool.seen[0] = down();
    pool.look();
    CHECK(pool.chooser.current() == 1);
    CHECK(pool.chooser.switched_because() == "that one does not answer");
    CHECK(pool.score(0) == 0);
    CHECK(pool.problem(0) == "does not answer");

    pool.seen[0] = well();
    pool.wait(29);
    CHECK(pool.chooser.current() == 1);
    CHECK(pool.chooser.switched_because().empty());
    pool.wait(1.5);
    CHECK(pool.chooser.current() == 0);

    SUBCASE("a relapse begins the waiting anew") {
        pool.seen[0] = down();
        pool.look();
        pool.seen[0] = well();
        pool.wait(20);
        pool.seen[0] = down();
        pool.wait(0.5);
        pool.seen[0] = well();
        pool.wait(20);
        CHECK(pool.chooser.current() == 1);
        pool.wait(11);
        CHECK(pool.chooser.current() == 0);
    }
}

TEST_CASE("small differences change nothing, clear and lasting ones do") {
    Pool pool(2);
    pool.chooser.begin_with(1);
    pool.seen[0].link_up = false;  // 85 against 80
    pool.wait(300);
    CHECK(pool.chooser.current() == 1);
    pool.seen[1].answered = 0.8;  // 85 against 74
    pool.wait(20);
    CHECK(pool.chooser.current() == 1);
    pool.wait(20);
    CHECK(pool.chooser.current() == 0);
}

TEST_CASE("who has a block first serves miners at once, without a change of the current daemon") {
    Pool pool(2);
    CHECK(pool.chooser.may_serve(0));
    CHECK_FALSE(pool.chooser.may_serve(1));

    pool.seen[1] = well(kNewTip);
    pool.look();
    CHECK(pool.chooser.may_serve(1));
    CHECK_FALSE(pool.chooser.may_serve(0));  // work on an old block
    CHECK(pool.chooser.current() == 0);

    pool.clock.advance(1.5);
    pool.seen[0] = well(kNewTip);
    pool.look();
    CHECK(pool.chooser.may_serve(0));
    CHECK_FALSE(pool.chooser.may_serve(1));
    CHECK(pool.chooser.current() == 0);
}

TEST_CASE("a daemon that stays behind is left") {
    Pool pool(2);
    pool.seen[1] = well(kNewTip);
    pool.wait(1.5);
    CHECK(pool.chooser.current() == 0);
    pool.wait(1.5);
    CHECK(pool.chooser.current() == 1);
    CHECK(pool.problem(0) == "is behind the others: its tip is block " + kOldTip.block.to_hex());
    CHECK(pool.score(0) == 0);
}

TEST_CASE("between tips of equal work the current daemon's counts") {
    Pool pool(2);
    pool.seen[0] = well(kNewTip);
    pool.seen[1] = well(kRivalTip);
    pool.wait(100);
    CHECK(pool.chooser.current() == 0);
    CHECK(pool.chooser.may_serve(0));
    CHECK_FALSE(pool.chooser.may_serve(1));
}

TEST_CASE("more work than two others agree on is followed for a minute, then it is another network's chain") {
    Pool pool(3);
    pool.seen[0] = well(kStrangeTip);
    pool.wait(1);
    CHECK(pool.chooser.may_serve(0));
    pool.wait(58);
    CHECK(pool.chooser.current() == 0);
    pool.wait(2);
    CHECK(pool.problem(0) == "is on a chain that no other one follows");
    CHECK(pool.chooser.current() == 1);
    CHECK(pool.chooser.may_serve(1));
    CHECK_FALSE(pool.chooser.may_serve(0));

    pool.seen[1] = pool.seen[2] = well(kStrangeTip);  // they did but need long
    pool.look();
    CHECK(pool.problem(0).empty());
}

TEST_CASE("of two daemons the one with more work is right") {
    Pool pool(2);
    pool.seen[1] = well(kStrangeTip);
    pool.wait(100);
    CHECK(pool.chooser.current() == 1);
}

TEST_CASE("when all have problems the current one stays, and its work is better than none") {
    Pool pool(2);
    pool.seen[0] = pool.seen[1] = down();
    pool.wait(100);
    CHECK(pool.chooser.current() == 0);
    CHECK(pool.chooser.may_serve(0));
    CHECK_FALSE(pool.chooser.may_serve(1));
    pool.seen[0].tip.reset();  // it was found lying
    pool.look();
    CHECK_FALSE(pool.chooser.may_serve(0));
    pool.seen[1] = well();
    pool.look();
    CHECK(pool.chooser.current() == 1);
}

TEST_CASE("at the start a daemon has a moment to give its first template") {
    tests::ManualClock clock;
    Chooser chooser(2, clock);
    std::vector<Observation> seen = {Observation{}, well()};
    chooser.update(seen);
    CHECK(chooser.current() == 0);
    CHECK(chooser.may_serve(1));  // until then the other one's will do
    clock.advance(2.5);
    chooser.update(seen);
    CHECK(chooser.current() == 0);
    clock.advance(1);
    chooser.update(seen);
    CHECK(chooser.current() == 1);
    CHECK(chooser.switched_because() == "that one has given no template yet");
}
