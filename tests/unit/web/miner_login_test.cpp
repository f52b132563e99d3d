#include "web/access/miner_login.h"

#include <doctest/doctest.h>

#include "dash/util/error.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/web/message_key.h"

using web::LoginRefused;
using web_tests::MessageKey;

namespace {

struct Node {
    tests::ManualClock clock;
    web::MinerLogin login{dash::dash_regtest(), clock};

    [[nodiscard]] bool lets_in(const std::string& address, const std::string& message, const std::string& signature) {
        try {
            return login.find(login.sign_in(address, message, signature).token).has_value();
        } catch (const LoginRefused&) {
            return false;
        }
    }
};

}  // namespace

TEST_CASE("who signs the node's text with the address's key gets in, once") {
    Node node;
    const MessageKey key(7);
    const auto challenge = node.login.challenge(key.address(), "pool.example:7903");
    CHECK(challenge.message.find(key.address() + " at pool.example:7903 ") != std::string::npos);
    const auto session = node.login.sign_in(key.address(), challenge.message, key.sign(challenge.message));
    CHECK(node.login.find(session.token) == key.hash());
    CHECK_FALSE(node.lets_in(key.address(), challenge.message, key.sign(challenge.message)));
    CHECK(challenge.message != node.login.challenge(key.address(), "pool.example:7903").message);
    node.login.sign_out(session.token);
    CHECK_FALSE(node.login.find(session.token).has_value());
    CHECK_FALSE(node.login.find("").has_value());
    CHECK_FALSE(node.login.find(std::string(64, '0')).has_value());
}

TEST_CASE("nobody gets in with another's key, text or node") {
    Node node;
    const MessageKey key(7);
    const MessageKey other(8);
    const auto challenge = node.login.challenge(key.address(), "node");
    CHECK_FALSE(node.lets_in(key.address(), challenge.message, other.sign(challenge.message)));
    CHECK_FALSE(node.lets_in(other.address(), challenge.message, other.sign(challenge.message)));
    CHECK_FALSE(node.lets_in(key.address(), "let me in", key.sign("let me in")));
    CHECK_FALSE(node.lets_in(key.address(), "", key.sign("")));
    std::string longer = challenge.message;
    const std::size_t until = longer.find(" until ") + 7;
    longer.replace(until, 10, "9999999999");
    CHECK_FALSE(node.lets_in(key.address(), longer, key.sign(longer)));
    Node elsewhere;
    CHECK_FALSE(elsewhere.lets_in(key.address(), challenge.message, key.sign(challenge.message)));
    // None of this used it up.
    CHECK(node.lets_in(key.address(), challenge.message, key.sign(challenge.message)));
}

TEST_CASE("texts and tokens end") {
    Node node;
    const MessageKey key(7);
    const auto late = node.login.challenge(key.address(), "node");
    node.clock.advance(601);
    CHECK_FALSE(node.lets_in(key.address(), late.message, key.sign(late.message)));
    const auto challenge = node.login.challenge(key.address(), "node");
    node.clock.advance(590);
    const auto session = node.login.sign_in(key.address(), challenge.message, key.sign(challenge.message));
    node.clock.advance(12 * 3600 - 1);
    CHECK(node.login.find(session.token) == key.hash());
    node.clock.advance(2);
    CHECK_FALSE(node.login.find(session.token).has_value());
}

TEST_CASE("only an address with a key gets a text, and a host cannot write into it") {
    const Node node;
    for (const char* address :
         {"", "nobody", "XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u", "8ggTaLsJZC3LK9CUQ4uLEzXcb7CZHhLj2G"}) {
        CAPTURE(address);
        CHECK_THROWS_AS((void)node.login.challenge(address, "node"), LoginRefused);
    }
    const auto challenge = node.login.challenge(MessageKey(7).address(), "x until 9999999999");
    CHECK(challenge.message.find("9999999999") == std::string::npos);
}
