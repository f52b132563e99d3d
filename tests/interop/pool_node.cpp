#include "tests/interop/pool_node.h"

#include <algorithm>
#include <stdexcept>

#include "dash/util/environment.h"
#include "share_chain/codec.h"
#include "tests/interop/pool_peer.h"
#include "tests/support/blocking_socket.h"

namespace interop {
namespace {

/// Far from what is too long for one message.
constexpr std::uint64_t kSharesARequest = 20;
constexpr std::chrono::seconds kStartPatience{60};

/// Connections to these and to nobody else.
std::vector<std::string> peer_flags(const std::vector<std::uint16_t>& peers) {
    std::vector<std::string> flags = {"--outgoing-conns", "0", "--disable-advertise"};
    for (const std::uint16_t peer : peers) {
        flags.push_back("-n");
        flags.push_back("127.0.0.1:" + std::to_string(peer));
    }
    return flags;
}

std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return folder;
}

class OurNode final : public PoolNode {
  public:
    OurNode(const end_to_end::Daemon& daemon, const std::filesystem::path& folder, const std::string& name,
            const std::vector<std::uint16_t>& peers)
        : PoolNode(name), process_(daemon, made(folder / name), peer_flags(peers)) {}

    std::uint16_t worker_port() const override { return process_.worker_port(); }
    std::uint16_t p2p_port() const override { return process_.p2p_port(); }
    pid_t pid() const override { return process_.process().pid(); }
    std::string output() const override { return process_.process().output(); }
    int stop() override { return process_.process().stop(); }

  private:
    end_to_end::NodeProcess process_;
};

class ReferenceNode final : public PoolNode {
  public:
    ReferenceNode(const end_to_end::Daemon& daemon, const std::filesystem::path& folder, const std::string& name,
                  const std::vector<std::uint16_t>& peers)
        : PoolNode(name),
          ports_(tests::free_ports(2)),
          process_(arguments(daemon, made(folder / name), peers), folder / name / "node.log") {}

    std::uint16_t worker_port() const override { return ports_[0]; }
    std::uint16_t p2p_port() const override { return ports_[1]; }
    pid_t pid() const override { return process_.pid(); }
    std::string output() const override { return process_.output(); }
    int stop() override { return process_.stop(std::chrono::seconds(30)); }

  private:
    [[nodiscard]] std::vector<std::string> arguments(const end_to_end::Daemon& daemon,
                                                     const std::filesystem::path& folder,
                                                     const std::vector<std::uint16_t>& peers) const {
        const std::string command = dash::environment("P2POOL_REFERENCE_COMMAND").value_or("false");
        // $0 of the shell, and behind it the node's arguments.
        std::vector<std::string> all = {"/bin/sh", "-c", "exec " + command + " \"$@\"", "reference"};
        const std::vector<std::string> own = {"--net",
                                              "dash_regtest",
                                              "--datadir",
                                              (folder / "data").string(),
                                              "--dashd-address",
                                              "127.0.0.1",
                                              "--dashd-rpc-port",
                                              std::to_string(daemon.rpc().port()),
                                              "--dashd-p2p-port",
                                              std::to_string(daemon.p2p_port()),
                                              "--p2pool-port",
                                              std::to_string(p2p_port()),
                                              "--disable-upnp",
                                              "--disable-broadcaster",
                                              "--no-bugreport",
                                              "-w",
                                              "127.0.0.1:" + std::to_string(worker_port()),
                                              "-a",
                                              end_to_end::kOperatorAddress,
                                              "--give-author",
                                              "0"};
        all.insert(all.end(), own.begin(), own.end());
        const std::vector<std::string> others = peer_flags(peers);
        all.insert(all.end(), others.begin(), others.end());
        all.push_back(daemon.rpc().user());
        all.push_back(daemon.rpc().password());
        return all;
    }

    std::vector<std::uint16_t> ports_;
    tests::ChildProcess process_;
};

void wait_until_open(const PoolNode& node) {
    const auto open = [](std::uint16_t port) {
        try {
            const tests::BlockingSocket socket(port);
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    };
    if (tests::wait_until([&] { return open(node.worker_port()) && open(node.p2p_port()); }, kStartPatience)) return;
    throw std::runtime_error(node.name() + " did not start:\n" + node.output());
}

}  // namespace

const share_chain::Network& network() {
    return *share_chain::find_network("dash_regtest");
}

dash::Uint256 PoolNode::best_share() const {
    return PoolPeer(p2p_port(), network()).version().best_share_hash;
}

bool PoolNode::has(const dash::Uint256& share) const {
    return !PoolPeer(p2p_port(), network()).ask_for(share, 0).empty();
}

std::vector<share_chain::SharePtr> PoolNode::line(const dash::Uint256& newest, std::size_t count) const {
    PoolPeer peer(p2p_port(), network());
    std::vector<share_chain::SharePtr> line;
    dash::Uint256 next = newest;
    while (!next.is_zero() && line.size() < count) {
        const auto part = peer.ask_for(next, std::min<std::uint64_t>(kSharesARequest, count - line.size()) - 1);
        if (part.empty()) break;
        for (const share_chain::TypedContents& typed : part) {
            line.push_back(share_chain::load_share(typed, network()));
            if (line.back()->hash != next)
                throw std::runtime_error(name_ + " sent another share than it was asked for");
            next = line.back()->previous_hash();
        }
    }
    return line;
}

std::unique_ptr<PoolNode> start_ours(const end_to_end::Daemon& daemon, const std::filesystem::path& folder,
                                     const std::string& name, const std::vector<std::uint16_t>& peers) {
    auto node = std::make_unique<OurNode>(daemon, folder, name, peers);
    wait_until_open(*node);
    return node;
}

std::unique_ptr<PoolNode> start_reference(const end_to_end::Daemon& daemon, const std::filesystem::path& folder,
                                          const std::string& name, const std::vector<std::uint16_t>& peers) {
    auto node = std::make_unique<ReferenceNode>(daemon, folder, name, peers);
    wait_until_open(*node);
    return node;
}

}  // namespace interop
