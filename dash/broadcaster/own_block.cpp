#include "dash/broadcaster/own_block.h"

#include <algorithm>
#include <utility>

#include "dash/p2p/messages.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace dash::broadcaster {
namespace {

constexpr std::size_t kShortIdBytes = 6;
/// Framing, header, nonce, counts, and the indexes of what is prefilled.
constexpr std::size_t kCompactOverhead = 200;

/// How a transaction may travel in the compact block.
enum class Form {
    kPrefilled,  ///< in any case
    kShortId,    ///< in any case
    kEither,
};

Form form_of(const Transaction& transaction, bool is_first) {
    if (is_first) return Form::kPrefilled;
    if (!transaction.inputs.empty()) return Form::kEither;
    // Without inputs: only blocks carry it. Asset unlocks have outputs. Quorum commitments and the like have none:
    // CTransaction::IsNull(), which looks at nothing else, calls them empty, so Dash Core 23.1.2 takes a compact block
    // with one prefilled for invalid (PartiallyDownloadedBlock::InitData in blockencodings.cpp: READ_STATUS_INVALID)
    // and bans its sender (net_processing.cpp: Misbehaving 100, "invalid compact block"). Peers have to ask for these.
    return transaction.outputs.empty() ? Form::kShortId : Form::kPrefilled;
}

}  // namespace

/// What is needed of the transactions while the compact block is made.
struct OwnBlock::Cut {
    std::vector<Uint256> txids;
    std::vector<Form> forms;
};

OwnBlock::OwnBlock(const submission::WonBlock& block, const std::array<std::uint8_t, 4>& magic, std::uint64_t nonce,
                   const IsWidespread& is_widespread)
    : hash_(block.hash),
      height_(block.height),
      bytes_(block.bytes),
      message_(block.message ? block.message : std::make_shared<p2p::BlockMessage>(bytes_, magic)) {
    const ByteSpan bytes(*bytes_);
    Reader reader(bytes);
    header_ = read_header(reader);
    constexpr std::size_t kSmallestTransaction = 10;
    const std::size_t count = reader.count(kSmallestTransaction, p2p::kMaxCompactTransactions);
    Cut cut;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t begin = reader.position();
        const Transaction transaction = read_transaction(reader);
        places_.push_back({begin, reader.position() - begin});
        cut.txids.push_back(sha256d(this->transaction(i)));
        cut.forms.push_back(form_of(transaction, i == 0));
    }
    reader.expect_end();
    if (places_.empty()) throw DecodeError("a block without transactions");
    const std::vector<bool> prefilled = choose_prefilled(cut, is_widespread);
    prefilled_ = static_cast<std::size_t>(std::count(prefilled.begin(), prefilled.end(), true));
    compact_ = p2p::encode_frame(magic, "cmpctblock", encode(make_compact(cut, nonce, prefilled)));
}

ByteSpan OwnBlock::transaction(std::size_t index) const {
    return ByteSpan(*bytes_).subspan(places_[index].begin, places_[index].size);
}

std::vector<bool> OwnBlock::choose_prefilled(const Cut& cut, const IsWidespread& is_widespread) const {
    std::vector<bool> prefilled(places_.size());
    std::size_t size = kCompactOverhead;
    std::vector<std::size_t> doubtful;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        prefilled[i] = cut.forms[i] == Form::kPrefilled;
        size += prefilled[i] ? places_[i].size : kShortIdBytes;
        if (cut.forms[i] == Form::kEither && !is_widespread(cut.txids[i])) doubtful.push_back(i);
    }
    // Small ones first: so the most transactions need no asking for.
    std::stable_sort(doubtful.begin(), doubtful.end(),
                     [this](std::size_t a, std::size_t b) { return places_[a].size < places_[b].size; });
    for (const std::size_t index : doubtful) {
        size += places_[index].size - kShortIdBytes;
        if (size > kFirstFlightBytes) break;
        prefilled[index] = true;
    }
    return prefilled;
}

p2p::CompactBlock OwnBlock::make_compact(const Cut& cut, std::uint64_t nonce,
                                         const std::vector<bool>& prefilled) const {
    p2p::CompactBlock compact;
    compact.header = header_;
    compact.nonce = nonce;
    const p2p::ShortIds short_id(header_, nonce);
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (prefilled[i]) {
            const ByteSpan raw = transaction(i);
            compact.prefilled.push_back({static_cast<std::uint32_t>(i), Bytes(raw.begin(), raw.end())});
        } else {
            compact.short_ids.push_back(short_id(cut.txids[i]));
        }
    }
    return compact;
}

