#include "dash/primitives/signed_message.h"

#include <doctest/doctest.h>

#include "dash/primitives/address.h"
#include "dash/primitives/base64.h"
#include "tests/support/vectors.h"

namespace {

const nlohmann::json& signed_messages() {
    return tests::load_recording("messages/signed.json")["signed"];
}

}  // namespace

TEST_CASE("messages that Dash Core signed name their signers") {
    REQUIRE(signed_messages().size() > 5);
    for (const nlohmann::json& item : signed_messages()) {
        const auto message = item["message"].get<std::string>();
        const auto signature = item["signature"].get<std::string>();
        const auto address = item["address"].get<std::string>();
        CAPTURE(message);
        const auto signer = dash::message_signer(message, signature);
        REQUIRE(signer.has_value());
        CHECK(dash::format_address({dash::Address::Kind::kPubkeyHash, *signer}, dash::dash_regtest()) == address);
        CHECK(dash::message_signer(message + " ", signature) != signer);
    }
}

TEST_CASE("what is no signature names nobody") {
    const auto good = dash::base64_decode(signed_messages()[0]["signature"].get<std::string>()).value();
    const auto signer = [](const dash::Bytes& bytes) { return dash::message_signer("x", dash::base64_encode(bytes)); };
    CHECK(signer(good).has_value());
    CHECK_FALSE(signer({}).has_value());
    CHECK_FALSE(signer(dash::Bytes(good.begin(), good.end() - 1)).has_value());
    CHECK_FALSE(dash::message_signer("x", "no base64").has_value());
    for (const int header : {0, 26, 35, 255}) {
        dash::Bytes bytes = good;
        bytes[0] = static_cast<std::uint8_t>(header);
        CHECK_FALSE(signer(bytes).has_value());
    }
    dash::Bytes zero(65, 0);
    zero[0] = 31;
    CHECK_FALSE(signer(zero).has_value());
    dash::Bytes too_large(65, 0xff);
    too_large[0] = 31;
    CHECK_FALSE(signer(too_large).has_value());
}
