#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "dash/primitives/transaction.h"
#include "tests/simnet/recordings.h"
#include "tests/simnet/shape.h"
#include "tests/simnet/simnet.h"

using namespace simnet;
using recorded::OrderedJson;

namespace {

constexpr std::uint8_t kTestQuorum = 100;

std::vector<dash::Transaction> transactions_of(const OrderedJson& block_template) {
    std::vector<dash::Transaction> transactions;
    for (const auto& entry : block_template["transactions"]) {
        transactions.push_back(dash::parse_transaction(dash::from_hex(entry["data"].get<std::string>())));
    }
    return transactions;
}

std::vector<std::uint16_t> types_of(const OrderedJson& block_template) {
    std::vector<std::uint16_t> types;
    for (const dash::Transaction& transaction : transactions_of(block_template))
        types.push_back(transaction.type);
    std::sort(types.begin(), types.end());
    return types;
}

std::uint64_t sum(const OrderedJson& entries, const char* member) {
    std::uint64_t total = 0;
    for (const auto& entry : entries)
        total += entry[member].get<std::uint64_t>();
    return total;
}

bool has_masternode(const OrderedJson& block_template) {
    const auto& payees = block_template["masternode"];
    return std::any_of(payees.begin(), payees.end(), [](const OrderedJson& payee) { return payee["script"] != "6a"; });
}

dash::Bytes payload_of(const OrderedJson& block_template) {
    return dash::from_hex(block_template["coinbase_payload"].get<std::string>());
}

bool carries_lock(const OrderedJson& block_template) {
    const dash::Bytes payload = payload_of(block_template);
    return !payload.empty() && CbTx::decode(payload).chain_lock_signature != BlsSignature{};
}

/// Of one type of quorum; null ones count too unless `real`.
bool has_commitment(const OrderedJson& block_template, std::uint8_t type, bool real) {
    for (const dash::Transaction& transaction : transactions_of(block_template)) {
        if (transaction.type != kQuorumCommitment) continue;
        const QuorumCommitment commitment = QuorumCommitmentTx::decode(transaction.extra_payload).commitment;
        if (commitment.type == type && !(real && commitment.is_null())) return true;
    }
    return false;
}

/// In the window for commitments, but the one of this type was mined in the block before.
bool follows_real_commitment(const OrderedJson& block_template, const Rules& rules) {
    const auto height = block_template["height"].get<std::uint32_t>();
    const bool in_window = height >= rules.dip3 && height % 24 > 10 && height % 24 <= 18;
    return in_window && !has_commitment(block_template, kTestQuorum, false);
}

/// Mempool, locks, quorums and superblocks like those behind the recorded template.
void prepare(Simnet& simnet, const OrderedJson& recorded) {
    const std::vector<std::uint16_t> types = types_of(recorded);
    const auto count = [&](std::uint16_t type) {
        return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
    };
    if (simnet.height() + 1 < recorded["height"]) {
        TrafficRequest locks;
        locks.asset_locks = count(kAssetUnlock);
        simnet.send(locks);
        simnet.with_world([&](World& world) {
            if (locks.asset_locks == 0) world.finish_quorums(kTestQuorum);
        });
        simnet.mine();
    }
    simnet.with_world([&](World& world) {
        if (carries_lock(recorded)) REQUIRE(world.lock(world.chain().tip().hash));
        if (has_commitment(recorded, kTestQuorum, true)) world.finish_quorums(kTestQuorum);
        if (!recorded["superblock"].empty()) {
            world.schedule_superblock({{100'000'000, world.wallet().script()}, {50'000'000, world.wallet().script()}});
        }
    });
    TrafficRequest request;
    request.payments = count(kPlain);
    request.masternodes = count(kProviderRegister);
    request.service_updates = count(kProviderUpdateService);
    request.hard_fork_signals = count(kHardForkSignal);
    request.asset_locks = count(kAssetLock);
    request.asset_unlocks = count(kAssetUnlock);
    simnet.send(request);
}

}  // namespace

