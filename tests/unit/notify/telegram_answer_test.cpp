#include "p2pool/notify/telegram_answer.h"

#include <doctest/doctest.h>

using p2pool::notify::read_telegram_answer;

TEST_CASE("Telegram's answers are understood, and no pause is longer than an hour") {
    CHECK(read_telegram_answer({200, R"({"ok": true, "result": {}})"}).done);
    const auto wait = read_telegram_answer(
        {429, R"({"ok": false, "description": "Too Many Requests", "parameters": {"retry_after": 17}})"});
    CHECK_FALSE(wait.done);
    CHECK(wait.problem == "it answers 429 Too Many Requests");
    CHECK(wait.retry_after.count() == 17);
    const auto pause = [](const std::string& number) {
        return read_telegram_answer({429, "{\"parameters\": {\"retry_after\": " + number + "}}"}).retry_after.count();
    };
    CHECK(pause("18446744073709551615") == 3600);
    CHECK(pause("-5") == 0);
    CHECK(pause("1e300") == 0);
    CHECK(pause("\"5\"") == 0);
}

TEST_CASE("what is no answer of Telegram's is told by its status, and does not fill the log") {
    for (const char* body : {"", "<html>", "[]", "5", "{\"ok\": 1}", "{\"ok\": false, \"parameters\": 3}"}) {
        CAPTURE(body);
        const auto delivery = read_telegram_answer({502, body});
        CHECK_FALSE(delivery.done);
        CHECK(delivery.problem == "it answers 502");
    }
    const std::string flood = "{\"description\": \"" + std::string(60'000, 'x') + "\"}";
    CHECK(read_telegram_answer({400, flood}).problem == "it answers 400");
}
