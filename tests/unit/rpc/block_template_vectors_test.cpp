#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "dash/primitives/chain_params.h"
#include "dash/rpc/daemon.h"
#include "tests/support/vectors.h"
#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/rpc/fake_rpc_server.h"

namespace {

using dash::rpc::BlockTemplate;
using nlohmann::json;

/// What the daemon, through our client, makes of a template. The case without height says in its name what getblock
/// tells about the previous block.
BlockTemplate through_daemon(const json& gbt, const std::string& case_name) {
    static const std::regex told(R"(getblock height (\d+))");
    std::smatch found;
    const std::uint32_t previous_height =
        std::regex_search(case_name, found, told) ? static_cast<std::uint32_t>(std::stoul(found[1])) : 0;
    tests::FakeRpcServer server([&](const tests::RpcRequest& request) {
        if (request.method == "getblocktemplate") return tests::rpc_result(request, gbt);
        json header = tests::load_recording("misc/getblockheader.json");
        header["height"] = previous_height;
        return tests::rpc_result(request, header);
    });
    tests::EventLoop loop;
    dash::rpc::Client client(server.settings());
    dash::rpc::Daemon daemon(client, dash::dash_regtest());
    return loop.run(daemon.get_block_template());
}

std::uint64_t bits_value(const json& bits) {
    return tests::uint64_value(bits.at("bits"));
}

void check_transactions(const BlockTemplate& parsed, const json& expected) {
    REQUIRE(parsed.transactions.size() == expected.at("transactions").size());
    for (std::size_t i = 0; i < parsed.transactions.size(); ++i) {
        const auto& transaction = parsed.transactions[i];
        CHECK(transaction.data == tests::bytes_value(expected["transactions"][i]));
        CHECK(transaction.txid == tests::hash_value(expected.at("transaction_hashes")[i]));
        const json& fee = expected.at("transaction_fees")[i];
        CHECK(transaction.fee_duffs.has_value() == !fee.is_null());
        if (!fee.is_null() && transaction.fee_duffs) CHECK(*transaction.fee_duffs == tests::uint64_value(fee));
    }
}

void check_payments(const BlockTemplate& parsed, const json& expected) {
    CHECK(parsed.payment_total_duffs == tests::uint64_value(expected.at("payment_amount")));
    const json& payments = expected.at("packed_payments");
    REQUIRE(parsed.payments.size() == payments.size());
    for (std::size_t i = 0; i < payments.size(); ++i) {
        CHECK(parsed.payments[i].payee == payments[i].at("payee").get<std::string>());
        CHECK(parsed.payments[i].amount_duffs == tests::uint64_value(payments[i].at("amount")));
    }
}

}  // namespace

TEST_CASE("templates are read as the reference reads them") {
    const json vectors = tests::load_vectors("getwork.json");
    REQUIRE(!vectors.at("cases").empty());
    for (const json& example : vectors["cases"]) {
        const auto name = example.at("name").get<std::string>();
        CAPTURE(name);
        const json& result = example.at("result");
        if (!result.contains("ok")) {
            CHECK_THROWS_AS(through_daemon(example.at("gbt"), name), dash::Error);
            continue;
        }
        const BlockTemplate parsed = through_daemon(example.at("gbt"), name);
        const json& expected = result["ok"];
        CHECK(parsed.version == tests::uint64_value(expected.at("version")));
        CHECK(parsed.previous_block == tests::hash_value(expected.at("previous_block")));
        CHECK(parsed.coinbase_value_duffs == tests::uint64_value(expected.at("subsidy")));
        CHECK(parsed.time == tests::uint64_value(expected.at("time")));
        CHECK(parsed.bits == bits_value(expected.at("bits")));
        CHECK(parsed.height == tests::uint64_value(expected.at("height")));
        CHECK(parsed.coinbase_flags == tests::bytes_value(expected.at("coinbaseflags")));
        const json& payload = expected.at("coinbase_payload");
        CHECK(parsed.coinbase_payload == (payload.is_null() ? dash::Bytes() : tests::bytes_value(payload)));
        check_transactions(parsed, expected);
        check_payments(parsed, expected);
    }
}
