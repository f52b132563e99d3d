#include "tests/simnet/daemon.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "tests/simnet/rpc_json.h"

namespace simnet {

namespace asio = boost::asio;

namespace {

asio::awaitable<dash::BlockHeader> search(dash::BlockHeader header, const std::atomic<bool>& stop) {
    if (!grind(header, stop)) throw dash::Error("the simnet is stopping");
    co_return header;
}

}  // namespace

Daemon::Daemon(asio::io_context& context, Settings settings, const dash::Clock& clock)
    : context_(context),
      world_(settings.world, clock),
      rpc_(context.get_executor(), settings.rpc, table_, faults_),
      new_tip_(context.get_executor()),
      stop_(context.get_executor()),
      on_stop_(std::move(settings.on_stop)),
      started_at_(world_.chain().now()) {
    add_chain_methods(*this);
    add_mining_methods(*this);
    add_network_methods(*this);
    add_control_methods(*this);
    world_.chain().on_new_tip([this](const auto&, const auto&) { new_tip_.notify(); });
    if (settings.lock_after) {
        world_.chain().on_new_tip([this, delay = *settings.lock_after](const auto&, const auto&) {
            asio::co_spawn(context_, lock_later(world_.chain().tip().hash, delay), asio::detached);
        });
    }
    rpc_.open();
    add_listener(std::move(settings.p2p));
}

P2pListener& Daemon::add_listener(P2pSettings settings) {
    listeners_.push_back(std::make_unique<P2pListener>(context_.get_executor(), std::move(settings), world_.chain(),
                                                       world_.mempool(), faults_));
    listeners_.back()->open();
    return *listeners_.back();
}

void Daemon::set_faults(Faults faults) {
    if (stopping_) return;
    const bool new_lie = faults.false_tip && faults.false_tip != faults_.false_tip;
    faults_ = std::move(faults);
    if (faults_.refuse_rpc && rpc_.is_open()) rpc_.close();
    if (!faults_.refuse_rpc && !rpc_.is_open()) rpc_.open();
    for (const auto& listener : listeners_) {
        if (faults_.refuse_p2p && listener->is_open()) listener->close();
        if (!faults_.refuse_p2p && !listener->is_open()) listener->open();
        if (!new_lie) continue;
        for (const auto& session : listener->sessions())
            session->announce_unknown(*faults_.false_tip);
    }
}

asio::awaitable<void> Daemon::pause(std::chrono::milliseconds duration) {
    static_cast<void>(co_await stop_.wait_until(std::chrono::steady_clock::now() + duration));
}

asio::awaitable<void> Daemon::set_faults_for(Faults faults, std::chrono::milliseconds duration) {
    const Faults before = faults_;
    set_faults(std::move(faults));
    co_await pause(duration);
    set_faults(before);
}

asio::awaitable<void> Daemon::restart(std::chrono::milliseconds down, std::chrono::milliseconds warm_up) {
    Faults gone;
    gone.refuse_rpc = gone.refuse_p2p = true;
    set_faults(gone);
    co_await pause(down);
    Faults warming;
    warming.refuse_p2p = warming.warming_up = true;
    set_faults(warming);
    co_await pause(warm_up);
    started_at_ = world_.chain().now();
    set_faults({});
}

asio::awaitable<void> Daemon::lock_later(dash::Uint256 hash, std::chrono::milliseconds delay) {
    co_await pause(delay);
    const BlockEntry& entry = *world_.chain().find(hash);
    // A block that lost meanwhile stays without a lock, as the quorums sign what most of them see.
    if (!stopping_ && world_.chain().is_active(entry) && !is_locked(world_.chain(), entry)) world_.lock(hash);
}

asio::awaitable<dash::Block> Daemon::ground(dash::Block block) {
    block.header = co_await asio::co_spawn(hashers_, search(block.header, stopping_), asio::use_awaitable);
    co_return block;
}

asio::awaitable<std::vector<dash::Uint256>> Daemon::mine(std::size_t blocks, dash::Bytes payout_script) {
    std::vector<dash::Uint256> hashes;
    while (hashes.size() < blocks) {
        const auto block = std::make_shared<const dash::Block>(co_await ground(world_.next_block(payout_script)));
        if (block->header.previous_block != world_.chain().tip().hash) continue;  // somebody else was faster
        if (const Reject problem = world_.chain().submit(block))
            throw dash::Error("the simnet refuses its own block: " + *problem);
        hashes.push_back(world_.chain().tip().hash);
    }
    co_return hashes;
}

asio::awaitable<std::vector<dash::Uint256>> Daemon::fork(std::uint32_t depth, std::size_t length) {
    Chain& chain = world_.chain();
    if (depth > chain.tip().height)
        throw dash::Error("the chain is only " + std::to_string(chain.tip().height) + " blocks high");
    const BlockEntry* parent = chain.at_height(chain.tip().height - depth);
    std::vector<dash::Uint256> hashes;
    for (std::size_t i = 0; i < length; ++i) {
        const dash::Block above = world_.block_above(*parent, world_.wallet().script());
        const auto block = std::make_shared<const dash::Block>(co_await ground(above));
        const Outcome outcome = chain.accept_block(block, true);
        if (outcome.kind == Outcome::Kind::kRejected)
            throw dash::Error("the simnet refuses its own block: " + outcome.reason);
        parent = chain.find(dash::x11::hash_number(block->header.serialize()));
        hashes.push_back(parent->hash);
    }
    co_return hashes;
}

std::vector<dash::Uint256> Daemon::send(const TrafficRequest& request) {
    const std::vector<dash::Uint256> txids = world_.wallet().send(request);
    for (const auto& listener : listeners_) {
        for (const auto& session : listener->sessions())
            session->announce_transactions(txids);
    }
    return txids;
}

void Daemon::shut_down() {
    stopping_ = true;
    rpc_.close();
    for (const auto& listener : listeners_)
        listener->close();
    new_tip_.notify();
    stop_.notify();
}

}  // namespace simnet
