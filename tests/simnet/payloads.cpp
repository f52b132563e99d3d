#include "tests/simnet/payloads.h"

#include <algorithm>

#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

using dash::Bytes;
using dash::ByteSpan;
using dash::DecodeError;
using dash::Reader;
using dash::Writer;

constexpr std::uint16_t kIndexedCommitment = 4;
constexpr std::size_t kLargestQuorum = 400;

template <std::size_t N>
void read_array(Reader& reader, std::array<std::uint8_t, N>& to) {
    const ByteSpan bytes = reader.fixed(N);
    std::copy(bytes.begin(), bytes.end(), to.begin());
}

Bytes read_bytes(Reader& reader) {
    const ByteSpan bytes = reader.varstr();
    return {bytes.begin(), bytes.end()};
}

void write_outpoint(Writer& writer, const dash::OutPoint& outpoint) {
    writer.uint256(outpoint.hash).u32(outpoint.index);
}

void write_platform(Writer& writer, const PlatformNode& node) {
    writer.raw(node.id).u16(node.p2p_port).u16(node.http_port);
}

PlatformNode read_platform(Reader& reader) {
    PlatformNode node;
    read_array(reader, node.id);
    node.p2p_port = reader.u16();
    node.http_port = reader.u16();
    return node;
}

bool read_evo(Reader& reader) {
    const std::uint16_t type = reader.u16();
    if (type > 1) throw DecodeError("unknown masternode type");
    return type == 1;
}

void require_version_2(std::uint16_t version) {
    if (version != 2) throw DecodeError("provider transactions of this chain have version 2");
}

/// Number of bits, then eight to a byte, lowest first.
void write_bits(Writer& writer, const std::vector<bool>& bits) {
    writer.varint(bits.size());
    Bytes packed((bits.size() + 7) / 8);
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (bits[i]) packed[i / 8] = static_cast<std::uint8_t>(packed[i / 8] | 1U << (i % 8));
    }
    writer.raw(packed);
}

std::vector<bool> read_bits(Reader& reader) {
    const std::size_t size = reader.count(0, kLargestQuorum);
    const ByteSpan packed = reader.fixed((size + 7) / 8);
    std::vector<bool> bits(size);
    for (std::size_t i = 0; i < size; ++i)
        bits[i] = (packed[i / 8] >> (i % 8) & 1) != 0;
    for (std::size_t i = size; i < 8 * packed.size(); ++i) {
        if ((packed[i / 8] >> (i % 8) & 1) != 0) throw DecodeError("a bit set outside the quorum");
    }
    return bits;
}

void write_commitment(Writer& writer, const QuorumCommitment& commitment) {
    writer.u16(commitment.version).u8(commitment.type).uint256(commitment.quorum_hash);
    if (commitment.version == kIndexedCommitment) writer.u16(commitment.index);
    write_bits(writer, commitment.signers);
    write_bits(writer, commitment.valid_members);
    writer.raw(commitment.public_key).uint256(commitment.verification_hash);
    writer.raw(commitment.quorum_signature).raw(commitment.members_signature);
}

QuorumCommitment read_commitment(Reader& reader) {
    QuorumCommitment commitment;
    commitment.version = reader.u16();
    commitment.type = reader.u8();
    commitment.quorum_hash = reader.uint256();
    if (commitment.version == kIndexedCommitment) commitment.index = reader.u16();
    commitment.signers = read_bits(reader);
    commitment.valid_members = read_bits(reader);
    read_array(reader, commitment.public_key);
    commitment.verification_hash = reader.uint256();
    read_array(reader, commitment.quorum_signature);
    read_array(reader, commitment.members_signature);
    return commitment;
}

template <std::size_t N>
bool all_zero(const std::array<std::uint8_t, N>& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool none_set(const std::vector<bool>& bits) {
    return std::find(bits.begin(), bits.end(), true) == bits.end();
}

}  // namespace

Bytes CbTx::encode() const {
    Writer writer;
    writer.u16(version).u32(height).uint256(masternode_root);
    if (version >= 2) writer.uint256(quorum_root);
    if (version >= 3) writer.varint(chain_lock_height_diff).raw(chain_lock_signature).u64(credit_pool_duffs);
    return std::move(writer).take();
}

CbTx CbTx::decode(ByteSpan payload) {
    Reader reader(payload);
    CbTx result;
    result.version = reader.u16();
    result.height = reader.u32();
    result.masternode_root = reader.uint256();
    if (result.version >= 2) result.quorum_root = reader.uint256();
    if (result.version >= 3) {
        result.chain_lock_height_diff = reader.varint();
        read_array(reader, result.chain_lock_signature);
        result.credit_pool_duffs = reader.u64();
    }
    reader.expect_end();
    return result;
}

