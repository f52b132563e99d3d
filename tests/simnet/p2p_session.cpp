#include "tests/simnet/p2p_session.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/serialize.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "tests/simnet/validation.h"

namespace simnet {

namespace asio = boost::asio;
namespace p2p = dash::p2p;

namespace {

constexpr std::uint32_t kOldestPeer = 70221;
constexpr std::uint32_t kKnowsAddrV2 = 70223;
constexpr std::size_t kMaxHeaders = 2000;
constexpr std::size_t kMaxRequested = 16;
/// A node whose tip is older does not rebuild compact blocks: 20 blocks' time.
constexpr std::uint32_t kDirectFetchSeconds = 3000;
constexpr std::uint32_t kMostBlocktxnDepth = 10;
constexpr std::size_t kMaxOutgoingBytes = 64U << 20;

/// Behind the usual fields Dash has the relay flag, a challenge for masternodes, and whether the sender is one.
bool claims_masternode(dash::ByteSpan payload) {
    constexpr std::size_t kFixedFields = 4 + 8 + 8 + 26 + 26 + 8;
    constexpr std::size_t kStartHeight = 4;
    constexpr std::size_t kRelay = 1;
    constexpr std::size_t kChallenge = 32;
    dash::Reader reader(payload);
    reader.fixed(kFixedFields);
    reader.varstr();
    reader.fixed(kStartHeight);
    if (reader.remaining() <= kRelay + kChallenge) return false;
    reader.fixed(kRelay + kChallenge);
    return reader.u8() != 0;
}

/// Hashes from the tip down, ever farther apart.
std::vector<dash::Uint256> make_locator(const BlockEntry& tip) {
    constexpr std::size_t kDense = 10;
    std::vector<dash::Uint256> locator;
    std::uint32_t step = 1;
    const BlockEntry* walk = &tip;
    for (;;) {
        locator.push_back(walk->hash);
        if (walk->height == 0) return locator;
        if (locator.size() > kDense) step *= 2;
        walk = &ancestor(*walk, walk->height > step ? walk->height - step : 0);
    }
}

std::string endpoint_text(const asio::ip::tcp::endpoint& endpoint) {
    return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}

}  // namespace

P2pSession::P2pSession(std::uint64_t id, asio::ip::tcp::socket socket, Surroundings surroundings)
    : id_(id),
      socket_(std::move(socket)),
      something_to_write_(socket_.get_executor(), asio::steady_timer::time_point::max()),
      around_(std::move(surroundings)),
      connected_at_(around_.chain.now()) {
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    remote_ = endpoint_text(socket_.remote_endpoint(ignored));
    local_ = endpoint_text(socket_.local_endpoint(ignored));
}

void P2pSession::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    something_to_write_.cancel();
}

asio::awaitable<void> P2pSession::read() {
    constexpr std::size_t kChunk = 65'536;
    try {
        p2p::FrameParser parser(dash::dash_regtest().p2p_magic);
        dash::Bytes chunk(kChunk);
        while (socket_.is_open()) {
            const std::size_t size = co_await socket_.async_read_some(asio::buffer(chunk), asio::use_awaitable);
            bytes_received_ += size;
            parser.feed(dash::ByteSpan(chunk.data(), size));
            while (auto frame = parser.next()) {
                note(*frame);
                if (!around_.faults.silent_p2p) handle(*frame);
            }
        }
    } catch (const boost::system::system_error&) {
        // The peer went away, or close() was called.
    } catch (const dash::Error&) {
        // Not understood: Dash Core drops such a peer too.
    }
    close();
}

asio::awaitable<void> P2pSession::write() {
    try {
        while (socket_.is_open()) {
            while (!outgoing_.empty()) {
                const p2p::SharedFrame frame = outgoing_.front();
                outgoing_.pop_front();
                co_await asio::async_write(socket_, asio::buffer(*frame), asio::use_awaitable);
                outgoing_bytes_ -= frame->size();
                bytes_sent_ += frame->size();
            }
            boost::system::error_code woken;
            co_await something_to_write_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        }
    } catch (const boost::system::system_error&) {
        close();
    }
}

void P2pSession::send(const std::string& command, const dash::Bytes& payload) {
    outgoing_.push_back(p2p::encode_frame(dash::dash_regtest().p2p_magic, command, payload));
    outgoing_bytes_ += outgoing_.back()->size();
    if (outgoing_bytes_ > kMaxOutgoingBytes) return close();
    something_to_write_.cancel();
}

void P2pSession::note(const p2p::Frame& frame) {
    ReceivedMessage message{id_, std::chrono::steady_clock::now(), frame.command, frame.payload.size(), std::nullopt};
    const bool begins_with_header = frame.command == "block" || frame.command == "cmpctblock";
    if (begins_with_header && frame.payload.size() >= dash::BlockHeader::kBytes) {
        message.block = dash::x11::hash_number(dash::ByteSpan(frame.payload).first(dash::BlockHeader::kBytes));
    }
    around_.on_received(std::move(message));
}

