#include "share_chain/codec.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "share_chain/hash_link.h"

namespace share_chain {
namespace {

constexpr std::size_t kShortestCoinbase = 2;
constexpr std::size_t kLongestCoinbase = 100;
constexpr std::size_t kLongestMerkleBranch = 16;
/// Builders look back 100 shares; the check is a little more generous.
constexpr std::uint64_t kFarthestReference = 109;

/// Reads a VarInt count and that many elements, each of at least `element_size` bytes.
template <typename Element, typename ReadElement>
std::vector<Element> read_list(dash::Reader& reader, std::size_t element_size, ReadElement read_element) {
    std::vector<Element> list(reader.count(element_size));
    for (Element& element : list)
        element = read_element(reader);
    return list;
}

std::vector<dash::Uint256> read_hashes(dash::Reader& reader) {
    return read_list<dash::Uint256>(reader, dash::Uint256::kBytes, [](dash::Reader& from) { return from.uint256(); });
}

void write_hashes(dash::Writer& writer, std::span<const dash::Uint256> hashes) {
    writer.varint(hashes.size());
    for (const dash::Uint256& hash : hashes)
        writer.uint256(hash);
}

dash::Bytes read_bytes(dash::Reader& reader) {
    const dash::ByteSpan bytes = reader.varstr();
    return {bytes.begin(), bytes.end()};
}

MinHeader read_min_header(dash::Reader& reader) {
    MinHeader header;
    header.version = reader.varint();
    header.previous_block = reader.uint256();
    header.timestamp = reader.u32();
    header.bits = reader.u32();
    header.nonce = reader.u32();
    return header;
}

void write_min_header(dash::Writer& writer, const MinHeader& header) {
    writer.varint(header.version).uint256(header.previous_block);
    writer.u32(header.timestamp).u32(header.bits).u32(header.nonce);
}

dash::Hash160 read_hash160(dash::Reader& reader) {
    dash::Hash160 hash{};
    const dash::ByteSpan bytes = reader.fixed(hash.size());
    if (bytes.size() != hash.size()) throw dash::DecodeError("data ends inside a public key hash");
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

Payment read_payment(dash::Reader& reader) {
    Payment payment;
    payment.payee = read_bytes(reader);
    payment.amount_duffs = reader.u64();
    return payment;
}

ShareData read_share_data(dash::Reader& reader) {
    constexpr std::size_t kSmallestPayment = 1 + sizeof(std::uint64_t);
    ShareData data;
    data.previous_share_hash = reader.uint256();
    data.coinbase = read_bytes(reader);
    data.coinbase_payload = read_bytes(reader);
    data.nonce = reader.u32();
    data.pubkey_hash = read_hash160(reader);
    data.subsidy_duffs = reader.u64();
    data.donation = reader.u16();
    data.stale_info = reader.u8();
    data.desired_version = reader.varint();
    data.payment_amount_duffs = reader.u64();
    data.packed_payments = read_list<Payment>(reader, kSmallestPayment, read_payment);
    return data;
}

void write_share_data(dash::Writer& writer, const ShareData& data) {
    writer.uint256(data.previous_share_hash).varstr(data.coinbase).varstr(data.coinbase_payload);
    writer.u32(data.nonce).raw(data.pubkey_hash).u64(data.subsidy_duffs).u16(data.donation).u8(data.stale_info);
    writer.varint(data.desired_version).u64(data.payment_amount_duffs).varint(data.packed_payments.size());
    for (const Payment& payment : data.packed_payments)
        writer.varstr(payment.payee).u64(payment.amount_duffs);
}

ShareInfo read_share_info(dash::Reader& reader) {
    constexpr std::size_t kAbsworkBytes = 16;
    ShareInfo info;
    info.share_data = read_share_data(reader);
    info.new_transaction_hashes = read_hashes(reader);
    info.transaction_hash_refs = TransactionRefs::read(reader);
    info.far_share_hash = reader.uint256();
    info.max_bits = reader.u32();
    info.bits = reader.u32();
    info.timestamp = reader.u32();
    info.absheight = reader.u32();
    info.abswork = reader.big_integer(kAbsworkBytes);
    return info;
}

void write_share_info(dash::Writer& writer, const ShareInfo& info) {
    write_share_data(writer, info.share_data);
    write_hashes(writer, info.new_transaction_hashes);
    info.transaction_hash_refs.write(writer);
    writer.uint256(info.far_share_hash).u32(info.max_bits).u32(info.bits).u32(info.timestamp).u32(info.absheight);
    writer.u64(info.abswork.limbs()[0]).u64(info.abswork.limbs()[1]);
}

HashLink read_hash_link(dash::Reader& reader) {
    HashLink link;
    link.state = dash::state_from_bytes(reader.fixed(sizeof(link.state)));
    link.extra_data = read_bytes(reader);
    link.length = reader.varint();
    return link;
}

void write_hash_link(dash::Writer& writer, const HashLink& link) {
    writer.raw(dash::state_to_bytes(link.state)).varstr(link.extra_data).varint(link.length);
}

std::size_t rough_size(const ShareInfo& info) {
    return 512 + dash::Uint256::kBytes * info.new_transaction_hashes.size() + info.transaction_hash_refs.packed_size();
}

void check_sizes(const ShareContents& contents) {
    const std::size_t coinbase_size = contents.share_info.share_data.coinbase.size();
    if (coinbase_size < kShortestCoinbase || coinbase_size > kLongestCoinbase) {
        throw dash::DecodeError("share has a coinbase script of " + std::to_string(coinbase_size) + " bytes");
    }
    if (contents.merkle_branch.size() > kLongestMerkleBranch) {
        throw dash::DecodeError("share has a merkle branch of " + std::to_string(contents.merkle_branch.size()));
    }
}

/// A share announces exactly the transactions that it uses and that nobody announced before.
void check_references(const ShareInfo& info) {
    std::vector<bool> used(info.new_transaction_hashes.size());
    for (const TransactionRef& ref : info.transaction_hash_refs) {
        if (ref.share_count > kFarthestReference) {
            throw dash::DecodeError("share refers to a transaction " + std::to_string(ref.share_count) +
                                    " shares back");
        }
        if (ref.share_count != 0) continue;
        if (ref.tx_count >= used.size()) throw dash::DecodeError("share refers to a transaction it does not announce");
        used[static_cast<std::size_t>(ref.tx_count)] = true;
    }
    if (std::find(used.begin(), used.end(), false) != used.end()) {
        throw dash::DecodeError("share announces a transaction it does not use");
    }
}

dash::Uint256 coinbase_hash(const ShareContents& contents, const Network& network) {
    dash::Writer rest;
    rest.uint256(reference_hash(network, contents.share_info, contents.ref_merkle_branch));
    rest.u64(contents.last_txout_nonce);
    rest.u32(0);  // lock time
    rest.raw(contents.coinbase_payload);
    return hash_through_link(contents.hash_link, rest.bytes());
}

dash::BlockHeader full_header(const MinHeader& min_header, const dash::Uint256& merkle_root) {
    if (min_header.version > UINT32_MAX) throw dash::DecodeError("share has a block version of more than 32 bits");
    dash::BlockHeader header;
    header.version = static_cast<std::uint32_t>(min_header.version);
    header.previous_block = min_header.previous_block;
    header.merkle_root = merkle_root;
    header.timestamp = min_header.timestamp;
    header.bits = min_header.bits;
    header.nonce = min_header.nonce;
    return header;
}

/// The share but for its hash, with every check that needs no hash.
std::shared_ptr<Share> without_hash(ShareContents contents, const Network& network) {
    check_sizes(contents);
    check_references(contents.share_info);
    auto share = std::make_shared<Share>();
    share->gentx_hash = coinbase_hash(contents, network);
    share->header = full_header(contents.min_header, dash::root_from_branch(share->gentx_hash, contents.merkle_branch));

    const std::optional<dash::Uint256> target = dash::target_if_it_fits(contents.share_info.bits);
    if (!target || *target > network.max_target) throw dash::PeerMisbehaving("share target invalid");
    share->target = *target;
    share->max_target = dash::target_if_it_fits(contents.share_info.max_bits).value_or(dash::Uint256::max());
    share->block_target = dash::target_if_it_fits(share->header.bits).value_or(dash::Uint256::max());
    share->contents = std::move(contents);
    return share;
}

/// `hash`: that of the share's header.
SharePtr with_hash(std::shared_ptr<Share> share, const dash::Uint256& hash) {
    if (hash > share->target) throw dash::PeerMisbehaving("share PoW invalid");
    share->hash = hash;
    share->packed = encode_contents(share->contents);
    return share;
}

SharePtr hashed(std::shared_ptr<Share> share) {
    const dash::Uint256 hash = dash::x11::hash_number(share->header.serialize());
    return with_hash(std::move(share), hash);
}

std::shared_ptr<Share> decode_type_16(dash::ByteSpan contents, const Network& network) {
    return without_hash(decode_contents(contents), network);
}

struct TypeOfShare {
    std::uint64_t number = 0;
    std::shared_ptr<Share> (*decode)(dash::ByteSpan contents, const Network& network) = nullptr;  ///< without the hash
};

/// All that this node understands, oldest first.
constexpr std::array<TypeOfShare, 1> kTypes = {{{kShareType, decode_type_16}}};

const TypeOfShare* find_type(std::uint64_t number) {
    const auto found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeOfShare& type) { return type.number == number; });
    return found == kTypes.end() ? nullptr : found;
}

std::shared_ptr<Share> decode(const TypedContents& typed, const Network& network) {
    if (const TypeOfShare* type = find_type(typed.type)) return type->decode(typed.contents, network);
    if (typed.type < kTypes.front().number) throw dash::PeerMisbehaving("sent an obsolete share");
    throw dash::DecodeError("unknown share type: " + std::to_string(typed.type));
}

/// Calls `step`; what it refuses the share for is told in `loaded`.
template <typename Step>
void note_problem(LoadedShare& loaded, Step step) {
    try {
        step();
    } catch (const dash::PeerMisbehaving& error) {
        loaded = {.share = nullptr, .problem = error.what(), .misbehaving = true};
    } catch (const dash::Error& error) {
        loaded = {.share = nullptr, .problem = error.what(), .misbehaving = false};
    }
}

}  // namespace

