#include "p2pool/options/merged_url.h"

#include <doctest/doctest.h>

#include <string>

#include "p2pool/options/options.h"

using p2pool::options::MergedDaemon;
using p2pool::options::parse_merged_url;
using p2pool::options::UsageError;

TEST_CASE("the address of another chain's daemon is taken apart") {
    const MergedDaemon usual = parse_merged_url("http://ncuser:nc:p@ss@127.0.0.1:10332/");
    CHECK(!usual.tls);
    CHECK(usual.user == "ncuser");
    CHECK(usual.password == "nc:p@ss");
    CHECK(usual.host == "127.0.0.1");
    CHECK(usual.port == 10332);
    CHECK(usual.path == "/");

    const MergedDaemon other = parse_merged_url("https://u:p@[2001:db8::1]:99/wallet/x");
    CHECK(other.tls);
    CHECK(other.host == "2001:db8::1");
    CHECK(other.port == 99);
    CHECK(other.path == "/wallet/x");
    CHECK(parse_merged_url("http://u:p@example.org").port == 80);
    CHECK(parse_merged_url("https://u:p@[::1]").port == 443);
}

TEST_CASE("an address that cannot be used is refused, and the password stays out of the message") {
    for (const char* url : {"http://127.0.0.1:1/", "http://host/a@b", "", "u:secret@host:1", "ftp://u:secret@host:1/",
                            "http://u:secret@:1/", "http://u:secret@host:0/", "http://u:secret@host:70000/",
                            "http://u:secret@host:x/", "http://u:secret@[::1/"}) {
        CAPTURE(url);
        try {
            (void)parse_merged_url(url);
            FAIL("taken");
        } catch (const UsageError& error) {
            CHECK(std::string(error.what()).find("secret") == std::string::npos);
        }
    }
}