void P2pSession::handle(const p2p::Frame& frame) {
    const std::string& command = frame.command;
    if (command == "version") return on_version(frame.payload);
    if (command == "verack") return on_verack();
    if (!ready_) return;  // as Dash Core: ignored, without penalty
    if (command == "ping") return send("pong", frame.payload);
    if (command == "inv") return on_inv(frame.payload);
    if (command == "getdata") return on_getdata(frame.payload);
    if (command == "getheaders") return on_getheaders(frame.payload);
    if (command == "headers") return on_headers(frame.payload);
    if (command == "block") return on_block(frame.payload);
    if (command == "cmpctblock") return on_cmpctblock(frame.payload);
    if (command == "blocktxn") return on_blocktxn(frame.payload);
    if (command == "getblocktxn") return on_getblocktxn(frame.payload);
    if (command == "sendheaders") wants_headers_ = true;
    if (command == "getaddr") send("addr", p2p::encode_addr(around_.settings.addresses));
}

void P2pSession::on_version(dash::ByteSpan payload) {
    if (version_seen_) return;
    version_seen_ = true;
    peer_ = p2p::decode_version(payload);
    if (peer_.version < kOldestPeer || claims_masternode(payload)) return close();
    p2p::VersionMessage ours;
    ours.version = around_.settings.protocol_version;
    ours.services = around_.settings.services;
    ours.time = around_.chain.now();
    ours.nonce = id_ + 1;
    ours.user_agent = around_.settings.user_agent;
    ours.start_height = around_.chain.tip().height;
    send("version", p2p::encode(ours));
    if (peer_.version >= kKnowsAddrV2) send("sendaddrv2", {});
    send("verack", {});
}

void P2pSession::on_verack() {
    if (!version_seen_ || ready_) return;
    ready_ = true;
    send("sendheaders", {});
    send("sendcmpct", p2p::encode(p2p::SendCompact{false, 1}));
    send("senddsq", {1});
    send("ping", p2p::encode_nonce(id_ + 1));
    ask_headers();
}

void P2pSession::ask_headers() {
    p2p::GetHeaders message;
    message.version = around_.settings.protocol_version;
    message.locator = make_locator(around_.chain.tip());
    send("getheaders", p2p::encode(message));
}

void P2pSession::on_inv(dash::ByteSpan payload) {
    bool news = false;
    for (const p2p::InvItem& item : p2p::decode_inv(payload)) {
        if (item.type != p2p::kInvBlock) continue;
        const BlockEntry* known = around_.chain.find(item.hash);
        if (known != nullptr) peer_best_ = known;
        news = news || known == nullptr;
    }
    if (news) ask_headers();
}

void P2pSession::on_getdata(dash::ByteSpan payload) {
    std::vector<p2p::InvItem> missing;
    for (const p2p::InvItem& item : p2p::decode_inv(payload)) {
        const BlockEntry* entry = around_.chain.find(item.hash);
        const MempoolEntry* transaction = around_.mempool.find(item.hash);
        const bool asks_block = item.type == p2p::kInvBlock || item.type == p2p::kInvCompactBlock;
        if (asks_block && entry != nullptr && entry->block) {
            send("block", entry->block->serialize());
        } else if (item.type == p2p::kInvTransaction && transaction != nullptr) {
            send("tx", transaction->transaction.serialize());
        } else {
            missing.push_back(item);
        }
    }
    if (!missing.empty()) send("notfound", p2p::encode_inv(missing));
}

void P2pSession::on_getheaders(dash::ByteSpan payload) {
    const p2p::GetHeaders request = p2p::decode_getheaders(payload);
    Chain& chain = around_.chain;
    std::vector<dash::BlockHeader> headers;
    if (request.locator.empty()) {
        if (const BlockEntry* wanted = chain.find(request.stop)) headers.push_back(wanted->header);
    } else {
        const BlockEntry* from = chain.at_height(0);
        for (const dash::Uint256& hash : request.locator) {
            const BlockEntry* known = chain.find(hash);
            if (known == nullptr || !chain.is_active(*known)) continue;
            from = known;
            break;
        }
        for (const BlockEntry* next = chain.at_height(from->height + 1);
             next != nullptr && headers.size() < kMaxHeaders; next = chain.at_height(next->height + 1)) {
            headers.push_back(next->header);
            peer_best_ = next;
            if (next->hash == request.stop) break;
        }
    }
    send("headers", p2p::encode_headers(headers));
}

