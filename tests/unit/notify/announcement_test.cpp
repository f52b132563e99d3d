#include "p2pool/notify/announcement.h"

#include <doctest/doctest.h>

#include "p2pool/notify/http_post.h"

using namespace p2pool::notify;

TEST_CASE("a block in the python node's words") {
    const Announcement block = announce(BlockNews{.network = "dash",
                                                  .hash = "00ab",
                                                  .height = 2'000'000,
                                                  .miner = "X<b>&y",
                                                  .pool_hashes_per_second = 2.5e12,
                                                  .found_at = 1700000000,
                                                  .explorer_url = "https://explorer/?00ab"});
    CHECK(block.subject == "00ab");
    CHECK(block.html ==
          "\U0001F389 <b>DASH BLOCK FOUND!</b>\n\n\U0001F4CA Block: 2000000\n"
          "\U0001F464 Miner: <code>X&lt;b&gt;&amp;y</code>\n\U000026A1 Pool hashrate: 2.50 TH/s\n\n"
          "\U0001F517 <a href=\"https://explorer/?00ab\">View on Explorer</a>");
    CHECK(block.text == "DASH BLOCK FOUND! Block: 2000000, miner: X<b>&y, Pool hashrate: 2.50 TH/s");
    const auto json = to_json(block);
    CHECK(json["event"] == "block");
    CHECK(json["details"]["height"] == 2'000'000);
    CHECK(json["details"]["pool_hashes_per_second"] == 2.5e12);
}

TEST_CASE("a block while the pool's rate is not known") {
    const Announcement block = announce(BlockNews{.network = "dash_testnet", .hash = "1", .miner = "y"});
    CHECK(block.html.find("hashrate") == std::string::npos);
    CHECK(block.html.find("DASH_TESTNET BLOCK FOUND!") != std::string::npos);
    CHECK(block.details["pool_hashes_per_second"].is_null());
}

TEST_CASE("addresses of servers") {
    const auto plain = parse_url("http://host");
    REQUIRE(plain);
    CHECK_FALSE(plain->tls);
    CHECK(plain->port == "80");
    CHECK(plain->path == "/");
    const auto full = parse_url("https://[2001:db8::1]:8443/a/b?c=d");
    REQUIRE(full);
    CHECK(full->tls);
    CHECK(full->host == "2001:db8::1");
    CHECK(full->port == "8443");
    CHECK(full->path == "/a/b?c=d");
    for (const char* text :
         {"", "host", "ftp://host/", "http://", "http://host:port/", "http://host/a b", "http://h/\r\nX: y"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_url(text));
    }
}
