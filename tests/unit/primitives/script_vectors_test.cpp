#include <doctest/doctest.h>

#include <optional>

#include "dash/primitives/script.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using dash::Bytes;
using nlohmann::json;

namespace {

bool is_negative(const json& value) {
    return value.is_string() ? value.get<std::string>().rfind('-', 0) == 0 : value.get<std::int64_t>() < 0;
}

/// Only a push by length 1…75 or a one-byte constant begins a coinbase as BIP 34 wants it; the reference also takes the
/// longer push opcodes and pushes that the end of the script cuts off, which no block of the chain has.
bool begins_with_whole_short_push(const Bytes& script) {
    if (script.empty()) return false;
    const std::uint8_t opcode = script[0];
    if (opcode == 0x00 || (opcode >= 0x51 && opcode <= 0x60)) return true;
    return opcode <= 0x4b && script.size() > opcode;
}

std::optional<std::uint32_t> expected_height(const json& entry) {
    const json& value = entry.at("bip0034").at(0);
    if (!begins_with_whole_short_push(tests::bytes_value(entry.at("script")))) return std::nullopt;
    // The reference reads negative numbers wrong; they are no heights anyway.
    if (value.is_null() || is_negative(value) || tests::wide_value(value) > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(tests::uint64_value(value));
}

}  // namespace

TEST_CASE("pushes of heights and data") {
    for (const json& entry : tests::load_vectors("script.json").at("create_push_script")) {
        CAPTURE(entry.dump());
        const json& datums = entry.at("datums");
        Bytes script;
        bool too_long = false;
        bool no_height = false;
        for (std::size_t i = 0; i < datums.size(); ++i) {
            if (entry.at("is_str").at(i).get<bool>()) {
                const Bytes data = tests::bytes_value(datums.at(i));
                if (data.size() > 75) {
                    too_long = true;  // an exception here as in the reference, though there it was a slip
                    CHECK_THROWS_AS((void)dash::push_data(data), dash::DecodeError);
                } else {
                    dash::append(script, dash::push_data(data));
                }
            } else if (is_negative(datums.at(i)) || tests::wide_value(datums.at(i)) > UINT32_MAX) {
                no_height = true;
            } else {
                dash::append(script, dash::push_height(static_cast<std::uint32_t>(tests::uint64_value(datums.at(i)))));
            }
        }
        if (!too_long && !no_height) CHECK(dash::to_hex(script) == entry.at("result").at("ok"));
    }
}

TEST_CASE("heights that scripts begin with") {
    for (const json& entry : tests::load_vectors("script.json").at("parse")) {
        CAPTURE(entry.dump());
        CHECK(dash::pushed_height(tests::bytes_value(entry.at("script"))) == expected_height(entry));
    }
}
