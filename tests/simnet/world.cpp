#include "tests/simnet/world.h"

#include <algorithm>

#include "dash/primitives/script.h"
#include "dash/primitives/serialize.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

constexpr std::uint32_t kBlockSeconds = 150;
constexpr std::uint32_t kBlocksBeforeMasternodes = 8;
constexpr std::uint32_t kBlocksForCollaterals = 20;  // mature ones

Rules with_easy_start(Rules rules, std::uint32_t blocks) {
    rules.easy_until = std::max(rules.easy_until, blocks);
    return rules;
}

}  // namespace

World::World(const WorldSettings& settings, const dash::Clock& clock)
    : chain_(with_easy_start(settings.rules, settings.blocks), clock),
      mempool_(chain_),
      wallet_(chain_, mempool_, settings.seed),
      templates_(chain_, mempool_) {
    premine(settings);
}

void World::premine(const WorldSettings& settings) {
    const std::uint32_t first_time = settings.time.value_or(chain_.now()) - settings.blocks * kBlockSeconds;
    const std::uint32_t first_registration =
        std::max(chain_.rules().dip3 + kBlocksBeforeMasternodes, kCoinbaseMaturity + kBlocksForCollaterals);
    std::uint32_t to_register = settings.masternodes;
    bool updated = false;
    for (std::uint32_t height = 1; height <= settings.blocks; ++height) {
        if (height >= first_registration) {
            TrafficRequest request;
            if (to_register > 0) {
                --to_register;
                request.masternodes = 1;
            } else if (!updated) {
                // Only a service update tells where the operators' part goes.
                updated = true;
                request.service_updates = settings.masternodes;
            }
            wallet_.send(request);
        }
        premine_block(first_time + height * kBlockSeconds);
    }
}

void World::premine_block(std::uint32_t timestamp) {
    auto block = std::make_shared<dash::Block>(next_block(wallet_.script()));
    block->header.timestamp = timestamp;
    const std::atomic<bool> never_stop = false;
    static_cast<void>(grind(block->header, never_stop));
    if (const Reject problem = chain_.submit(block)) {
        throw dash::Error("the simnet refuses its own block at height " + std::to_string(chain_.tip().height + 1) +
                          ": " + *problem);
    }
}

dash::Bytes World::next_extra() {
    return dash::push_data(dash::Writer().u64(++blocks_made_).bytes());
}

dash::Block World::next_block(const dash::Bytes& payout_script) {
    return assemble(make_template(chain_, chain_.tip(), &mempool_), payout_script, next_extra());
}

dash::Block World::block_above(const BlockEntry& parent, const dash::Bytes& payout_script) {
    return assemble(make_template(chain_, parent, nullptr), payout_script, next_extra());
}

std::uint32_t World::schedule_superblock(std::vector<dash::TxOut> payments) {
    const Rules& rules = chain_.rules();
    std::map<std::uint32_t, std::vector<dash::TxOut>>& superblocks = chain_.network().superblocks;
    std::uint32_t height = std::max(chain_.tip().height + 1, rules.superblock_start);
    while (!rules.is_superblock_height(height) || superblocks.count(height) != 0)
        ++height;
    std::uint64_t total = 0;
    for (const dash::TxOut& payment : payments)
        total += payment.value_duffs;
    if (total > rules.superblock_limit(height)) {
        throw dash::Error("a superblock at height " + std::to_string(height) + " may pay " +
                          std::to_string(rules.superblock_limit(height)) + " duffs at most");
    }
    superblocks.emplace(height, std::move(payments));
    templates_.forget();
    return height;
}

void World::finish_quorums(std::uint8_t type) {
    const EvoContext context = chain_.evo_context(chain_.tip());
    const auto state = chain_.evo_state(chain_.tip());
    std::vector<QuorumCommitment> due = state->quorums.required(context.rules, context.height, context.hash_at);
    std::erase_if(due, [&](const QuorumCommitment& commitment) { return commitment.type != type; });
    if (due.empty()) {
        throw dash::Error("the next block needs no commitment of quorums of type " + std::to_string(type) +
                          "; one that does has a height whose rest modulo 24 is 10 to 18 (12 to 20 for type 103)");
    }
    for (QuorumCommitment commitment : due) {
        commitment.signers.assign(commitment.signers.size(), true);
        commitment.valid_members.assign(commitment.valid_members.size(), true);
        commitment.public_key = wallet_.random_public_key();
        commitment.verification_hash = wallet_.random_hash();
        commitment.quorum_signature = wallet_.random_signature();
        commitment.members_signature = wallet_.random_signature();
        chain_.network().quorum_results.push_back(std::move(commitment));
    }
    templates_.forget();
}

bool World::lock(const dash::Uint256& hash) {
    if (!chain_.lock(hash, wallet_.random_signature())) return false;
    templates_.forget();
    return true;
}

}  // namespace simnet