void P2pSession::on_headers(dash::ByteSpan payload) {
    std::vector<p2p::InvItem> wanted;
    for (const dash::BlockHeader& header : p2p::decode_headers(payload)) {
        Reject refused;
        const BlockEntry* entry = around_.chain.accept_header(header, refused);
        if (entry == nullptr) {
            if (refused == "prev-blk-not-found") ask_headers();
            break;
        }
        peer_best_ = entry;
        const bool worth_having = !entry->block && entry->work >= around_.chain.tip().work;
        if (worth_having && requested_.size() < kMaxRequested && requested_.insert(entry->hash).second) {
            wanted.push_back({p2p::kInvBlock, entry->hash});
        }
    }
    if (!wanted.empty()) send("getdata", p2p::encode_inv(wanted));
}

void P2pSession::on_block(dash::ByteSpan payload) {
    auto block = std::make_shared<dash::Block>(decode_block(payload));
    const bool requested = requested_.erase(dash::x11::hash_number(block->header.serialize())) > 0;
    take_block(std::move(block), requested);
}

void P2pSession::take_block(std::shared_ptr<dash::Block> block, bool requested) {
    const dash::Uint256 hash = dash::x11::hash_number(block->header.serialize());
    if (download_ && hash == downloading_) download_.reset();
    const Outcome outcome = around_.chain.accept_block(std::move(block), requested);
    if (outcome.kind == Outcome::Kind::kRejected) {
        if (outcome.reason == "prev-blk-not-found") ask_headers();
        return;
    }
    if (const BlockEntry* entry = around_.chain.find(hash)) peer_best_ = entry;
}

void P2pSession::on_cmpctblock(dash::ByteSpan payload) {
    const p2p::CompactBlock compact = p2p::decode_cmpctblock(payload);
    Reject refused;
    const BlockEntry* entry = around_.chain.accept_header(compact.header, refused);
    if (entry == nullptr) {
        if (refused == "prev-blk-not-found") ask_headers();
        return;
    }
    peer_best_ = entry;
    const BlockEntry& tip = around_.chain.tip();
    const bool tip_is_old = tip.header.timestamp + kDirectFetchSeconds < around_.chain.now();
    if (entry->block || entry->work <= tip.work || tip_is_old || entry->height > tip.height + 2) return;
    CompactDownload download(compact, around_.mempool);
    if (download.missing().empty()) return take_block(download.take_block(), /*requested=*/true);
    send("getblocktxn", encode(p2p::BlockTransactionsRequest{entry->hash, download.missing()}));
    downloading_ = entry->hash;
    download_ = std::move(download);
}

void P2pSession::on_blocktxn(dash::ByteSpan payload) {
    const p2p::BlockTransactions answer = p2p::decode_blocktxn(payload);
    if (!download_ || answer.block != downloading_) return;
    download_->fill(answer.transactions);
    take_block(download_->take_block(), /*requested=*/true);
}

void P2pSession::on_getblocktxn(dash::ByteSpan payload) {
    const p2p::BlockTransactionsRequest request = p2p::decode_getblocktxn(payload);
    const BlockEntry* entry = around_.chain.find(request.block);
    if (entry == nullptr || !entry->block || entry->height + kMostBlocktxnDepth < around_.chain.tip().height) return;
    p2p::BlockTransactions answer{request.block, {}};
    for (const std::uint32_t index : request.indexes) {
        if (index >= entry->block->transactions.size()) throw dash::PeerMisbehaving("a place behind the block's end");
        answer.transactions.push_back(entry->block->transactions[index].serialize());
    }
    send("blocktxn", encode(answer));
}

bool P2pSession::peer_has(const BlockEntry& entry) const {
    return peer_best_ != nullptr && peer_best_->height >= entry.height &&
           &ancestor(*peer_best_, entry.height) == &entry;
}

void P2pSession::announce(const BlockEntry& tip) {
    if (!ready_ || around_.faults.silent_p2p) return;
    if (wants_headers_ && tip.parent != nullptr && peer_has(*tip.parent)) {
        send("headers", p2p::encode_headers({tip.header}));
        peer_best_ = &tip;
    } else {
        send("inv", p2p::encode_inv({{p2p::kInvBlock, tip.hash}}));
    }
}

void P2pSession::announce_unknown(const dash::Uint256& block_hash) {
    if (ready_ && !around_.faults.silent_p2p) send("inv", p2p::encode_inv({{p2p::kInvBlock, block_hash}}));
}

void P2pSession::announce_transactions(const std::vector<dash::Uint256>& txids) {
    if (!ready_ || !peer_.relay_transactions || around_.faults.silent_p2p) return;
    constexpr std::size_t kMostItems = 1000;
    std::vector<p2p::InvItem> items;
    for (std::size_t i = 0; i < txids.size(); ++i) {
        items.push_back({p2p::kInvTransaction, txids[i]});
        if (items.size() < kMostItems && i + 1 < txids.size()) continue;
        send("inv", p2p::encode_inv(items));
        items.clear();
    }
}

}  // namespace simnet
