#include "dash/broadcaster/block_pusher.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <list>
#include <random>
#include <utility>

#include "dash/util/error.h"

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

/// All that is sent of one block, and what is told about it.
struct Course {
    std::shared_ptr<const OwnBlock> block;
    SteadyTime started;      ///< the last push that was not for a latecomer
    bool had_peers = false;  ///< that push, or one before it
    std::optional<BroadcastReport> report;
    std::vector<Broadcast::Peer> latecomers;  // as many as peers connect in kFreshTime
};

/// One block on its way to the peers of a moment.
struct Push {
    Push(const asio::any_io_executor& executor, std::shared_ptr<Course> its, std::vector<PeerAddress> targets,
         bool for_latecomer, const Clock& clock)
        : course(std::move(its)),
          block(course->block),
          broadcast(std::move(targets), block->full_bytes(), clock),
          late(for_latecomer),
          started(clock.steady_now()),
          started_at(clock.unix_seconds()),
          nonce_base(random_number()),
          wake(executor),
          over(executor, SteadyTime::max()) {}

    /// Two pings a peer: behind the compact block, and behind the full one.
    enum Stage : std::uint64_t { kBehindCompact = 0, kBehindFull = 1 };
    [[nodiscard]] std::uint64_t nonce(std::size_t peer, Stage stage) const { return nonce_base + 2 * peer + stage; }

    std::shared_ptr<Course> course;
    std::shared_ptr<const OwnBlock> block;
    Broadcast broadcast;
    bool late;  ///< for a peer that connected after the others had been given it
    SteadyTime started;
    double started_at;  ///< Unix seconds
    std::uint64_t nonce_base;
    asio::steady_timer wake;
    asio::steady_timer over;  ///< cancelled at its end
};

double milliseconds(SteadyTime::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

template <typename Peers>
auto find_peer(Peers& peers, const PeerAddress& address) {
    return std::find_if(peers.begin(), peers.end(), [&](const auto& peer) { return peer.address == address; });
}

/// A peer proved to have the block. True when this is news.
bool add_proof(BroadcastReport& report, const PeerAddress& from, double ms) {
    for (auto* peers : {&report.peers, &report.latecomers}) {
        const auto known = find_peer(*peers, from);
        if (known == peers->end()) continue;
        if (known->confirmed_ms) return false;
        known->confirmed_ms = ms;
        return true;
    }
    auto& announcements = report.announcements;  // as many as peers connect in kFreshTime
    const bool known = std::any_of(announcements.begin(), announcements.end(),
                                   [&](const auto& announcement) { return announcement.from == from; });
    if (!known) announcements.push_back({from, ms});
    return !known;
}

/// Whether it proved to have the block.
bool has_proof(const BroadcastReport& report, const PeerAddress& from) {
    for (const auto* peers : {&report.peers, &report.latecomers}) {
        const auto known = find_peer(*peers, from);
        if (known != peers->end()) return known->confirmed_ms.has_value();
    }
    return std::any_of(report.announcements.begin(), report.announcements.end(),
                       [&](const auto& announcement) { return announcement.from == from; });
}

/// Asks for the coinbase: Dash Core gives that of a block whose work it checked and which it stored, and nothing else.
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
    asio::awaitable<BroadcastReport> run(std::shared_ptr<Course> course, std::vector<PeerAddress> targets, bool late);
    asio::awaitable<void> catch_up(std::shared_ptr<Course> course, PeerAddress peer);
    std::shared_ptr<Course> course_of(const submission::WonBlock& block);
    std::shared_ptr<Push> find_push(const Course& course);
    void take_ready(const PeerAddress& peer);
    void send_all(const std::shared_ptr<Push>& push);
    void send_full(const std::shared_ptr<Push>& push, std::size_t peer);
    void send_check(const std::shared_ptr<Push>& push, std::size_t peer, Push::Stage stage);
    void send_due_fulls(const std::shared_ptr<Push>& push);
    asio::awaitable<void> wait_until_settled(std::shared_ptr<Push> push);
    void finish(const Push& push);
    void finish_late(const Push& push);
    void count(const Push& push);
    void take_pong(const PeerAddress& from, std::uint64_t nonce);
    void take_announcement(const PeerAddress& from, const Uint256& hash);
    void take_transactions(const PeerAddress& from, const p2p::BlockTransactions& given);
    void answer(const PeerAddress& from, std::string_view command, ByteSpan payload);
    void add_late_proof(const PeerAddress& from, const Uint256& block);

    asio::any_io_executor executor;
    std::array<std::uint8_t, 4> magic;
    PeerPool& pool;
    ReportHandler on_report;
    const Clock& clock;
    OwnBlocks blocks;
    std::list<std::shared_ptr<Push>> pushes;      // one a block of the pipeline, and one a latecomer
    std::deque<std::shared_ptr<Course>> courses;  // at most kMostReports
};

