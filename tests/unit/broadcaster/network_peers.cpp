#include "tests/unit/broadcaster/network_peers.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <future>
#include <set>
#include <utility>

#include "dash/p2p/compact_block.h"
#include "dash/primitives/chain_params.h"
#include "dash/x11/x11.h"
#include "tests/support/process.h"

namespace tests {

namespace asio = boost::asio;
namespace p2p = dash::p2p;
using asio::ip::tcp;
using dash::Bytes;
using dash::ByteSpan;
using dash::Uint256;
using Clock = std::chrono::steady_clock;

struct NetworkPeers::Session {
    explicit Session(tcp::socket given) : socket(std::move(given)) {}

    tcp::socket socket;
    std::deque<p2p::SharedFrame> outgoing;
    bool writing = false;
    bool ready = false;
};

/// A block of which transactions are missing.
struct Partial {
    dash::Block block;
    std::vector<std::uint32_t> missing;
};

struct NetworkPeers::Node {
    Node(asio::io_context& io, std::string its_address, Manner its_manner)
        : address(std::move(its_address)), manner(its_manner), acceptor(io) {}

    std::string address;
    Manner manner;
    tcp::acceptor acceptor;
    std::set<std::shared_ptr<Session>> sessions;
    std::map<Uint256, dash::Block> blocks;
    std::map<Uint256, Partial> partial;
    Clock::time_point read_at;
};

NetworkPeers::NetworkPeers(std::uint16_t port)
    : port_(port != 0 ? port : free_ports(1).front()), thread_([this] { io_.run(); }) {}

NetworkPeers::~NetworkPeers() {
    io_.stop();
    thread_.join();
}

void NetworkPeers::on_thread(std::function<void()> work) {
    std::promise<void> done;
    asio::post(io_, [&] {
        try {
            work();
            done.set_value();
        } catch (...) {
            done.set_exception(std::current_exception());
        }
    });
    done.get_future().get();
}

void NetworkPeers::set_mempool(const std::vector<dash::Transaction>& transactions) {
    on_thread([&] {
        for (const dash::Transaction& transaction : transactions)
            mempool_.emplace(transaction.txid(), transaction);
    });
}

void NetworkPeers::set_addresses(const std::vector<std::string>& addresses) {
    on_thread([&] {
        const auto now = static_cast<std::uint32_t>(std::time(nullptr));
        addresses_.clear();
        for (const std::string& address : addresses)
            addresses_.push_back({now, p2p::make_net_address(address, port_)});
    });
}

void NetworkPeers::add(const std::string& address, Manner manner) {
    on_thread([&] {
        const auto node = std::make_shared<Node>(io_, address, manner);
        const tcp::endpoint endpoint(asio::ip::make_address(address), port_);
        node->acceptor.open(endpoint.protocol());
        node->acceptor.set_option(tcp::acceptor::reuse_address(true));
        if (manner == Manner::kReadsByteASecond) {
            constexpr int kSmallBuffer = 4096;
            node->acceptor.set_option(asio::socket_base::receive_buffer_size(kSmallBuffer));
        }
        node->acceptor.bind(endpoint);
        node->acceptor.listen();
        nodes_[address] = node;
        asio::co_spawn(io_, listen(node), asio::detached);
    });
}

void NetworkPeers::hang_up(const std::string& address) {
    on_thread([&] {
        boost::system::error_code ignored;
        for (const auto& session : nodes_.at(address)->sessions)
            session->socket.close(ignored);
    });
}

void NetworkPeers::remove(const std::string& address) {
    on_thread([&] {
        const auto node = nodes_.at(address);
        nodes_.erase(address);
        boost::system::error_code ignored;
        node->acceptor.close(ignored);
        for (const auto& session : node->sessions)
            session->socket.close(ignored);
    });
}

asio::awaitable<void> NetworkPeers::listen(std::shared_ptr<Node> node) {
    while (node->acceptor.is_open()) {
        boost::system::error_code error;
        tcp::socket socket = co_await node->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error) continue;
        socket.set_option(tcp::no_delay(true));
        const auto session = std::make_shared<Session>(std::move(socket));
        node->sessions.insert(session);
        asio::co_spawn(io_, serve(node, session), asio::detached);
    }
}