Bytes ProRegTx::encode() const {
    Writer writer;
    writer.u16(version).u16(evo ? 1 : 0).u16(0);
    write_outpoint(writer, collateral);
    writer.raw(service).raw(owner_key).raw(operator_key).raw(voting_key).u16(operator_reward);
    writer.varstr(payout_script).uint256(inputs_hash);
    if (evo) write_platform(writer, platform);
    writer.varstr(signature);
    return std::move(writer).take();
}

ProRegTx ProRegTx::decode(ByteSpan payload) {
    Reader reader(payload);
    ProRegTx result;
    result.version = reader.u16();
    require_version_2(result.version);
    result.evo = read_evo(reader);
    if (reader.u16() != 0) throw DecodeError("unknown mode of a provider registration");
    result.collateral.hash = reader.uint256();
    result.collateral.index = reader.u32();
    read_array(reader, result.service);
    read_array(reader, result.owner_key);
    read_array(reader, result.operator_key);
    read_array(reader, result.voting_key);
    result.operator_reward = reader.u16();
    result.payout_script = read_bytes(reader);
    result.inputs_hash = reader.uint256();
    if (result.evo) result.platform = read_platform(reader);
    result.signature = read_bytes(reader);
    reader.expect_end();
    return result;
}

Bytes ProUpServTx::encode() const {
    Writer writer;
    writer.u16(version).u16(evo ? 1 : 0).uint256(protx_hash).raw(service);
    writer.varstr(operator_payout_script).uint256(inputs_hash);
    if (evo) write_platform(writer, platform);
    writer.raw(signature);
    return std::move(writer).take();
}

ProUpServTx ProUpServTx::decode(ByteSpan payload) {
    Reader reader(payload);
    ProUpServTx result;
    result.version = reader.u16();
    require_version_2(result.version);
    result.evo = read_evo(reader);
    result.protx_hash = reader.uint256();
    read_array(reader, result.service);
    result.operator_payout_script = read_bytes(reader);
    result.inputs_hash = reader.uint256();
    if (result.evo) result.platform = read_platform(reader);
    read_array(reader, result.signature);
    reader.expect_end();
    return result;
}

bool QuorumCommitment::is_null() const {
    return none_set(signers) && none_set(valid_members) && all_zero(public_key) && verification_hash.is_zero() &&
           all_zero(quorum_signature) && all_zero(members_signature);
}

dash::Uint256 QuorumCommitment::hash() const {
    Writer writer;
    write_commitment(writer, *this);
    return dash::sha256d(writer.bytes());
}

Bytes QuorumCommitmentTx::encode() const {
    Writer writer;
    writer.u16(version).u32(height);
    write_commitment(writer, commitment);
    return std::move(writer).take();
}

QuorumCommitmentTx QuorumCommitmentTx::decode(ByteSpan payload) {
    Reader reader(payload);
    QuorumCommitmentTx result;
    result.version = reader.u16();
    result.height = reader.u32();
    result.commitment = read_commitment(reader);
    reader.expect_end();
    return result;
}

Bytes HardForkSignal::encode() const {
    Writer writer;
    writer.u8(version).u8(bit).uint256(quorum_hash).raw(signature);
    return std::move(writer).take();
}

HardForkSignal HardForkSignal::decode(ByteSpan payload) {
    Reader reader(payload);
    HardForkSignal result;
    result.version = reader.u8();
    result.bit = reader.u8();
    result.quorum_hash = reader.uint256();
    read_array(reader, result.signature);
    reader.expect_end();
    return result;
}

Bytes AssetLockTx::encode() const {
    Writer writer;
    writer.u8(version).varint(credit_outputs.size());
    for (const dash::TxOut& output : credit_outputs)
        writer.u64(output.value_duffs).varstr(output.script);
    return std::move(writer).take();
}

AssetLockTx AssetLockTx::decode(ByteSpan payload) {
    constexpr std::size_t kSmallestOutput = 9;
    Reader reader(payload);
    AssetLockTx result;
    result.version = reader.u8();
    const std::size_t count = reader.count(kSmallestOutput);
    for (std::size_t i = 0; i < count; ++i) {
        dash::TxOut output;
        output.value_duffs = reader.u64();
        output.script = read_bytes(reader);
        result.credit_outputs.push_back(std::move(output));
    }
    reader.expect_end();
    return result;
}

Bytes AssetUnlockTx::encode() const {
    Writer writer;
    writer.u8(version).u64(index).u32(fee_duffs).u32(requested_height).uint256(quorum_hash).raw(quorum_signature);
    return std::move(writer).take();
}

AssetUnlockTx AssetUnlockTx::decode(ByteSpan payload) {
    Reader reader(payload);
    AssetUnlockTx result;
    result.version = reader.u8();
    result.index = reader.u64();
    result.fee_duffs = reader.u32();
    result.requested_height = reader.u32();
    result.quorum_hash = reader.uint256();
    read_array(reader, result.quorum_signature);
    reader.expect_end();
    return result;
}

}  // namespace simnet
