#include <doctest/doctest.h>

#include <vector>

#include "web/model/alerts.h"

TEST_CASE("an alert waits before it is raised and before it ends") {
    web::AlertBook book;
    std::vector<std::pair<std::string, bool>> told;
    book.set_listener([&](const web::Alert& alert) { told.emplace_back(alert.id, alert.until > 0); });
    book.observe("few_peers", "", true, "nobody", 1000);
    book.observe("few_peers", "", true, "nobody", 1299);
    CHECK(book.active().empty());
    book.observe("few_peers", "", false, "", 1299.5);  // it was nothing
    book.observe("few_peers", "", true, "nobody", 1300);
    book.observe("few_peers", "", true, "nobody", 1599);
    CHECK(book.active().empty());
    book.observe("few_peers", "", true, "nobody", 1600);
    REQUIRE(book.active().size() == 1);
    CHECK(book.active()[0].since == 1300);
    book.observe("few_peers", "", false, "", 1610);
    book.observe("few_peers", "", true, "nobody", 1620);
    book.observe("few_peers", "", false, "", 1630);
    book.observe("few_peers", "", false, "", 1689);
    CHECK(book.active().size() == 1);
    book.observe("few_peers", "", false, "", 1690);
    CHECK(book.active().empty());
    CHECK(book.past().size() == 1);
    CHECK(told == std::vector<std::pair<std::string, bool>>{{"few_peers", false}, {"few_peers", true}});
}

TEST_CASE("a clock that is set hurries no alert, delays none and ends none") {
    for (const double step : {-3600.0, 3600.0}) {
        CAPTURE(step);
        web::AlertBook book;
        std::vector<std::pair<std::string, bool>> told;
        book.set_listener([&](const web::Alert& alert) { told.emplace_back(alert.rule->name, alert.until > 0); });
        double now = 10'000;
        const auto look_for = [&](int seconds, bool lost, bool few) {
            for (int i = 0; i < seconds; ++i) {
                ++now;
                book.expire(now);
                book.observe("dashd_lost", "", lost, "dashd is silent", now);
                book.observe("few_peers", "", few, "nobody", now);
            }
        };
        look_for(21, true, false);
        look_for(100, true, true);
        CHECK(told == std::vector<std::pair<std::string, bool>>{{"dashd_lost", false}});
        now += step;
        book.clock_was_set(step);
        look_for(200, true, true);
        CHECK(book.active().size() == 1);
        look_for(1, true, true);
        REQUIRE(book.active().size() == 2);
        CHECK(book.active()[0].since == 10'001 + step);
        look_for(9, false, true);
        now -= step;
        book.clock_was_set(-step);
        look_for(1, false, true);
        CHECK(book.active().size() == 2);
        look_for(1, false, true);
        CHECK(told == std::vector<std::pair<std::string, bool>>{
                          {"dashd_lost", false}, {"few_peers", false}, {"dashd_lost", true}});
    }
}

TEST_CASE("what happened is told at once and stays for a day") {
    web::AlertBook book;
    book.happened("block_orphaned", "00ff", "a block is lost", 1000);
    book.happened("block_orphaned", "00ee", "another block is lost", 1001);
    CHECK(book.active().size() == 2);
    book.expire(1000 + 86'399);
    CHECK(book.active().size() == 2);
    book.expire(1000 + 86'400);
    CHECK(book.active().size() == 1);
}

TEST_CASE("workers cannot fill the book without a bound") {
    web::AlertBook book;
    for (int i = 0; i < 5000; ++i) {
        book.observe("worker_gone", std::to_string(i), true, "gone", 1000);
        book.observe("worker_gone", std::to_string(i), true, "gone", 2000);
    }
    CHECK(book.active().size() == 1000);
    // And they leave room for what the operator has to know.
    book.observe("dashd_lost", "", true, "dashd is silent", 2000);
    book.observe("dashd_lost", "", true, "dashd is silent", 2020);
    REQUIRE(book.active().size() == 1001);
    CHECK(std::string_view(book.active().front().rule->name) == "dashd_lost");
    book.observe("dashd_lost", "", false, "", 2021);
    book.observe("dashd_lost", "", false, "", 2031);
    for (int i = 0; i < 5000; ++i) {
        book.observe("worker_gone", std::to_string(i), false, "", 3000);
        book.observe("worker_gone", std::to_string(i), false, "", 3030);
    }
    CHECK(book.past().size() == 1001);
    CHECK(std::string_view(book.past().back().rule->name) == "dashd_lost");
}
