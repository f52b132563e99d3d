#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "dash/p2p/framing.h"
#include "dash/p2p/messages.h"
#include "tests/simnet/chain.h"
#include "tests/simnet/compact_download.h"
#include "tests/simnet/faults.h"
#include "tests/simnet/mempool.h"

namespace simnet {

struct P2pSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one, kept when closed and opened again
    std::uint32_t protocol_version = 70240;
    std::uint64_t services = 0x1c05;
    std::string user_agent = "/Dash Core:23.1.2/";
    std::vector<dash::p2p::TimedAddress> addresses;  ///< the answer to getaddr
};

/// One message a peer sent, for tests to look at.
struct ReceivedMessage {
    std::uint64_t session = 0;
    std::chrono::steady_clock::time_point time;
    std::string command;
    std::size_t bytes = 0;
    std::optional<dash::Uint256> block;  ///< the hash, of a `block` or `cmpctblock` message
};

/// One incoming connection, served as Dash Core v23.1.2 serves an ordinary peer that it must not ban (recorded with
/// -whitelist=127.0.0.1). On the executor's one thread.
class P2pSession {
  public:
    struct Surroundings {
        const P2pSettings& settings;
        const Faults& faults;
        Chain& chain;
        const Mempool& mempool;
        std::function<void(ReceivedMessage)> on_received;
    };

    P2pSession(std::uint64_t id, boost::asio::ip::tcp::socket socket, Surroundings surroundings);
    P2pSession(const P2pSession&) = delete;
    P2pSession& operator=(const P2pSession&) = delete;

    /// Serve until the connection ends; both have to run, and the session to live until both returned.
    [[nodiscard]] boost::asio::awaitable<void> read();
    [[nodiscard]] boost::asio::awaitable<void> write();
    void close();

    /// Tells the peer of a new tip: by headers when it asked for that and is known to have the block before, else by
    /// inv.
    void announce(const BlockEntry& tip);
    void announce_transactions(const std::vector<dash::Uint256>& txids);
    void announce_unknown(const dash::Uint256& block_hash);

    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] const dash::p2p::VersionMessage& peer_version() const { return peer_; }
    [[nodiscard]] std::string remote() const { return remote_; }
    [[nodiscard]] std::string local() const { return local_; }
    [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }
    [[nodiscard]] std::uint64_t bytes_received() const { return bytes_received_; }
    [[nodiscard]] std::uint32_t connected_at() const { return connected_at_; }

  private:
    void handle(const dash::p2p::Frame& frame);
    void on_version(dash::ByteSpan payload);
    void on_verack();
    void on_inv(dash::ByteSpan payload);
    void on_getdata(dash::ByteSpan payload);
    void on_getheaders(dash::ByteSpan payload);
    void on_headers(dash::ByteSpan payload);
    void on_block(dash::ByteSpan payload);
    void on_cmpctblock(dash::ByteSpan payload);
    void on_blocktxn(dash::ByteSpan payload);
    void on_getblocktxn(dash::ByteSpan payload);
    void take_block(std::shared_ptr<dash::Block> block, bool requested);
    void send(const std::string& command, const dash::Bytes& payload);
    void ask_headers();
    [[nodiscard]] bool peer_has(const BlockEntry& entry) const;
    void note(const dash::p2p::Frame& frame);

    const std::uint64_t id_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer something_to_write_;
    Surroundings around_;
    std::string remote_;
    std::string local_;
    std::uint32_t connected_at_ = 0;
    dash::p2p::VersionMessage peer_;
    bool version_seen_ = false;
    bool ready_ = false;
    bool wants_headers_ = false;
    const BlockEntry* peer_best_ = nullptr;        ///< the highest block the peer is known to have
    std::unordered_set<dash::Uint256> requested_;  ///< blocks asked for; at most kMaxRequested
    dash::Uint256 downloading_;                    ///< the block of download_
    std::optional<CompactDownload> download_;      ///< waits for transactions
    std::deque<dash::p2p::SharedFrame> outgoing_;
    std::size_t outgoing_bytes_ = 0;
    std::uint64_t bytes_sent_ = 0;
    std::uint64_t bytes_received_ = 0;
};

}  // namespace simnet
