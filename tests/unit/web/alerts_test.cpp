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
    CHECK(book.active().size() <= 1000);
}
