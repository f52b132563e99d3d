#include "tests/simnet/quorums.h"

#include <algorithm>
#include <array>

#include "dash/primitives/merkle.h"
#include "dash/util/error.h"
#include "tests/simnet/masternodes.h"

namespace simnet {
namespace {

constexpr std::uint32_t kCycle = 24;
constexpr std::uint8_t kNeedsTestdummy = 102;
constexpr std::size_t kActiveQuorums = 2;
constexpr std::array<QuorumType, 4> kTypes{{
    {100, 3, false, 10, 18},
    {kNeedsTestdummy, 3, false, 10, 18},
    {103, 4, true, 12, 20},
    {106, 3, false, 10, 18},
}};

const QuorumType* find_type(std::uint8_t id) {
    const auto* found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const QuorumType& type) { return type.id == id; });
    return found == kTypes.end() ? nullptr : found;
}

bool is_mining_phase(const QuorumType& type, const Rules& rules, std::uint32_t height) {
    if (height < rules.dip3 || (type.id == kNeedsTestdummy && height < rules.testdummy_active)) return false;
    const std::uint32_t phase = height % kCycle;
    return phase >= type.window_first && phase <= type.window_last;
}

QuorumCommitment null_commitment(const QuorumType& type, std::uint16_t index, const dash::Uint256& quorum_hash) {
    QuorumCommitment commitment;
    commitment.version = type.rotates ? 4 : 3;
    commitment.type = type.id;
    commitment.quorum_hash = quorum_hash;
    commitment.index = index;
    commitment.signers.resize(type.size);
    commitment.valid_members.resize(type.size);
    return commitment;
}

Reject check_form(const QuorumCommitmentTx& payload, std::uint32_t height) {
    const QuorumType* type = find_type(payload.commitment.type);
    if (type == nullptr) return "bad-qc-commitment-type";
    if (payload.version != 1) return "bad-qc-version";
    if (payload.height != height) return "bad-qc-height";
    const bool sizes_fit =
        payload.commitment.signers.size() == type->size && payload.commitment.valid_members.size() == type->size;
    if (!sizes_fit) return payload.commitment.is_null() ? "bad-qc-invalid-null" : "bad-qc-invalid";
    return std::nullopt;
}

/// Decodes the commitments of a block; throws DecodeError.
Reject read_commitments(const dash::Block& block, std::uint32_t height, std::vector<QuorumCommitment>& found) {
    for (const dash::Transaction& transaction : block.transactions) {
        if (!transaction.has_payload() || transaction.type != kQuorumCommitment) continue;
        const QuorumCommitmentTx payload = QuorumCommitmentTx::decode(transaction.extra_payload);
        if (const Reject problem = check_form(payload, height)) return problem;
        found.push_back(payload.commitment);
    }
    return std::nullopt;
}

std::size_t count_type(const std::vector<QuorumCommitment>& commitments, std::uint8_t type) {
    return static_cast<std::size_t>(std::count_if(commitments.begin(), commitments.end(),
                                                  [&](const QuorumCommitment& one) { return one.type == type; }));
}

Reject check_counts(const std::vector<QuorumCommitment>& found, const std::vector<QuorumCommitment>& needed) {
    for (const QuorumType& type : kTypes) {
        const std::size_t have = count_type(found, type.id);
        const std::size_t need = count_type(needed, type.id);
        if (!type.rotates && have > 1) return "bad-qc-dup";
        if (need < have) return "bad-qc-not-allowed";
        if (need > have) return "bad-qc-missing";
    }
    return std::nullopt;
}

bool names_same_quorum(const QuorumCommitment& a, const QuorumCommitment& b) {
    return a.type == b.type && a.quorum_hash == b.quorum_hash && a.index == b.index && a.version == b.version;
}

bool contains_same_quorum(const std::vector<QuorumCommitment>& commitments, const QuorumCommitment& wanted) {
    return std::any_of(commitments.begin(), commitments.end(),
                       [&](const QuorumCommitment& one) { return names_same_quorum(one, wanted); });
}

}  // namespace

std::vector<QuorumCommitment> QuorumSet::required(const Rules& rules, std::uint32_t height,
                                                  const HashAtHeight& hash_at) const {
    std::vector<QuorumCommitment> result;
    for (const QuorumType& type : kTypes) {
        if (!is_mining_phase(type, rules, height)) continue;
        const std::size_t quorums = type.rotates ? kActiveQuorums : 1;
        for (std::uint16_t index = 0; index < quorums; ++index) {
            const dash::Uint256 quorum_hash = hash_at(height - height % kCycle + index);
            if (!is_mined(type.id, quorum_hash)) result.push_back(null_commitment(type, index, quorum_hash));
        }
    }
    return result;
}

Reject QuorumSet::apply(const dash::Block& block, const Rules& rules, std::uint32_t height, const HashAtHeight& hash_at,
                        const std::vector<QuorumCommitment>& known_results) {
    std::vector<QuorumCommitment> found;
    try {
        if (const Reject problem = read_commitments(block, height, found)) return problem;
    } catch (const dash::DecodeError&) {
        return "bad-qc-payload";
    }
    const std::vector<QuorumCommitment> needed = required(rules, height, hash_at);
    if (const Reject problem = check_counts(found, needed)) return problem;
    for (const QuorumCommitment& commitment : found) {
        if (!contains_same_quorum(needed, commitment)) return "bad-qc-block";
        if (commitment.is_null()) continue;
        if (std::find(known_results.begin(), known_results.end(), commitment) == known_results.end())
            return "bad-qc-invalid";
        add(*find_type(commitment.type), commitment);
    }
    return std::nullopt;
}

dash::Uint256 QuorumSet::merkle_root() const {
    std::vector<dash::Uint256> hashes;
    for (const QuorumCommitment& commitment : mined_)
        hashes.push_back(commitment.hash());
    std::sort(hashes.begin(), hashes.end(), wire_less);
    return dash::merkle_root(hashes);
}

bool QuorumSet::is_mined(std::uint8_t type, const dash::Uint256& quorum_hash) const {
    return std::any_of(mined_.begin(), mined_.end(),
                       [&](const QuorumCommitment& one) { return one.type == type && one.quorum_hash == quorum_hash; });
}

void QuorumSet::add(const QuorumType& type, const QuorumCommitment& commitment) {
    if (type.rotates) {
        std::erase_if(
            mined_, [&](const QuorumCommitment& one) { return one.type == type.id && one.index == commitment.index; });
    } else if (count_type(mined_, type.id) >= kActiveQuorums) {
        mined_.erase(std::find_if(mined_.begin(), mined_.end(),
                                  [&](const QuorumCommitment& one) { return one.type == type.id; }));
    }
    mined_.push_back(commitment);
}

dash::Transaction commitment_transaction(const QuorumCommitment& commitment, std::uint32_t height) {
    QuorumCommitmentTx payload;
    payload.height = height;
    payload.commitment = commitment;
    dash::Transaction transaction;
    transaction.version = 3;
    transaction.type = kQuorumCommitment;
    transaction.extra_payload = payload.encode();
    return transaction;
}

}  // namespace simnet
