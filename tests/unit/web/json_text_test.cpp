#include <doctest/doctest.h>

#include "web/json_text.h"

using web::Json;

TEST_CASE("integers of any size are written with all their digits, wherever they stand") {
    const dash::Wide big = (dash::Wide(1) << 256) - 1;
    const Json value = {{"list", {1, web::big_integer(big), "text"}}, {"small", web::big_integer(dash::Uint256(7))}};
    CHECK(web::to_text(value) ==
          "{\"list\":[1,115792089237316195423570985008687907853269984665640564039457584007913129639935,\"text\"],"
          "\"small\":7}");
    CHECK(web::to_text(web::big_integer(dash::Uint256())) == "0");
}

TEST_CASE("what is no UTF-8, and what is no number, does not break the text") {
    CHECK(web::to_text({{"version", "a\xff"}}) == "{\"version\":\"a\xef\xbf\xbd\"}");
    CHECK(web::to_text(Json::array({std::numeric_limits<double>::infinity()})) == "[null]");
}
