#include "dash/broadcaster/block_pusher.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <list>
#include <random>
#include <utility>

#include "dash/primitives/serialize.h"

namespace dash::broadcaster {
namespace {

namespace asio = boost::asio;
using p2p::PeerConnection;

/// How often a broadcast in stages looks whether a full block is due.
constexpr std::chrono::milliseconds kStageInterval{5};

std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

/// One block on its way to the peers.
struct Push {
    Push(const asio::any_io_executor& executor, std::shared_ptr<const OwnBlock> its, std::vector<PeerAddress> targets,
         const Clock& clock)
        : block(std::move(its)),
          broadcast(std::move(targets), block->full()->size(), clock),
          started(clock.steady_now()),
          started_at(clock.unix_seconds()),
          nonce_base(random_number()),
          wake(executor) {}

    /// Two pings a peer: behind the compact block, and behind the full one.
    enum Stage : std::uint64_t { kBehindCompact = 0, kBehindFull = 1 };
    [[nodiscard]] std::uint64_t nonce(std::size_t peer, Stage stage) const { return nonce_base + 2 * peer + stage; }

    std::shared_ptr<const OwnBlock> block;
    Broadcast broadcast;
    SteadyTime started;
    double started_at;  ///< Unix seconds
    std::uint64_t nonce_base;
    asio::steady_timer wake;
};

/// Asks for the coinbase: only who has the block, checked its work and stored it can give that.
p2p::SharedFrame make_proof_request(const std::array<std::uint8_t, 4>& magic, const Uint256& block) {
    return p2p::encode_frame(magic, "getblocktxn", encode(p2p::BlockTransactionsRequest{block, {0}}));
}

}  // namespace

struct BlockPusher::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor given_executor, std::array<std::uint8_t, 4> given_magic, PeerPool& given_pool,
          ReportHandler given_on_report, const Clock& given_clock)
        : executor(std::move(given_executor)),
          magic(given_magic),
          pool(given_pool),
          on_report(std::move(given_on_report)),
          clock(given_clock) {}

    asio::awaitable<BroadcastReport> push(submission::WonBlock block);
    void send_all(const std::shared_ptr<Push>& push);
    void send_full(const std::shared_ptr<Push>& push, std::size_t peer);
    void send_check(const std::shared_ptr<Push>& push, std::size_t peer, Push::Stage stage);
    void send_due_fulls(const std::shared_ptr<Push>& push);
    asio::awaitable<void> wait_until_settled(std::shared_ptr<Push> push);
    BroadcastReport finish(const Push& push);
    void count(const Push& push);
    void take_pong(const PeerAddress& from, std::uint64_t nonce);
    void confirm(const PeerAddress& from, const Uint256& block, const char* how);
    void answer(const PeerAddress& from, std::string_view command, ByteSpan payload);
    void add_announcement(const PeerAddress& from, const Uint256& block);

    struct Kept {
        BroadcastReport report;
        SteadyTime started;
    };

    asio::any_io_executor executor;
    std::array<std::uint8_t, 4> magic;
    PeerPool& pool;
    ReportHandler on_report;
    const Clock& clock;
    OwnBlocks blocks;
    std::list<std::shared_ptr<Push>> pushes;  // as many as blocks the pipeline has under way
    std::deque<Kept> kept;                    // at most kMostReports
};

asio::awaitable<BroadcastReport> BlockPusher::State::push(submission::WonBlock block) {
    const auto self = shared_from_this();
    auto own = blocks.find(block.hash);
    if (own == nullptr) {
        own = std::make_shared<const OwnBlock>(block, magic, random_number(),
                                               [this, now = clock.steady_now()](const Uint256& txid) {
                                                   return pool.transactions().is_widespread(txid, now);
                                               });
        blocks.add(own);
    }
    const auto push = std::make_shared<Push>(executor, own, pool.ready_peers(), clock);
    pushes.push_back(push);
    send_all(push);
    co_await wait_until_settled(push);
    pushes.remove(push);
    co_return finish(*push);
}

