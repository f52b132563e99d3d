#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "dash/primitives/address.h"
#include "dash/primitives/base58.h"
#include "dash/primitives/script.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/transaction.h"
#include "dash/util/error.h"
#include "share_chain/payouts.h"
#include "tests/support/random.h"

namespace {

using share_chain::Payment;
using share_chain::payment_script;
using share_chain::Payouts;
using share_chain::PayoutWeights;

const dash::ChainParams& chain() {
    return dash::dash_regtest();
}

dash::Bytes payee(std::string_view text) {
    const dash::ByteSpan bytes = dash::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

std::optional<dash::Bytes> script_of(std::string_view text) {
    return payment_script(dash::as_bytes(text), chain());
}

dash::Hash160 random_hash(tests::Random& random) {
    dash::Hash160 hash{};
    const dash::Bytes bytes = random.bytes(hash.size());
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

/// Weights of so many random miners, half of a share of one of them to the donation.
PayoutWeights random_weights(tests::Random& random, std::size_t miners) {
    PayoutWeights weights;
    for (std::size_t i = 0; i < miners; ++i) {
        const dash::Wide weight = dash::to_wide(random.uint256());
        weights.by_script[dash::p2pkh_script(random_hash(random))] += weight;
        weights.total += weight;
    }
    weights.donation = dash::to_wide(random.uint256());
    weights.total += weights.donation;
    return weights;
}

/// The outputs that a finder's coinbase has, without the last, the reference.
std::vector<dash::TxOut> outputs_of(const Payouts& payouts, const dash::Hash160& finder) {
    dash::Writer writer;
    payouts.write_outputs(writer, finder);
    dash::Reader reader(writer.bytes());
    std::vector<dash::TxOut> outputs(reader.varint() - 1);
    for (dash::TxOut& output : outputs) {
        output.value_duffs = reader.u64();
        const dash::ByteSpan script = reader.varstr();
        output.script.assign(script.begin(), script.end());
    }
    reader.expect_end();
    return outputs;
}

std::uint64_t sum_of(const std::vector<dash::TxOut>& outputs) {
    return std::accumulate(outputs.begin(), outputs.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const dash::TxOut& output) { return sum + output.value_duffs; });
}

std::uint64_t value_of(const std::vector<dash::TxOut>& outputs, const dash::Bytes& script) {
    const auto found = std::find_if(outputs.begin(), outputs.end(),
                                    [&script](const dash::TxOut& output) { return output.script == script; });
    return found == outputs.end() ? 0 : found->value_duffs;
}

dash::Bytes donation() {
    const dash::ByteSpan script = share_chain::donation_script();
    return {script.begin(), script.end()};
}

dash::Hash160 donation_hash() {
    return dash::script_address(donation())->hash;
}

}  // namespace

TEST_CASE("the donation goes to the authors' address") {
    CHECK(donation() ==
          dash::address_script(dash::parse_address("XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u", dash::dash_mainnet())));
}

TEST_CASE("what a payee may be") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const dash::Hash160 hash = random_hash(random);
    const dash::Address pubkey{dash::Address::Kind::kPubkeyHash, hash};
    const dash::Address script{dash::Address::Kind::kScriptHash, hash};
    CHECK(script_of(dash::format_address(pubkey, chain())) == dash::p2pkh_script(hash));
    CHECK(script_of(dash::format_address(script, chain())) == dash::p2sh_script(hash));
    CHECK(script_of("!6a") == dash::Bytes{0x6a});
    CHECK(script_of("!6A") == dash::Bytes{0x6a});
    CHECK(script_of("!") == dash::Bytes{});
}

TEST_CASE("payees that are passed over") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const dash::Address address{dash::Address::Kind::kPubkeyHash, random_hash(random)};
    CHECK_FALSE(script_of(""));
    CHECK_FALSE(script_of("script:6a"));
    CHECK_FALSE(script_of("no address"));
    CHECK_FALSE(script_of("1"));
    CHECK_FALSE(script_of(std::string(2000, 'z')));
    CHECK_FALSE(script_of(std::string(1'000'000, '1')));
    CHECK_FALSE(script_of(std::string(1'000'000, '0')));
    CHECK_FALSE(script_of(dash::format_address(address, dash::dash_mainnet())));
    std::string mistyped = dash::format_address(address, chain());
    mistyped.back() = mistyped.back() == 'a' ? 'b' : 'a';
    CHECK_FALSE(script_of(mistyped));
}

