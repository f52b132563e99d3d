#include "p2pool/options/dashd_name.h"

#include <doctest/doctest.h>

#include "tests/unit/options/sandbox.h"

using namespace options_tests;
using p2pool::options::DashdAccess;
using p2pool::options::DashdName;
using p2pool::options::parse_dashd;
using p2pool::options::UsageError;

TEST_CASE("a further dashd's name is taken apart") {
    const DashdName plain = parse_dashd("10.0.0.2");
    CHECK(plain.host == "10.0.0.2");
    CHECK_FALSE(plain.rpc_port);
    CHECK_FALSE(plain.p2p_port);
    CHECK_FALSE(plain.tls);

    const DashdName whole = parse_dashd("https://rpc:p@ss,wo:rd@[2001:db8::1]:9998,p2p=9999");
    CHECK(whole.tls);
    CHECK(whole.user == "rpc");
    CHECK(whole.password == "p@ss,wo:rd");
    CHECK(whole.host == "2001:db8::1");
    CHECK(whole.rpc_port == 9998);
    CHECK(whole.p2p_port == 9999);

    const DashdName cookie = parse_dashd("http://node.lan:1/,cookie=/mnt/a@b/.cookie,p2p=2");
    CHECK(cookie.host == "node.lan");
    CHECK(cookie.rpc_port == 1);
    CHECK(cookie.p2p_port == 2);
    CHECK(cookie.cookie == "/mnt/a@b/.cookie");
    CHECK(parse_dashd("h,conf=/etc/dash.conf").conf == "/etc/dash.conf");
}

TEST_CASE("a name that cannot be used is refused, and the password stays out of the message") {
    for (const char* text : {"", ":1", "u:secret@", "u:secret@:1", "u:secret@h:0", "u:secret@h:70000", "u:secret@h:x",
                             "u:@h", "secret@h", "u:secret", "[::1", "[::1]9", "::1", "u:secret@h,p2p=", "h,p2p=x",
                             "u:secret@h,port=5", "h,p2p=1,what", "u:secret@h,cookie=/c", "h,conf=/a,cookie=/b"}) {
        CAPTURE(text);
        try {
            (void)parse_dashd(text);
            FAIL("taken");
        } catch (const UsageError& error) {
            const std::string what = error.what();
            CHECK(what.find("secret") == std::string::npos);
            CHECK(what.rfind("argument --dashd: ", 0) == 0);
        }
    }
}

TEST_CASE("how to log in to further dashds") {
    const Sandbox box;
    const auto access = [](std::vector<std::string> words) {
        words.insert(words.end(), {"alice", "first"});
        return settings_of(words).further_dashds;
    };
    CHECK(access({}).empty());

    SUBCASE("as to the first one") {
        const auto dashds = access({"--dashd", "10.0.0.2", "--dashd=10.0.0.3:5,p2p=6", "--testnet"});
        REQUIRE(dashds.size() == 2);
        CHECK(dashds[0].rpc_port == 19998);
        CHECK(dashds[0].p2p_port == 19999);
        CHECK(dashds[0].login.user == "alice");
        CHECK(dashds[0].login.password == "first");
        CHECK_FALSE(dashds[0].rpc_ssl);
        CHECK(dashds[1].rpc_port == 5);
        CHECK(dashds[1].p2p_port == 6);
    }
    SUBCASE("by a password, by a cookie") {
        const auto dashds = access({"--dashd", "https://bob:second@10.0.0.2", "--dashd", "[::1]:7,cookie=/c"});
        REQUIRE(dashds.size() == 2);
        CHECK(dashds[0].rpc_ssl);
        CHECK(dashds[0].login.user == "bob");
        CHECK(dashds[0].login.password == "second");
        CHECK(dashds[1].login.password.empty());
        CHECK(dashds[1].login.cookie_file == "/c");
    }
    SUBCASE("by its dash.conf, whose ports count too") {
        const auto conf = box.write("b/dash.conf", "rpcuser=carol\nrpcpassword=third\nrpcport=77\nport=78\nrpcssl=1\n");
        const DashdAccess dashd = access({"--dashd", "10.0.0.2,conf=" + conf.string()}).at(0);
        CHECK(dashd.login.user == "carol");
        CHECK(dashd.login.password == "third");
        CHECK(dashd.rpc_port == 77);
        CHECK(dashd.p2p_port == 78);
        CHECK(dashd.rpc_ssl);
        CHECK(access({"--dashd", "10.0.0.2:9,conf=" + conf.string()}).at(0).rpc_port == 9);
        const auto bare = box.write("c/dash.conf", "server=1\n");
        CHECK(access({"--dashd", "10.0.0.2,conf=" + bare.string()}).at(0).login.cookie_file ==
              bare.parent_path() / ".cookie");
    }
}

TEST_CASE("further dashds that make no sense") {
    const Sandbox box;
    CHECK(contains(error_of({"--dashd", "127.0.0.1", "pw"}), "named twice"));
    CHECK(contains(error_of({"--dashd", "a:1", "--dashd", "a:1", "pw"}), "named twice"));
    CHECK(error_of({"--dashd", "127.0.0.1:5", "pw"}) == "no error");
    CHECK(contains(error_of({"--dashd", "a,conf=" + (box.folder() / "none").string(), "pw"}), "cannot read"));
    box.write(".dashcore/.cookie", "__cookie__:x");
    CHECK(contains(error_of({"--dashd", "a"}), "is of no use there"));
    std::vector<std::string> many = {"pw"};
    for (int i = 1; i <= 9; ++i)
        many.insert(many.end(), {"--dashd", "a:" + std::to_string(i)});
    CHECK(contains(error_of(many), "at most 8 times"));
}