TypedContents read_typed_contents(dash::Reader& reader) {
    TypedContents typed;
    typed.type = reader.varint();
    typed.contents = read_bytes(reader);
    return typed;
}

TypedContents parse_typed_contents(dash::ByteSpan bytes) {
    dash::Reader reader(bytes, dash::Truncation::kAccept);
    TypedContents typed = read_typed_contents(reader);
    reader.expect_end();
    return typed;
}

void write_typed_contents(dash::Writer& writer, std::uint64_t type, dash::ByteSpan contents) {
    writer.varint(type).varstr(contents);
}

ShareContents decode_contents(dash::ByteSpan bytes) {
    dash::Reader reader(bytes, dash::Truncation::kAccept);
    ShareContents contents;
    contents.min_header = read_min_header(reader);
    contents.share_info = read_share_info(reader);
    contents.ref_merkle_branch = read_hashes(reader);
    contents.last_txout_nonce = reader.u64();
    contents.hash_link = read_hash_link(reader);
    contents.merkle_branch = read_hashes(reader);
    contents.coinbase_payload = read_bytes(reader);
    reader.expect_end();
    return contents;
}

dash::Bytes encode_contents(const ShareContents& contents) {
    dash::Writer writer(rough_size(contents.share_info));
    write_min_header(writer, contents.min_header);
    write_share_info(writer, contents.share_info);
    write_hashes(writer, contents.ref_merkle_branch);
    writer.u64(contents.last_txout_nonce);
    write_hash_link(writer, contents.hash_link);
    write_hashes(writer, contents.merkle_branch);
    writer.varstr(contents.coinbase_payload);
    return std::move(writer).take();
}

