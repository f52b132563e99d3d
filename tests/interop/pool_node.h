#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "share_chain/network.h"
#include "share_chain/share.h"
#include "tests/end_to_end/world.h"

namespace interop {

/// A p2pool node on regtest, asked by nothing but the protocols that all nodes speak.
class PoolNode {
  public:
    virtual ~PoolNode() = default;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] virtual std::uint16_t worker_port() const = 0;
    [[nodiscard]] virtual std::uint16_t p2p_port() const = 0;
    [[nodiscard]] virtual pid_t pid() const = 0;
    /// All it printed.
    [[nodiscard]] virtual std::string output() const = 0;
    /// SIGTERM; the exit code.
    virtual int stop() = 0;

    /// The best share, as the node tells a new peer.
    [[nodiscard]] dash::Uint256 best_share() const;
    /// Whether it gives this share to a peer who asks.
    [[nodiscard]] bool has(const dash::Uint256& share) const;
    /// The line of shares that ends with `newest`, newest first, as the node gives it to its peers: at most `count`.
    [[nodiscard]] std::vector<share_chain::SharePtr> line(const dash::Uint256& newest, std::size_t count) const;

  protected:
    explicit PoolNode(std::string name) : name_(std::move(name)) {}

  private:
    std::string name_;
};

/// The network that everything here runs on.
[[nodiscard]] const share_chain::Network& network();

/// Starts a node and waits until its ports are open. It keeps its files in `folder`/`name` and holds a connection to
/// each port of `peers`, and to nobody else.
[[nodiscard]] std::unique_ptr<PoolNode> start_ours(const end_to_end::Daemon& daemon,
                                                   const std::filesystem::path& folder, const std::string& name,
                                                   const std::vector<std::uint16_t>& peers = {});
/// The same of the python node, by $P2POOL_REFERENCE_COMMAND.
[[nodiscard]] std::unique_ptr<PoolNode> start_reference(const end_to_end::Daemon& daemon,
                                                        const std::filesystem::path& folder, const std::string& name,
                                                        const std::vector<std::uint16_t>& peers = {});

}  // namespace interop