/// Compact blocks to everybody before anything else to anybody.
void BlockPusher::State::send_all(const std::shared_ptr<Push>& push) {
    const auto& peers = push->broadcast.peers();
    for (std::size_t i = 0; i < peers.size(); ++i) {
        PeerConnection* connection = pool.find(peers[i].address);
        if (connection == nullptr) continue;
        connection->send(push->block->compact(), [push, i](bool sent) {
            if (sent) push->broadcast.compact_taken(i);
        });
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
        if (push->broadcast.in_stages()) {
            send_check(push, i, Push::kBehindCompact);
        } else {
            send_full(push, i);
        }
    }
}

void BlockPusher::State::send_full(const std::shared_ptr<Push>& push, std::size_t peer) {
    PeerConnection* connection = pool.find(push->broadcast.peers()[peer].address);
    if (connection == nullptr) return;
    connection->send(push->block->full(), [push, peer](bool sent) {
        if (sent) push->broadcast.full_taken(peer);
    });
    send_check(push, peer, Push::kBehindFull);
}

void BlockPusher::State::send_check(const std::shared_ptr<Push>& push, std::size_t peer, Push::Stage stage) {
    PeerConnection* connection = pool.find(push->broadcast.peers()[peer].address);
    if (connection == nullptr) return;
    connection->send(make_proof_request(magic, push->block->hash()));
    // Asking may have ended the connection: it does not read.
    connection = pool.find(push->broadcast.peers()[peer].address);
    if (connection != nullptr) connection->send("ping", p2p::encode_nonce(push->nonce(peer, stage)));
}

