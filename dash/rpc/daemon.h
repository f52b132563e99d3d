#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/chain_params.h"
#include "dash/rpc/block_template.h"
#include "dash/rpc/client.h"

namespace dash::rpc {

struct ChainInfo {
    std::string chain;  ///< "main", "test", "regtest"
    std::uint32_t blocks = 0;
    std::uint32_t headers = 0;
    Uint256 best_block;
    bool initial_block_download = false;
    double verification_progress = 0;
};

struct NetworkInfo {
    std::int64_t version = 0;  ///< 230102 is 23.1.2
    std::string subversion;
    std::uint32_t protocol_version = 0;
    std::uint32_t connections = 0;
    std::vector<std::string> local_addresses;  ///< what it tells others of itself, as in PeerInfo
    std::string warnings;
};

struct HeaderInfo {
    Uint256 hash;
    BlockHeader header;
    std::uint32_t height = 0;
    /// 1 for the tip, more below it, −1 for a block that is not on the main chain.
    std::int64_t confirmations = 0;
    bool chainlock = false;
    /// Hashes that the chain up to this block took on average.
    std::optional<Uint256> chain_work{};
};

struct ChainLock {
    Uint256 block_hash;
    std::uint32_t height = 0;
};

/// A connection of dashd to another node.
struct PeerInfo {
    std::string address;  ///< "1.2.3.4:9999" or "[2001:db8::1]:9999"; of an inbound peer with a port of no use
    bool inbound = false;
    std::optional<double> ping_seconds;  ///< the best one measured
};

struct AddressInfo {
    bool valid = false;
    std::optional<bool> mine;  ///< absent in Dash Core without wallet
};

/// Whether the daemon is one this node can work with.
struct DaemonCheck {
    bool usable = false;
    std::string problem;  ///< for the operator; empty when usable
    ChainInfo chain;
};

/// The calls to dashd that this project makes, with their answers checked and typed. Every method throws RpcError
/// (kBadAnswer when the answer is not of the promised form). Same thread as the client's.
class Daemon {
  public:
    Daemon(Client& client, const ChainParams& chain);

    /// Right chain, and not too old. Messages as the python node gave them.
    [[nodiscard]] boost::asio::awaitable<DaemonCheck> check();

    [[nodiscard]] boost::asio::awaitable<BlockTemplate> get_block_template();

    /// nullopt: accepted and connected. Otherwise dashd's word, e.g. "duplicate" (which proves nothing: the block may
    /// be known and not on the main chain), "inconclusive", "high-hash", "bad-cb-payee".
    [[nodiscard]] boost::asio::awaitable<std::optional<std::string>> submit_block(std::string block_hex);

    /// nullopt: dashd does not know the block.
    [[nodiscard]] boost::asio::awaitable<std::optional<HeaderInfo>> get_block_header(Uint256 hash);
    /// nullopt: the main chain is not that long.
    [[nodiscard]] boost::asio::awaitable<std::optional<Uint256>> get_block_hash(std::uint32_t height);
    /// nullopt: no ChainLock yet.
    [[nodiscard]] boost::asio::awaitable<std::optional<ChainLock>> get_best_chainlock();
    [[nodiscard]] boost::asio::awaitable<ChainInfo> get_blockchain_info();
    [[nodiscard]] boost::asio::awaitable<NetworkInfo> get_network_info();
    [[nodiscard]] boost::asio::awaitable<std::vector<PeerInfo>> get_peer_info();
    [[nodiscard]] boost::asio::awaitable<AddressInfo> validate_address(std::string address);
    /// Makes dashd prefer this block to others of the same work that it saw earlier.
    [[nodiscard]] boost::asio::awaitable<void> precious_block(Uint256 hash);

    [[nodiscard]] Client& client() { return client_; }
    [[nodiscard]] const ChainParams& chain() const { return chain_; }

  private:
    Client& client_;
    const ChainParams& chain_;
};

/// Dash Core releases before this are refused.
constexpr std::int64_t kOldestDaemonVersion = 200000;

}  // namespace dash::rpc