asio::awaitable<void> NetworkPeers::serve(std::shared_ptr<Node> node, std::shared_ptr<Session> session) {
    p2p::FrameParser parser(dash::dash_regtest().p2p_magic);
    Bytes chunk(1 << 16);
    asio::steady_timer pause(io_);
    for (;;) {
        const bool slow = node->manner == Manner::kReadsByteASecond && session->ready;
        boost::system::error_code error;
        const std::size_t count = co_await session->socket.async_read_some(
            asio::buffer(chunk.data(), slow ? 1 : chunk.size()), asio::redirect_error(asio::use_awaitable, error));
        if (error) break;
        bytes_received_ += count;
        const auto read_at = Clock::now();
        co_await asio::post(io_, asio::use_awaitable);  // first what has come for the others
        node->read_at = read_at;
        if (node->manner == Manner::kHangsInHandshake) continue;
        parser.feed(ByteSpan(chunk).first(count));
        while (const auto frame = parser.next())
            take(*node, *session, *frame);
        if (!slow) continue;
        pause.expires_after(std::chrono::seconds(1));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (session->ready) --ready_;
    node->sessions.erase(session);
}

void NetworkPeers::send(Session& session, const std::string& command, ByteSpan payload) {
    session.outgoing.push_back(p2p::encode_frame(dash::dash_regtest().p2p_magic, command, payload));
    boost::system::error_code ignored;
    // Small answers to a peer that reads: they fit the socket's buffer.
    asio::write(session.socket, asio::buffer(*session.outgoing.front()), ignored);
    session.outgoing.pop_front();
}

template <typename Change>
void NetworkPeers::note(const Node& node, const Uint256& block, Change change) {
    const std::lock_guard lock(mutex_);
    Sight& sight = sights_[node.address][block];
    if (!sight.first_byte) sight.first_byte = node.read_at;
    change(sight);
}

void NetworkPeers::take(Node& node, Session& session, const p2p::Frame& frame) {
    const std::string& command = frame.command;
    if (command == "version") {
        p2p::VersionMessage version;
        version.version = 70240;
        version.services = 0x1c05;
        version.user_agent = "/Dash Core:23.1.2/";
        send(session, "version", encode(version));
        send(session, "sendaddrv2", {});
        send(session, "verack", {});
    } else if (command == "verack") {
        session.ready = true;
        ++ready_;
        send(session, "sendcmpct", encode(p2p::SendCompact{false, 1}));
        send(session, "ping", p2p::encode_nonce(1));
    } else if (command == "getaddr") {
        send(session, "addrv2", p2p::encode_addrv2(addresses_));
    } else if (command == "cmpctblock") {
        take_compact(node, session, frame.payload);
    } else if (command == "blocktxn") {
        take_transactions(node, frame.payload);
    } else if (command == "block") {
        take_full(node, frame.payload);
    } else if (node.manner == Manner::kTellsNothing) {
        return;
    } else if (command == "getblocktxn") {
        give_transactions(node, session, frame.payload);
    } else if (command == "ping") {
        send(session, "pong", frame.payload);
    }
}

void NetworkPeers::take_compact(Node& node, Session& session, ByteSpan payload) {
    const p2p::CompactBlock compact = p2p::decode_cmpctblock(payload);
    const Uint256 hash = dash::x11::hash_number(compact.header.serialize());
    note(node, hash, [](Sight& sight) { ++sight.compact_blocks; });
    if (node.manner == Manner::kNamesOnly) send(session, "inv", p2p::encode_inv({{p2p::kInvBlock, hash}}));
    if (node.manner == Manner::kIgnoresCompact || node.manner == Manner::kNamesOnly || node.blocks.count(hash) != 0) {
        return;
    }
    const p2p::ShortIds short_id(compact.header, compact.nonce);
    std::map<std::uint64_t, const dash::Transaction*> by_id;
    for (const auto& [txid, transaction] : mempool_)
        by_id[short_id(txid)] = &transaction;
    Partial partial;
    partial.block.header = compact.header;
    partial.block.transactions.resize(compact.short_ids.size() + compact.prefilled.size());
    auto id = compact.short_ids.begin();
    auto prefilled = compact.prefilled.begin();
    for (std::uint32_t i = 0; i < partial.block.transactions.size(); ++i) {
        if (prefilled != compact.prefilled.end() && prefilled->index == i) {
            partial.block.transactions[i] = dash::parse_transaction(prefilled++->transaction);
        } else if (const auto known = by_id.find(*id++); known != by_id.end()) {
            partial.block.transactions[i] = *known->second;
        } else {
            partial.missing.push_back(i);
        }
    }
    if (partial.missing.empty()) return complete(node, hash, std::move(partial.block));
    note(node, hash, [](Sight& sight) { ++sight.transactions_requested; });
    send(session, "getblocktxn", encode(p2p::BlockTransactionsRequest{hash, partial.missing}));
    node.partial[hash] = std::move(partial);
}

void NetworkPeers::take_transactions(Node& node, ByteSpan payload) {
    const p2p::BlockTransactions answer = p2p::decode_blocktxn(payload);
    const auto found = node.partial.find(answer.block);
    if (found == node.partial.end() || answer.transactions.size() != found->second.missing.size()) return;
    Partial partial = std::move(found->second);
    for (std::size_t i = 0; i < partial.missing.size(); ++i)
        partial.block.transactions[partial.missing[i]] = dash::parse_transaction(answer.transactions[i]);
    complete(node, answer.block, std::move(partial.block));
}

void NetworkPeers::take_full(Node& node, ByteSpan payload) {
    dash::Block block = dash::parse_block(payload);
    const Uint256 hash = dash::x11::hash_number(block.header.serialize());
    note(node, hash, [](Sight& sight) { ++sight.full_blocks; });
    complete(node, hash, std::move(block));
}

void NetworkPeers::give_transactions(Node& node, Session& session, ByteSpan payload) {
    const p2p::BlockTransactionsRequest request = p2p::decode_getblocktxn(payload);
    if (node.manner == Manner::kInventsCoinbase) {
        const Bytes invented = dash::Transaction().serialize();
        return send(session, "blocktxn", encode(p2p::BlockTransactions{request.block, {invented}}));
    }
    const auto block = node.blocks.find(request.block);
    if (block == node.blocks.end()) return;
    p2p::BlockTransactions answer{request.block, {}};
    for (const std::uint32_t index : request.indexes)
        answer.transactions.push_back(block->second.transactions.at(index).serialize());
    send(session, "blocktxn", encode(answer));
}

void NetworkPeers::complete(Node& node, const Uint256& hash, dash::Block block) {
    node.partial.erase(hash);
    if (!node.blocks.emplace(hash, std::move(block)).second) return;
    note(node, hash, [](Sight& sight) { sight.complete = Clock::now(); });
}

NetworkPeers::Sight NetworkPeers::sight(const std::string& address, const Uint256& block) const {
    const std::lock_guard lock(mutex_);
    const auto node = sights_.find(address);
    if (node == sights_.end()) return {};
    const auto found = node->second.find(block);
    return found == node->second.end() ? Sight() : found->second;
}

std::size_t NetworkPeers::with_block(const Uint256& block) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(sights_.begin(), sights_.end(), [&](const auto& node) {
        const auto found = node.second.find(block);
        return found != node.second.end() && found->second.complete;
    }));
}

void NetworkPeers::announce_transactions(std::size_t count) {
    on_thread([&] {
        std::vector<p2p::InvItem> items(count);
        for (const auto& [address, node] : nodes_) {
            for (p2p::InvItem& item : items)
                item = {p2p::kInvTransaction, Uint256(++transactions_announced_)};
            for (const auto& session : node->sessions) {
                if (session->ready) send(*session, "inv", p2p::encode_inv(items));
            }
        }
    });
}

void NetworkPeers::announce(const std::string& address, const Uint256& block) {
    on_thread([&] {
        for (const auto& session : nodes_.at(address)->sessions)
            send(*session, "inv", p2p::encode_inv({{p2p::kInvBlock, block}}));
    });
}

}  // namespace tests
