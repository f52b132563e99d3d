#include "dash/primitives/base64.h"

#include <doctest/doctest.h>

#include "tests/support/random.h"

using dash::base64_decode;
using dash::base64_encode;

TEST_CASE("base64 is that of RFC 4648") {
    // Section 10 of the RFC.
    const std::pair<const char*, const char*> pairs[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& pair : pairs) {
        CHECK(base64_encode(dash::as_bytes(pair.first)) == pair.second);
        CHECK(dash::as_text(base64_decode(pair.second).value()) == pair.first);
    }
    CHECK(base64_encode(dash::from_hex("fbff")) == "+/8=");
}

TEST_CASE("base64 of any bytes comes back") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t size = 0; size < 200; ++size) {
        const dash::Bytes bytes = random.bytes(size);
        CHECK(base64_decode(base64_encode(bytes)).value() == bytes);
    }
}

TEST_CASE("what base64 never is, is refused") {
    for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm-v", "Zg==Zg==", "="}) {
        CAPTURE(text);
        CHECK_FALSE(base64_decode(text).has_value());
    }
}