void OwnBlocks::add(std::shared_ptr<const OwnBlock> block) {
    if (held(block->hash()) != nullptr) return;
    blocks_.push_back({std::move(block), {}});
    if (blocks_.size() > kMost) blocks_.erase(blocks_.begin());
}

const OwnBlocks::Held* OwnBlocks::held(const Uint256& hash) const {
    const auto found =
        std::find_if(blocks_.begin(), blocks_.end(), [&](const Held& each) { return each.block->hash() == hash; });
    return found == blocks_.end() ? nullptr : &*found;
}

std::shared_ptr<const OwnBlock> OwnBlocks::find(const Uint256& hash) const {
    const Held* const known = held(hash);
    return known == nullptr ? nullptr : known->block;
}

std::shared_ptr<const OwnBlock> OwnBlocks::find_for(const PeerAddress& peer, const Uint256& hash) {
    for (Held& each : blocks_) {
        if (each.block->hash() != hash) continue;
        unsigned& questions = each.questions[peer];
        return ++questions > kMostQuestions ? nullptr : each.block;
    }
    return nullptr;
}

OwnBlocks::Answer OwnBlocks::answer(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                    std::string_view command, ByteSpan payload) {
    if (command == "getdata") return answer_getdata(from, magic, payload);
    if (command == "getheaders") return answer_getheaders(from, magic, payload);
    if (command == "getblocktxn") return answer_getblocktxn(from, magic, payload);
    return {};
}

OwnBlocks::Answer OwnBlocks::answer_getdata(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                            ByteSpan payload) {
    Answer answer;
    std::vector<p2p::InvItem> missing;
    for (const p2p::InvItem& item : p2p::decode_inv(payload)) {
        const bool wants_block = item.type == p2p::kInvBlock || item.type == p2p::kInvCompactBlock;
        const bool repeated = std::find(answer.asked.begin(), answer.asked.end(), item.hash) != answer.asked.end();
        if (wants_block && repeated) continue;
        const auto block = wants_block ? find_for(from, item.hash) : nullptr;
        if (block == nullptr) {
            missing.push_back(item);
        } else {
            answer.frames.push_back(item.type == p2p::kInvBlock ? block->full() : block->compact());
            answer.asked.push_back(item.hash);
        }
    }
    if (!missing.empty()) answer.frames.push_back(p2p::encode_frame(magic, "notfound", p2p::encode_inv(missing)));
    return answer;
}

/// A locator that holds the block before ours is answered with ours; what we do not know, with nothing, as a node with
/// an empty chain would.
OwnBlocks::Answer OwnBlocks::answer_getheaders(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                               ByteSpan payload) {
    const p2p::GetHeaders request = p2p::decode_getheaders(payload);
    Answer answer;
    std::vector<BlockHeader> headers;
    const auto add = [&](const Uint256& hash) {
        const auto block = find_for(from, hash);
        if (block == nullptr) return false;
        headers.push_back(block->header());
        answer.asked.push_back(hash);
        return true;
    };
    if (request.locator.empty()) {
        add(request.stop);
    } else {
        std::optional<Uint256> previous;
        for (const Held& each : blocks_) {
            const OwnBlock& block = *each.block;
            const Uint256& parent = block.header().previous_block;
            const bool follows =
                previous ? parent == *previous
                         : std::find(request.locator.begin(), request.locator.end(), parent) != request.locator.end();
            if (!follows) continue;
            if (!add(block.hash()) || block.hash() == request.stop) break;
            previous = block.hash();
        }
    }
    answer.frames.push_back(p2p::encode_frame(magic, "headers", p2p::encode_headers(headers)));
    return answer;
}

OwnBlocks::Answer OwnBlocks::answer_getblocktxn(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                                ByteSpan payload) {
    const p2p::BlockTransactionsRequest request = p2p::decode_getblocktxn(payload);
    const auto block = find_for(from, request.block);
    if (block == nullptr) return {};
    p2p::BlockTransactions reply;
    reply.block = request.block;
    for (const std::uint32_t index : request.indexes) {
        if (index >= block->transactions()) throw PeerMisbehaving("asks for a transaction behind the block's end");
        const ByteSpan raw = block->transaction(index);
        reply.transactions.emplace_back(raw.begin(), raw.end());
    }
    Answer answer;
    answer.frames.push_back(p2p::encode_frame(magic, "blocktxn", encode(reply)));
    answer.asked.push_back(request.block);
    return answer;
}

}  // namespace dash::broadcaster
