#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/primitives/transaction.h"
#include "dash/rpc/client.h"
#include "dash/rpc/daemon.h"
#include "tests/support/vectors.h"
#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/rpc/fake_rpc_server.h"

namespace {

using dash::rpc::BlockTemplate;
using dash::rpc::RpcError;
using nlohmann::json;

/// What the client makes of an answer as it was on the wire.
RpcError replayed_error(int status, json response) {
    tests::FakeRpcServer server([&](const tests::RpcRequest& request) {
        tests::RpcReply reply;
        reply.status = status;
        response["id"] = request.id;
        reply.body = response.dump();
        return reply;
    });
    tests::EventLoop loop;
    dash::rpc::Client client(server.settings());
    try {
        loop.run(client.call("whatever", json::array()));
    } catch (const RpcError& error) {
        return error;
    }
    FAIL("the call succeeded");
    return RpcError(RpcError::Kind::kBadAnswer, "");
}

std::vector<std::filesystem::path> recordings(const std::string& folder, const std::string& prefix) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(tests::recording_dir() / folder)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind(prefix, 0) == 0 && entry.path().extension() == ".json") found.push_back(entry.path());
    }
    return found;
}

json load(const std::filesystem::path& path) {
    return json::parse(tests::read_text(path));
}

void check_payment(const dash::rpc::TemplatePayment& payment, const json& entry) {
    CHECK(payment.amount_duffs == entry.at("amount").get<std::uint64_t>());
    CHECK(payment.script == dash::from_hex(entry.at("script").get<std::string>()));
    const auto payee = entry.at("payee").get<std::string>();
    CHECK(payment.payee == (payee.empty() ? std::string("!").append(entry.at("script").get<std::string>()) : payee));
}

void check_template(const json& recorded) {
    const BlockTemplate parsed = dash::rpc::parse_block_template(recorded);
    CHECK(parsed.previous_block.to_hex() == recorded.at("previousblockhash"));
    CHECK(parsed.target.to_hex() == recorded.at("target"));
    CHECK(parsed.height == recorded.at("height"));
    CHECK(parsed.time == recorded.at("curtime"));
    CHECK(parsed.min_time == recorded.at("mintime"));
    CHECK(parsed.version == recorded.at("version"));
    CHECK(parsed.coinbase_value_duffs == recorded.at("coinbasevalue"));
    CHECK(dash::to_hex(parsed.coinbase_payload) == recorded.at("coinbase_payload"));

    json entries = recorded.at("masternode");
    for (const json& entry : recorded.at("superblock"))
        entries.push_back(entry);
    REQUIRE(parsed.payments.size() == entries.size());
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        check_payment(parsed.payments[i], entries[i]);
        total += parsed.payments[i].amount_duffs;
    }
    CHECK(parsed.payment_total_duffs == total);

    const json& transactions = recorded.at("transactions");
    REQUIRE(parsed.transactions.size() == transactions.size());
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        CHECK(parsed.transactions[i].txid.to_hex() == transactions[i].at("hash"));
        CHECK(parsed.transactions[i].fee_duffs == transactions[i].at("fee").get<std::uint64_t>());
        CHECK(json(parsed.transactions[i].depends) == transactions[i].at("depends"));
        CHECK(dash::parse_transaction(parsed.transactions[i].data).txid() == parsed.transactions[i].txid);
    }
}

}  // namespace

TEST_CASE("every recorded template is read whole") {
    std::size_t count = 0;
    for (const auto& path : recordings("gbt", "")) {
        if (path.filename() == "_stages_index.json") continue;
        CAPTURE(path.filename().string());
        check_template(load(path));
        ++count;
    }
    CHECK(count == 35);
}

TEST_CASE("recorded errors keep their code and words") {
    std::size_t count = 0;
    for (const auto& path : recordings("misc", "")) {
        const json recorded = load(path);
        if (!recorded.is_object() || !recorded.contains("http_status") || recorded["http_status"] == 200) continue;
        CAPTURE(path.filename().string());
        const json& error = recorded.at("response").at("error");
        const RpcError replayed = replayed_error(recorded["http_status"], recorded["response"]);
        CHECK(replayed.kind() == RpcError::Kind::kDaemon);
        CHECK(replayed.code() == error.at("code"));
        CHECK(replayed.daemon_message() == error.at("message"));
        CHECK(replayed.http_status() == recorded["http_status"]);
        ++count;
    }
    CHECK(count > 5);
}

TEST_CASE("all that a starting dashd says is a warm-up") {
    std::size_t count = 0;
    const json startup = tests::load_recording("misc/rpc_during_startup.json");
    for (const auto& entry : startup.items()) {
        const std::string& name = entry.key();
        const json& recorded = entry.value();
        if (!recorded.is_object() || !recorded.contains("http_status") || recorded["http_status"] == 200) continue;
        CAPTURE(name);
        CHECK(replayed_error(recorded["http_status"], recorded["response"]).code() == dash::rpc::code::kWarmup);
        ++count;
    }
    CHECK(count > 3);
}

TEST_CASE("dashd's HTTP answers are judged by what they hold") {
    const json exchanges = tests::load_recording("misc/http_layer.json");
    for (const auto& entry : exchanges.items()) {
        const std::string& name = entry.key();
        const json& recorded = entry.value();
        CAPTURE(name);
        tests::FakeRpcServer server([&recorded](const tests::RpcRequest& request) {
            tests::RpcReply reply;
            reply.status = recorded.at("status");
            reply.body = recorded.at("body");
            json body = json::parse(reply.body, nullptr, false);
            if (body.is_object() && !body["id"].is_null()) {
                body["id"] = request.id;
                reply.body = body.dump();
            }
            return reply;
        });
        tests::EventLoop loop;
        dash::rpc::Client client(server.settings());
        const json body = json::parse(recorded.at("body").get<std::string>(), nullptr, false);
        const bool answered = body.is_object() && body.at("error").is_null() && !body.at("id").is_null();
        try {
            const json result = loop.run(client.call("whatever", json::array()));
            REQUIRE(answered);
            CHECK(result == body.at("result"));
        } catch (const RpcError& error) {
            CHECK(!answered);
            if (recorded.at("status") == 401) CHECK(error.kind() == RpcError::Kind::kUnauthorized);
            if (body.is_object() && !body.at("error").is_null()) CHECK(error.code() == body.at("error").at("code"));
        }
    }
}
