#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dash/broadcaster/address.h"
#include "dash/p2p/block_message.h"
#include "dash/p2p/compact_block.h"
#include "dash/p2p/framing.h"
#include "dash/primitives/block.h"
#include "dash/submission/won_block.h"

namespace dash::broadcaster {

/// Bytes that a connection which was idle sends without waiting for an acknowledgement: ten segments (RFC 6928).
constexpr std::size_t kFirstFlightBytes = 10 * 1400;

/// A won block, cut up and serialized once for all peers. One thread at a time.
class OwnBlock {
  public:
    /// Whether most nodes hold a transaction, as far as we know.
    using IsWidespread = std::function<bool(const Uint256& txid)>;

    /// Throws DecodeError when the bytes are no block, or too large for a message. The compact block is made here, the
    /// full message when it is asked for.
    OwnBlock(const submission::WonBlock& block, const std::array<std::uint8_t, 4>& magic, std::uint64_t nonce,
             const IsWidespread& is_widespread);

    [[nodiscard]] const Uint256& hash() const { return hash_; }
    [[nodiscard]] std::uint32_t height() const { return height_; }
    [[nodiscard]] const BlockHeader& header() const { return header_; }
    [[nodiscard]] std::size_t transactions() const { return places_.size(); }
    [[nodiscard]] std::size_t prefilled() const { return prefilled_; }
    /// A serialized transaction; `index` below transactions().
    [[nodiscard]] ByteSpan transaction(std::size_t index) const;

    /// The `block` message.
    [[nodiscard]] const p2p::SharedFrame& full() const { return message_->frame(); }
    [[nodiscard]] std::size_t full_bytes() const { return message_->size(); }
    /// The `cmpctblock` message. Prefilled are the coinbase, asset unlocks, which never travel by themselves, and what
    /// is not widespread as far as the message fits the first flight.
    [[nodiscard]] const p2p::SharedFrame& compact() const { return compact_; }

  private:
    struct Place {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    struct Cut;
    [[nodiscard]] std::vector<bool> choose_prefilled(const Cut& cut, const IsWidespread& is_widespread) const;
    [[nodiscard]] p2p::CompactBlock make_compact(const Cut& cut, std::uint64_t nonce,
                                                 const std::vector<bool>& prefilled) const;

    Uint256 hash_;
    std::uint32_t height_;
    std::shared_ptr<const Bytes> bytes_;
    BlockHeader header_;
    std::vector<Place> places_;
    std::size_t prefilled_ = 0;
    std::shared_ptr<p2p::BlockMessage> message_;  ///< the pipeline's, if it has made one
    p2p::SharedFrame compact_;
};

/// Our own blocks in memory, and what their peers may ask about them.
class OwnBlocks {
  public:
    static constexpr std::size_t kMost = 16;
    /// A peer needs of a block its header, the compact block, what it lacks of that, or else the whole. Each answer may
    /// be as large as the block: more are given to nobody.
    static constexpr unsigned kMostQuestions = 4;

    void add(std::shared_ptr<const OwnBlock> block);
    [[nodiscard]] std::shared_ptr<const OwnBlock> find(const Uint256& hash) const;

    /// What answers a message, and whom it shows to be asking for which block.
    struct Answer {
        std::vector<p2p::SharedFrame> frames;
        std::vector<Uint256> asked;
    };
    /// For getdata, getheaders and getblocktxn; nothing for others. A block of which the peer asked too often counts as
    /// unknown. Throws DecodeError, and PeerMisbehaving for a request that no block can fulfil.
    [[nodiscard]] Answer answer(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                std::string_view command, ByteSpan payload);

  private:
    struct Held {
        std::shared_ptr<const OwnBlock> block;
        std::map<PeerAddress, unsigned> questions;  ///< of the peers that were connected since
    };
    [[nodiscard]] const Held* held(const Uint256& hash) const;
    /// Counts a question of the peer; null when the block is unknown, or asked for too often.
    [[nodiscard]] std::shared_ptr<const OwnBlock> find_for(const PeerAddress& peer, const Uint256& hash);
    [[nodiscard]] Answer answer_getdata(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                        ByteSpan payload);
    [[nodiscard]] Answer answer_getheaders(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                           ByteSpan payload);
    [[nodiscard]] Answer answer_getblocktxn(const PeerAddress& from, const std::array<std::uint8_t, 4>& magic,
                                            ByteSpan payload);

    std::vector<Held> blocks_;  // oldest first
};

}  // namespace dash::broadcaster