dash::Bytes encode_share_info(const ShareInfo& info) {
    dash::Writer writer(rough_size(info));
    write_share_info(writer, info);
    return std::move(writer).take();
}

dash::Uint256 reference_hash(const Network& network, const ShareInfo& info,
                             std::span<const dash::Uint256> ref_merkle_branch) {
    dash::Writer writer(rough_size(info));
    writer.raw(network.identifier);
    write_share_info(writer, info);
    return dash::root_from_branch(dash::sha256d(writer.bytes()), ref_merkle_branch);
}

bool is_known_type(std::uint64_t type) {
    return find_type(type) != nullptr;
}

SharePtr load_share(const TypedContents& typed, const Network& network) {
    return hashed(decode(typed, network));
}

std::vector<LoadedShare> load_shares(std::span<const TypedContents> batch, const Network& network) {
    std::vector<LoadedShare> loaded(batch.size());
    std::vector<std::shared_ptr<Share>> decoded(batch.size());
    std::vector<dash::x11::HeaderBytes> headers;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        note_problem(loaded[i], [&] {
            decoded[i] = decode(batch[i], network);
            headers.push_back(decoded[i]->header.serialize());
        });
    }
    std::vector<dash::x11::Digest> digests(headers.size());
    dash::x11::hash_many(headers, digests);
    auto digest = digests.begin();
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (decoded[i] == nullptr) continue;
        const dash::Uint256 hash = dash::Uint256::from_bytes(*digest++);
        note_problem(loaded[i], [&] { loaded[i].share = with_hash(std::move(decoded[i]), hash); });
    }
    return loaded;
}

SharePtr make_share(ShareContents contents, const Network& network) {
    return hashed(without_hash(std::move(contents), network));
}

}  // namespace share_chain