asio::awaitable<void> BlockPusher::State::wait_until_settled(std::shared_ptr<Push> push) {
    for (;;) {
        push->broadcast.check_deadline();
        send_due_fulls(push);
        if (push->broadcast.settled()) co_return;
        // Otherwise only events and the deadline matter.
        const auto left =
            Broadcast::kDeadline - std::chrono::milliseconds(static_cast<std::int64_t>(push->broadcast.elapsed_ms()));
        const bool watching = push->broadcast.in_stages();
        push->wake.expires_after(watching ? kStageInterval : std::max(left, kStageInterval));
        co_await push->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void BlockPusher::State::send_due_fulls(const std::shared_ptr<Push>& push) {
    if (!push->broadcast.in_stages()) return;
    const auto& peers = push->broadcast.peers();
    const auto backlog = [&](std::size_t peer) {
        const PeerConnection* connection = pool.find(peers[peer].address);
        return connection == nullptr ? 0 : connection->backlog_bytes();
    };
    for (const std::size_t peer : push->broadcast.take_due_fulls(backlog))
        send_full(push, peer);
}

BroadcastReport BlockPusher::State::finish(const Push& push) {
    const Broadcast& broadcast = push.broadcast;
    BroadcastReport report;
    report.hash = push.block->hash();
    report.height = push.block->height();
    report.started_at = push.started_at;
    report.block_bytes = push.block->full()->size();
    report.compact_bytes = push.block->compact()->size();
    report.transactions = push.block->transactions();
    report.prefilled = push.block->prefilled();
    report.peers = broadcast.peers();
    report.reached = broadcast.reached();
    report.elapsed_ms = broadcast.elapsed_ms();
    report.ms_50 = broadcast.reached_ms(50);
    report.ms_90 = broadcast.reached_ms(90);
    report.ms_all = broadcast.reached_ms(100);
    if (report.peers.empty()) return report;
    count(push);
    kept.push_back({report, push.started});
    if (kept.size() > kMostReports) kept.pop_front();
    on_report(report);
    return report;
}

/// For the peers' records; a peer that was silent all the time is gone.
void BlockPusher::State::count(const Push& push) {
    PeerManager& manager = pool.manager();
    manager.block_broadcast();
    for (const Broadcast::Peer& peer : push.broadcast.peers()) {
        const bool reached = peer.state == Broadcast::State::kReached;
        manager.broadcast_ended(peer.address, reached);
        const auto connection = manager.connections().find(peer.address);
        if (reached || connection == manager.connections().end()) continue;
        if (connection->second.last_message < push.started) pool.drop(peer.address, "no sign of life");
    }
}

void BlockPusher::State::take_pong(const PeerAddress& from, std::uint64_t nonce) {
    for (const auto& push : pushes) {
        const std::uint64_t offset = nonce - push->nonce_base;
        const std::size_t peer = offset / 2;
        if (peer >= push->broadcast.peers().size() || push->broadcast.peers()[peer].address != from) continue;
        if (offset % 2 == Push::kBehindFull) {
            push->broadcast.full_answered(peer);
        } else {
            push->broadcast.compact_answered(peer);
        }
        push->wake.cancel();
    }
}

void BlockPusher::State::confirm(const PeerAddress& from, const Uint256& block, const char* how) {
    for (const auto& push : pushes) {
        const auto peer = push->broadcast.find(from);
        if (push->block->hash() != block || !peer) continue;
        push->broadcast.confirmed(*peer, how);
        push->wake.cancel();
    }
}

void BlockPusher::State::answer(const PeerAddress& from, std::string_view command, ByteSpan payload) {
    const OwnBlocks::Answer reply = blocks.answer(magic, command, payload);
    for (const p2p::SharedFrame& frame : reply.frames) {
        if (PeerConnection* connection = pool.find(from)) connection->send(frame);
    }
    for (const auto& push : pushes) {
        const auto peer = push->broadcast.find(from);
        const bool is_asked =
            std::find(reply.asked.begin(), reply.asked.end(), push->block->hash()) != reply.asked.end();
        if (!peer || !is_asked) continue;
        push->broadcast.asked(*peer);
        if (push->broadcast.in_stages()) send_check(push, *peer, Push::kBehindCompact);
        push->wake.cancel();
    }
}

/// A late sign of a peer that is in the report, or one of a peer that is not.
void BlockPusher::State::add_announcement(const PeerAddress& from, const Uint256& block) {
    for (Kept& each : kept) {
        const auto age = clock.steady_now() - each.started;
        if (each.report.hash != block || age > kReportTime) continue;
        const double ms = std::chrono::duration<double, std::milli>(age).count();
        const auto target = std::find_if(each.report.peers.begin(), each.report.peers.end(),
                                         [&](const Broadcast::Peer& peer) { return peer.address == from; });
        if (target != each.report.peers.end()) {
            if (target->confirmed_ms) continue;
            target->confirmed_ms = ms;
        } else {
            auto& announcements = each.report.announcements;  // as many as peers connect in kReportTime
            const bool known = std::any_of(announcements.begin(), announcements.end(),
                                           [&](const auto& announcement) { return announcement.from == from; });
            if (known) continue;
            announcements.push_back({from, ms});
        }
        on_report(each.report);
    }
}

BlockPusher::BlockPusher(asio::any_io_executor executor, std::array<std::uint8_t, 4> magic, PeerPool& pool,
                         ReportHandler on_report, const Clock& clock)
    : state_(std::make_shared<State>(std::move(executor), magic, pool, std::move(on_report), clock)) {}

BlockPusher::~BlockPusher() = default;

asio::awaitable<BroadcastReport> BlockPusher::push(submission::WonBlock block) {
    return state_->push(std::move(block));
}

void BlockPusher::take_message(const PeerAddress& from, std::string_view command, ByteSpan payload) {
    if (command == "pong") {
        state_->take_pong(from, p2p::decode_nonce(payload));
    } else if (command == "blocktxn") {
        const Uint256 block = Reader(payload).uint256();
        state_->confirm(from, block, "proved to have it");
        state_->add_announcement(from, block);
    } else {
        state_->answer(from, command, payload);
    }
}

void BlockPusher::take_announcement(const PeerAddress& from, const Uint256& block) {
    state_->confirm(from, block, "announced it");
    state_->add_announcement(from, block);
}

void BlockPusher::take_loss(const PeerAddress& peer, const std::string& reason) {
    for (const auto& push : state_->pushes) {
        if (const auto index = push->broadcast.find(peer)) {
            push->broadcast.lost(*index, reason);
            push->wake.cancel();
        }
    }
}

}  // namespace dash::broadcaster
