#include <doctest/doctest.h>

#include "dash/rpc/block_template.h"
#include "dash/util/environment.h"
#include "p2pool/work/job_builder.h"
#include "p2pool/work/template_limit.h"
#include "tests/end_to_end/world.h"
#include "tests/support/needs.h"

/// Blocks of cut templates, judged by a real Dash Core: its getblocktemplate checks all of a proposed block but the
/// proof of work.
namespace {

using dash::rpc::BlockTemplate;
using nlohmann::json;
using p2pool::work::kWireOverhead;
using p2pool::work::limit_template;
using p2pool::work::LimitedTemplate;

const tests::Needs needs_dashd(dash::environment("P2POOL_DASHD").has_value(),
                               "P2POOL_DASHD names no dashd; tests/interop/README.md says what it is");

constexpr const char* kWallet = "tests";
constexpr std::size_t kTransactions = 24;

std::string new_address(const end_to_end::Daemon& daemon) {
    return daemon.rpc()("getnewaddress", json::array(), kWallet).get<std::string>();
}

/// Ordinary transactions of many fees, some of which spend from others.
void send_transactions(const end_to_end::Daemon& daemon) {
    for (std::size_t i = 0; i < kTransactions; ++i) {
        daemon.rpc()("settxfee", {"0.000" + std::to_string(1 + i % 7)}, kWallet);
        daemon.rpc()("sendtoaddress", {new_address(daemon), 0.5 + static_cast<double>(i)}, kWallet);
    }
    daemon.rpc()("settxfee", {0}, kWallet);
}

/// A special transaction: a masternode gets another payout address.
void send_special_transaction(end_to_end::Daemon& daemon) {
    const std::string fee_source = new_address(daemon);
    daemon.rpc()("sendtoaddress", {fee_source, 1}, kWallet);
    daemon.mine(1);
    const std::string masternode = daemon.rpc()("protx", {"list", "registered"}).at(0).get<std::string>();
    daemon.rpc()("protx", {"update_registrar", masternode, "", "", new_address(daemon), fee_source}, kWallet);
}

/// The daemon renews a template some seconds after transactions came.
BlockTemplate template_with(const end_to_end::Daemon& daemon, std::size_t transactions) {
    BlockTemplate block;
    const bool came = tests::wait_until(
        [&] {
            block = dash::rpc::parse_block_template(daemon.rpc()("getblocktemplate"));
            return block.transactions.size() >= transactions;
        },
        std::chrono::seconds(20));
    REQUIRE(came);
    return block;
}

bool is_special(const dash::rpc::TemplateTransaction& transaction) {
    return transaction.data.at(2) != 0;
}

struct Sizes {
    std::size_t special = 0;
    std::size_t ordinary = 0;
};

Sizes wire_sizes(const BlockTemplate& block) {
    Sizes sizes;
    for (const auto& transaction : block.transactions)
        (is_special(transaction) ? sizes.special : sizes.ordinary) += transaction.data.size() + kWireOverhead;
    return sizes;
}

/// "null", or why the daemon would refuse a block of this template.
std::string verdict(const end_to_end::Daemon& daemon, const BlockTemplate& block) {
    const share_chain::Network& network = *share_chain::find_network("dash_regtest");
    const share_chain::Tracker tracker(
        network, {.block_relative_height = [](const dash::Uint256&) { return std::int64_t{0}; },
                  .transaction_size = [](const dash::Uint256&) { return std::optional<std::size_t>(); }});
    p2pool::work::JobBuilder builder(tracker, 1);
    p2pool::work::JobRequest request;
    request.work_template = p2pool::work::make_work_template(block, network, 0);
    request.pubkey_hash.fill(1);
    request.desired_share_target = dash::Uint256::max();
    request.now = block.time;
    const p2pool::work::JobPtr job = builder.build(request);
    const dash::Bytes bytes =
        p2pool::work::assemble_block(*job, {.extranonce = 0, .time = job->time, .nonce = 0, .version = job->version});
    return daemon.rpc()("getblocktemplate", {{{"mode", "proposal"}, {"data", dash::to_hex(bytes)}}}).dump();
}

/// Limits that leave nearly all ordinary transactions to nearly none.
void check_cuts(const end_to_end::Daemon& daemon, const BlockTemplate& whole) {
    const Sizes sizes = wire_sizes(whole);
    CHECK(verdict(daemon, whole) == "null");
    for (const double part : {0.97, 0.7, 0.4, 0.05}) {
        const auto left = static_cast<std::size_t>(part * static_cast<double>(sizes.ordinary));
        const LimitedTemplate cut = limit_template(whole, {.wire_bytes = sizes.special + left});
        INFO("limited to ", part, ": ", cut.left_out, " of ", whole.transactions.size(), " transactions left out");
        REQUIRE(cut.fits);
        REQUIRE(cut.left_out > 0);
        CHECK(wire_sizes(cut.block).special == sizes.special);
        CHECK(verdict(daemon, cut.block) == "null");

        BlockTemplate unpaid = cut.block;  // what this test is worth: the daemon does look at the amounts
        unpaid.payments = whole.payments;
        unpaid.payment_total_duffs = whole.payment_total_duffs;
        CHECK(verdict(daemon, unpaid) == "\"bad-cb-payee\"");
    }
}

}  // namespace

TEST_CASE("dashd accepts what is left of its templates, whoever is paid") {
    const tests::TemporaryFolder folder("p2pool-proposal");
    const auto daemon = end_to_end::make_dashd(folder.path());
    send_special_transaction(*daemon);
    send_transactions(*daemon);
    bool script_hash_paid = false;
    bool operator_paid = false;
    constexpr int kMostRounds = 10;  // each pays the next masternode of the queue
    for (int round = 0; round < kMostRounds && !(script_hash_paid && operator_paid); ++round) {
        const BlockTemplate whole = template_with(*daemon, kTransactions + 1);
        check_cuts(*daemon, whole);
        operator_paid |= whole.payments.size() == 3;
        script_hash_paid |= whole.payments.size() == 2 && whole.payments[1].script.front() == 0xa9;
        daemon->rpc()("generateblock", {new_address(*daemon), json::array()}, kWallet);
    }
    CHECK(operator_paid);
    CHECK(script_hash_paid);
    daemon->stop();
}
