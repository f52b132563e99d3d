#include "tests/end_to_end/scenarios.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"

namespace end_to_end {
namespace {

using std::chrono::seconds;

/// Solutions at no difficulty: every hash counts.
std::string user(std::uint8_t number) {
    return miner_address(number) + ".rig+0";
}

dash::Bytes miner_script(std::uint8_t number) {
    return dash::address_script(dash::parse_address(miner_address(number), dash::dash_regtest()));
}

/// Far below the block target of regtest, and below any share target that a few shares can lead to: such a solution is
/// both.
dash::Uint256 winning_target() {
    return dash::target_from_bits(0x2000ffff);
}

bool is_on_main_chain(const Daemon& daemon, const dash::Uint256& hash) {
    try {
        return daemon.rpc()("getblockheader", {hash.to_hex()}).at("confirmations").get<int>() > 0;
    } catch (const std::runtime_error&) {
        return false;
    }
}

bool pays(const dash::Transaction& coinbase, const dash::Bytes& script, std::uint64_t duffs) {
    return std::any_of(coinbase.outputs.begin(), coinbase.outputs.end(),
                       [&](const dash::TxOut& out) { return out.script == script && out.value_duffs == duffs; });
}

/// Every payee of the template has its own output with exactly its amount.
void check_payees(const dash::Transaction& coinbase, const nlohmann::json& block_template) {
    for (const char* list : {"masternode", "superblock"}) {
        for (const auto& payee : block_template.at(list)) {
            INFO("payee ", payee.dump());
            CHECK(pays(coinbase, dash::from_hex(payee.at("script").get<std::string>()),
                       payee.at("amount").get<std::uint64_t>()));
        }
    }
    std::uint64_t paid = 0;
    for (const dash::TxOut& out : coinbase.outputs)
        paid += out.value_duffs;
    CHECK(paid == block_template.at("coinbasevalue").get<std::uint64_t>());
}

/// Takes in jobs until they build on the daemon's tip.
void catch_up(const Daemon& daemon, Miner& miner) {
    const std::string tip = daemon.rpc()("getbestblockhash").get<std::string>();
    while (miner.job().previous_block.to_hex() != tip)
        miner.wait_for_job();
}

}  // namespace

Found mine_block(const Daemon& daemon, Miner& miner) {
    catch_up(daemon, miner);
    Found found = miner.search(winning_target());
    const nlohmann::json answer = miner.submit(found);
    INFO("answer ", answer.dump());
    CHECK(answer.at("result") == true);
    const bool arrived = tests::wait_until([&] { return is_on_main_chain(daemon, found.hash); }, seconds(10));
    CHECK(arrived);
    catch_up(daemon, miner);
    return found;
}

void mine_blocks_with_every_payee(Daemon& daemon, NodeProcess& node, int blocks) {
    Miner first(node.worker_port(), user(1));
    Miner second(node.worker_port(), user(2));
    CHECK(first.extranonce1() != second.extranonce1());
    std::set<std::string> payee_kinds;
    for (int i = 0; i < blocks; ++i) {
        Miner& miner = i % 2 == 0 ? first : second;
        const nlohmann::json block_template = daemon.rpc()("getblocktemplate");
        const Found found = mine_block(daemon, miner);
        check_payees(found.coinbase, block_template);
        CHECK(pays(found.coinbase, found.coinbase.outputs.back().script, 0));
        for (const auto& payee : block_template.at("masternode")) {
            payee_kinds.insert(payee.at("script").get<std::string>().substr(0, 4));
        }
    }
    CHECK(payee_kinds.count("6a") == 1);    // Dash Platform
    CHECK(payee_kinds.count("76a9") == 1);  // a public key hash
    CHECK(payee_kinds.count("a914") == 1);  // a script hash
    // The payout window begins at the grandparent, the first miner's; the finder has his fiftieth.
    const Found last = mine_block(daemon, second);
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        const dash::Bytes script = miner_script(number);
        CHECK(std::any_of(last.coinbase.outputs.begin(), last.coinbase.outputs.end(),
                          [&](const dash::TxOut& out) { return out.script == script && out.value_duffs > 0; }));
    }
}

void mine_blocks_with_transactions(Daemon& daemon, NodeProcess& node,
                                   const std::function<void(int)>& send_transactions) {
    constexpr int kTransactions = 20;
    send_transactions(kTransactions);
    daemon.mine(1);  // a new template without them …
    send_transactions(kTransactions);
    Miner miner(node.worker_port(), user(3));
    // … until the daemon renews it, which it does some seconds after transactions came.
    std::size_t confirmed = 0;
    for (int i = 0; i < 8 && confirmed < kTransactions; ++i) {
        const Found found = mine_block(daemon, miner);
        confirmed += daemon.rpc()("getblock", {found.hash.to_hex(), 1}).at("tx").size() - 1;
    }
    CHECK(confirmed >= kTransactions);
}

void follow_a_foreign_block(Daemon& daemon, NodeProcess& node) {
    Miner first(node.worker_port(), user(4));
    Miner second(node.worker_port(), "rig7");
    const dash::Uint256 before = first.job().previous_block;
    daemon.mine(1);
    const std::string tip = daemon.rpc()("getbestblockhash").get<std::string>();
    for (Miner* miner : {&first, &second}) {
        miner->wait_for_block_after(before, seconds(3));
        CHECK(miner->job().previous_block.to_hex() == tip);
        CHECK(miner->job().clean);
    }
}

}  // namespace end_to_end