asio::awaitable<BroadcastReport> BlockPusher::State::push(submission::WonBlock block) {
    const auto course = course_of(block);
    if (const auto running = find_push(*course)) {
        co_await running->over.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (course->report && course->report->reached > 0) co_return *course->report;
    co_return co_await run(course, pool.ready_peers(), /*late=*/false);
}

std::shared_ptr<Course> BlockPusher::State::course_of(const submission::WonBlock& block) {
    for (const auto& course : courses) {
        if (course->block->hash() == block.hash) return course;
    }
    const auto course = std::make_shared<Course>();
    course->block = std::make_shared<const OwnBlock>(
        block, magic, random_number(),
        [this, now = clock.steady_now()](const Uint256& txid) { return pool.transactions().is_widespread(txid, now); });
    blocks.add(course->block);
    courses.push_back(course);
    if (courses.size() > kMostReports) courses.pop_front();
    return course;
}

/// The one under way that is not for a latecomer.
std::shared_ptr<Push> BlockPusher::State::find_push(const Course& course) {
    const auto found = std::find_if(pushes.begin(), pushes.end(),
                                    [&](const auto& push) { return push->course.get() == &course && !push->late; });
    return found == pushes.end() ? nullptr : *found;
}

asio::awaitable<BroadcastReport> BlockPusher::State::run(std::shared_ptr<Course> course,
                                                         std::vector<PeerAddress> targets, bool late) {
    const auto self = shared_from_this();
    if (!late) {
        course->started = clock.steady_now();
        course->had_peers = course->had_peers || !targets.empty();
    }
    if (targets.empty()) co_return BroadcastReport();
    const auto push = std::make_shared<Push>(executor, course, std::move(targets), late, clock);
    pushes.push_back(push);
    send_all(push);
    co_await wait_until_settled(push);
    pushes.remove(push);
    if (late) {
        finish_late(*push);
    } else {
        finish(*push);
    }
    push->over.cancel();
    co_return course->report.value_or(BroadcastReport());
}

void BlockPusher::State::take_ready(const PeerAddress& peer) {
    for (const auto& course : courses) {
        if (clock.steady_now() - course->started > kFreshTime) continue;
        const auto has_it = [&](const std::vector<Broadcast::Peer>& peers) {
            const auto known = find_peer(peers, peer);
            return known != peers.end() && known->confirmed_ms.has_value();
        };
        if (has_it(course->latecomers) || (course->report && has_it(course->report->peers))) continue;
        asio::co_spawn(executor, catch_up(course, peer), asio::detached);
    }
}

asio::awaitable<void> BlockPusher::State::catch_up(std::shared_ptr<Course> course, PeerAddress peer) {
    const bool late = course->had_peers;
    static_cast<void>(co_await run(std::move(course), std::vector<PeerAddress>(1, peer), late));
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
        return connection == nullptr ? p2p::Backlog() : connection->backlog();
    };
    for (const std::size_t peer : push->broadcast.take_due_fulls(backlog))
        send_full(push, peer);
}

void BlockPusher::State::finish(const Push& push) {
    const Broadcast& broadcast = push.broadcast;
    BroadcastReport report;
    report.hash = push.block->hash();
    report.height = push.block->height();
    report.started_at = push.started_at;
    report.block_bytes = push.block->full_bytes();
    report.compact_bytes = push.block->compact()->size();
    report.transactions = push.block->transactions();
    report.prefilled = push.block->prefilled();
    report.peers = broadcast.peers();
    report.latecomers = push.course->latecomers;
    report.reached = broadcast.reached();
    report.elapsed_ms = broadcast.elapsed_ms();
    report.ms_50 = broadcast.reached_ms(50);
    report.ms_90 = broadcast.reached_ms(90);
    report.ms_all = broadcast.reached_ms(100);
    pool.manager().block_broadcast();
    count(push);
    push.course->report = report;
    on_report(report);
}

