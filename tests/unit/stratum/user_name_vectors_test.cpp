#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "dash/primitives/address.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "p2pool/stratum/user_name.h"
#include "share_chain/network.h"
#include "tests/support/vectors.h"

namespace {

using namespace p2pool::stratum;
using nlohmann::json;

/// The reference ran with a node address of this hash on this network.
constexpr const char* kNodePayout = "78563412efcdab9078563412efcdab9078563412";

const dash::ChainParams& chain() {
    return dash::dash_testnet();
}

json target_of(const std::optional<double>& difficulty) {
    return difficulty ? json(dash::target_from_difficulty(*difficulty).to_hex()) : json();
}

json target_in(const json& value) {
    return value.is_null() ? json() : json(tests::uint256_value(value).to_hex());
}

bool is_script_address(const std::string& text) {
    try {
        return dash::parse_address(text, chain()).kind == dash::Address::Kind::kScriptHash;
    } catch (const dash::DecodeError&) {
        return false;
    }
}

/// An address of the vectors, and what it stands for.
constexpr const char* kAddress = "yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEu";
constexpr const char* kPayoutOfAddress = "9ed240c613d8a3d22d05eb0a4b2849d35ce81093";

/// The reference does not see the address in these.
bool is_overlooked(const std::string& text) {
    const std::string address = kAddress;
    return text == " " + address || text == address + " " || text == address + ".w_x";
}

std::string without_blanks(const std::string& text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

// Where this node is better than the reference: script addresses, which the reference pays to a key that nobody has,
// and mistyped ones, which it gives to the operator, are refused; an address with blanks around it, or with both
// separators behind it, is paid. Everything else is read as the reference reads it.
TEST_CASE("user names are read as the reference reads them") {
    const json vectors = tests::load_vectors("user_details.json");
    for (const json& test : vectors["cases"]) {
        const auto text = test["username"].get<std::string>();
        CAPTURE(text);
        const UserName name = parse_user_name(text, chain());
        const json& expected = test["result"];
        CHECK(name.display == without_blanks(expected["user"].get<std::string>()));
        CHECK(target_of(name.fixed_difficulty) == target_in(expected["desired_pseudoshare_target"]));
        CHECK(target_of(name.share_difficulty) == target_in(expected["desired_share_target"]));

        const auto paid = expected["pubkey_hash"].get<std::string>();
        if (is_overlooked(text)) {
            CHECK(name.refusal.empty());
            CHECK(paid == kNodePayout);
            CHECK(dash::to_hex(name.payout.value()) == kPayoutOfAddress);
            continue;
        }
        const bool wrong_address = paid == kNodePayout && dash::looks_like_address(name.address);
        if (is_script_address(name.address) || wrong_address) {
            CHECK_FALSE(name.refusal.empty());
            CHECK_FALSE(name.payout.has_value());
            continue;
        }
        CHECK(name.refusal.empty());
        CHECK((name.payout ? dash::to_hex(*name.payout) : std::string(kNodePayout)) == paid);
    }
}