TEST_CASE("payees that spoil the share") {
    CHECK_THROWS_AS((void)script_of("!zz"), dash::DecodeError);
    CHECK_THROWS_AS((void)script_of("!6"), dash::DecodeError);
    CHECK_THROWS_AS((void)script_of("! 6a"), dash::DecodeError);
    CHECK_THROWS_AS((void)script_of(std::string(1'000'000, 'z')), dash::DecodeError);

    // A whole address, checksum and all, with more behind it: of another chain too, as the reference looks at that
    // last.
    for (const std::uint8_t version : {chain().p2pkh_version, std::uint8_t{0}, std::uint8_t{200}}) {
        dash::Bytes bytes(21, 7);
        bytes.front() = version;
        dash::Bytes with_checksum = *dash::base58_decode(dash::base58check_encode(bytes));
        with_checksum.push_back(1);
        CHECK_THROWS_AS((void)script_of(dash::base58_encode(with_checksum)), dash::DecodeError);
        with_checksum[24] = static_cast<std::uint8_t>(with_checksum[24] + 1);
        CHECK_FALSE(script_of(dash::base58_encode(with_checksum)));
    }
}

TEST_CASE("payments keep their order and are not sorted with the workers") {
    const std::vector<Payment> payments{
        {payee("!ff"), 5}, {payee("!"), 7}, {payee("nobody"), 11}, {{}, 13}, {payee("!00"), 0}};
    const Payouts payouts({}, 1000, payments, chain());
    const std::vector<dash::TxOut> outputs = outputs_of(payouts, dash::Hash160{1});
    REQUIRE(outputs.size() == 4);
    CHECK(outputs[0] == dash::TxOut{19, dash::p2pkh_script(dash::Hash160{1})});  // (1000 − 12) / 50
    CHECK(outputs[1] == dash::TxOut{5, {0xff}});
    CHECK(outputs[2] == dash::TxOut{7, {}});
    CHECK(outputs[3] == dash::TxOut{1000 - 12 - 19, donation()});
}

TEST_CASE("payments may take everything, but not more") {
    const std::vector<Payment> all{{payee("!6a"), 60}, {payee("!6a"), 40}};
    const std::vector<dash::TxOut> outputs = outputs_of(Payouts({}, 100, all, chain()), dash::Hash160{1});
    REQUIRE(outputs.size() == 3);
    CHECK(outputs.back() == dash::TxOut{0, donation()});
    CHECK_THROWS_AS(Payouts({}, 99, all, chain()), dash::DecodeError);
    const std::vector<Payment> wrapping{{payee("!6a"), UINT64_MAX}, {payee("!6a"), UINT64_MAX}};
    CHECK_THROWS_AS(Payouts({}, 100, wrapping, chain()), dash::DecodeError);
    CHECK_THROWS_AS(Payouts({}, 100, std::vector<Payment>{{payee("!zz"), 0}}, chain()), dash::DecodeError);
}

TEST_CASE("every duff is paid out once") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 200; ++round) {
        const PayoutWeights weights = random_weights(random, random.below(30));
        const std::uint64_t subsidy = random.of_any_size(63);
        const std::vector<Payment> payments{{payee("!6a"), subsidy / 3}};
        const Payouts payouts(weights, subsidy, payments, chain());

        dash::Hash160 finder = random_hash(random);
        if (!weights.by_script.empty() && random.below(2) == 0) {
            finder = dash::script_address(weights.by_script.begin()->first)->hash;
        }
        const std::vector<dash::TxOut> outputs = outputs_of(payouts, finder);
        CHECK(sum_of(outputs) == subsidy);
        CHECK(outputs.back().script == donation());
        const auto workers_end = outputs.end() - (subsidy / 3 == 0 ? 1 : 2);
        CHECK(std::is_sorted(outputs.begin(), workers_end, [](const dash::TxOut& a, const dash::TxOut& b) {
            return std::lexicographical_compare(a.script.begin(), a.script.end(), b.script.begin(), b.script.end());
        }));
        CHECK(std::none_of(outputs.begin(), workers_end,
                           [](const dash::TxOut& output) { return output.value_duffs == 0; }));

        const std::uint64_t left = subsidy - subsidy / 3;
        for (const auto& [script, weight] : weights.by_script) {
            const dash::Wide by_weight = dash::Wide(left) * 49 * weight / (weights.total * 50);
            const std::uint64_t bonus = script == dash::p2pkh_script(finder) ? left / 50 : 0;
            CHECK(value_of(outputs, script) == static_cast<std::uint64_t>(by_weight) + bonus);
        }
    }
}

TEST_CASE("the authors as finder or as miner get one output") {
    PayoutWeights weights;
    weights.by_script[donation()] = 10;
    weights.by_script[dash::p2pkh_script(dash::Hash160{1})] = 10;
    weights.total = 20;
    const Payouts payouts(weights, 100, {}, chain());
    const std::vector<dash::TxOut> outputs = outputs_of(payouts, donation_hash());
    REQUIRE(outputs.size() == 2);
    CHECK(outputs[0] == dash::TxOut{49, dash::p2pkh_script(dash::Hash160{1})});
    CHECK(outputs[1] == dash::TxOut{51, donation()});
}