/// Its times are told from the start of the broadcast to the others.
void BlockPusher::State::finish_late(const Push& push) {
    count(push);
    Course& course = *push.course;
    const double offset = milliseconds(push.started - course.started);
    for (Broadcast::Peer peer : push.broadcast.peers()) {
        for (auto* time : {&peer.first_byte_ms, &peer.last_byte_ms, &peer.reached_ms, &peer.confirmed_ms}) {
            if (*time) **time += offset;
        }
        const auto known = find_peer(course.latecomers, peer.address);
        if (known != course.latecomers.end()) course.latecomers.erase(known);
        course.latecomers.push_back(std::move(peer));
    }
    if (!course.report) return;
    course.report->latecomers = course.latecomers;
    on_report(*course.report);
}

/// For the peers' records; a peer that was silent all the time is gone.
void BlockPusher::State::count(const Push& push) {
    PeerManager& manager = pool.manager();
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

/// Naming a block of ours is no proof of having it: the compact block has told everybody its hash. The peer is asked.
void BlockPusher::State::take_announcement(const PeerAddress& from, const Uint256& hash) {
    const auto send_request = [&] {
        if (PeerConnection* connection = pool.find(from)) connection->send(make_proof_request(magic, hash));
    };
    bool under_way = false;
    for (const auto& push : pushes) {
        const auto peer = push->broadcast.find(from);
        if (push->block->hash() != hash || !peer) continue;
        under_way = true;
        push->wake.cancel();
        if (!push->broadcast.announced(*peer)) continue;
        if (push->broadcast.in_stages()) {
            send_check(push, *peer, Push::kBehindCompact);
        } else {
            send_request();
        }
    }
    if (under_way) return;
    for (const auto& course : courses) {
        const bool is_fresh = clock.steady_now() - course->started <= kFreshTime;
        if (course->block->hash() != hash || !is_fresh) continue;
        if (course->report && !has_proof(*course->report, from)) send_request();
    }
}

/// The coinbase of a block of ours proves that the peer has it.
void BlockPusher::State::take_transactions(const PeerAddress& from, const p2p::BlockTransactions& given) {
    const auto block = blocks.find(given.block);
    if (block == nullptr) return;
    const ByteSpan coinbase = block->transaction(0);
    const bool is_proof = given.transactions.size() == 1 &&
                          std::equal(coinbase.begin(), coinbase.end(), given.transactions.front().begin(),
                                     given.transactions.front().end());
    if (!is_proof) throw PeerMisbehaving("gives another coinbase for a block of ours");
    for (const auto& push : pushes) {
        const auto peer = push->broadcast.find(from);
        if (push->block != block || !peer) continue;
        push->broadcast.confirmed(*peer, "proved to have it");
        push->wake.cancel();
    }
    add_late_proof(from, given.block);
}

void BlockPusher::State::answer(const PeerAddress& from, std::string_view command, ByteSpan payload) {
    const OwnBlocks::Answer reply = blocks.answer(from, magic, command, payload);
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

/// A late proof of a peer that is in the report, or one of a peer that is not.
void BlockPusher::State::add_late_proof(const PeerAddress& from, const Uint256& block) {
    const bool under_way = std::any_of(pushes.begin(), pushes.end(), [&](const auto& push) {
        return push->block->hash() == block && push->broadcast.find(from).has_value();
    });
    if (under_way) return;
    for (const auto& course : courses) {
        const auto age = clock.steady_now() - course->started;
        if (course->block->hash() != block || !course->report || age > kFreshTime) continue;
        if (add_proof(*course->report, from, milliseconds(age))) on_report(*course->report);
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
        state_->take_transactions(from, p2p::decode_blocktxn(payload));
    } else {
        state_->answer(from, command, payload);
    }
}

void BlockPusher::take_announcement(const PeerAddress& from, const Uint256& block) {
    state_->take_announcement(from, block);
}

void BlockPusher::take_ready(const PeerAddress& peer) {
    state_->take_ready(peer);
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