TEST_CASE("amounts and payload versions follow the rules that made the recorded templates") {
    for (const std::string& name : recorded::template_names()) {
        CAPTURE(name);
        const OrderedJson given = recorded::load(name);
        const Rules rules = recorded::rules_of(name);
        const auto height = given["height"].get<std::uint32_t>();
        const std::uint64_t reward = rules.block_subsidy(height) + sum(given["transactions"], "fee");

        CHECK(given["coinbasevalue"] == reward + sum(given["superblock"], "amount"));
        CHECK(given["version"] == rules.block_version(height));
        CHECK(given["masternode_payments_started"] == (height > rules.masternode_payments_start));
        CHECK(sum(given["superblock"], "amount") <= rules.superblock_limit(height));
        const std::uint64_t platform = rules.platform_share(height);
        const bool burns = !given["masternode"].empty() && given["masternode"][0]["script"] == "6a";
        CHECK(burns == (platform > 0));
        if (burns) CHECK(given["masternode"][0]["amount"] == platform);
        if (has_masternode(given)) CHECK(sum(given["masternode"], "amount") == rules.masternode_share(height, reward));

        const dash::Bytes payload = payload_of(given);
        REQUIRE(payload.empty() == (rules.cbtx_version(height) == 0));
        if (payload.empty()) continue;
        const CbTx cbtx = CbTx::decode(payload);
        CHECK(cbtx.version == rules.cbtx_version(height));
        CHECK(cbtx.height == height);
        CHECK(cbtx.encode() == payload);
    }
}

TEST_CASE("a simnet with the rules of a recorded chain offers a template of the same form") {
    for (const std::string& name : recorded::template_names()) {
        CAPTURE(name);
        const OrderedJson given = recorded::load(name);
        const std::vector<std::uint16_t> types = types_of(given);
        const bool unlocks = std::count(types.begin(), types.end(), static_cast<std::uint16_t>(kAssetUnlock)) > 0;
        SimnetSettings settings;
        settings.world.rules = recorded::rules_of(name);
        const bool needs_block_before = unlocks || follows_real_commitment(given, settings.world.rules);
        settings.world.blocks = given["height"].get<std::uint32_t>() - (needs_block_before ? 2 : 1);
        settings.world.masternodes = has_masternode(given) || given["height"] == 354 ? 4 : 0;
        Simnet simnet(settings);
        prepare(simnet, given);
        const OrderedJson ours(simnet.call("getblocktemplate", nlohmann::json::array()));

        // nlohmann::json sorts members; the order is looked at over HTTP elsewhere.
        check_same_shape(OrderedJson(nlohmann::json(given)), OrderedJson(nlohmann::json(ours)), name);
        CHECK(ours["height"] == given["height"]);
        CHECK(ours["version"] == given["version"]);
        CHECK(ours["rules"] == given["rules"]);
        CHECK(ours["vbavailable"] == given["vbavailable"]);
        CHECK(ours["target"] == given["target"]);
        CHECK(types_of(ours) == types);
        CHECK(payload_of(ours).size() == payload_of(given).size());
        CHECK(carries_lock(ours) == carries_lock(given));
        CHECK(has_masternode(ours) == has_masternode(given));
        CHECK(ours["superblocks_started"] == given["superblocks_started"]);
        simnet.mine();
        CHECK(simnet.height() == given["height"]);
    }
}

TEST_CASE("the masternode root is Dash Core's") {
    const OrderedJson given = recorded::load("gbt/06_dip3_proregtx_in_mempool_h167.json");
    dash::Block block;
    block.transactions.emplace_back();
    for (const dash::Transaction& transaction : transactions_of(given))
        block.transactions.push_back(transaction);
    MasternodeList list;
    REQUIRE(!list.apply(block, recorded::rules_of("gbt/06"), 167, {}));
    CHECK(list.merkle_root() == CbTx::decode(payload_of(given)).masternode_root);
}

TEST_CASE("every recorded payload of a special transaction is read and written the same") {
    std::map<std::uint16_t, int> seen;
    for (const std::string& name : recorded::template_names()) {
        for (const dash::Transaction& transaction : transactions_of(recorded::load(name))) {
            CAPTURE(name);
            const dash::Bytes& payload = transaction.extra_payload;
            ++seen[transaction.type];
            if (transaction.type == kProviderRegister) CHECK(ProRegTx::decode(payload).encode() == payload);
            if (transaction.type == kProviderUpdateService) CHECK(ProUpServTx::decode(payload).encode() == payload);
            if (transaction.type == kQuorumCommitment) CHECK(QuorumCommitmentTx::decode(payload).encode() == payload);
            if (transaction.type == kHardForkSignal) CHECK(HardForkSignal::decode(payload).encode() == payload);
            if (transaction.type == kAssetLock) CHECK(AssetLockTx::decode(payload).encode() == payload);
            if (transaction.type == kAssetUnlock) CHECK(AssetUnlockTx::decode(payload).encode() == payload);
        }
    }
    CHECK(seen.size() == 7);
}
