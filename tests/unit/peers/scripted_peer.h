#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dash/p2p/framing.h"
#include "p2pool/peers/messages.h"
#include "p2pool/peers/peer_network.h"
#include "p2pool/peers/transport.h"
#include "share_chain/network.h"
#include "share_chain/tracker.h"
#include "tests/peer_network/simulation.h"

/// A node's p2pool network whose peers say what the test wants, byte by byte.
namespace tests {

/// Both ends of a connection without anything between them.
struct Line {
    p2pool::peers::PeerAddress remote;
    p2pool::peers::Channel::Events events;
    dash::Bytes sent;  ///< by the node, all of it
    std::size_t unsent_bytes = 0;
    bool started = false;
    bool reading = true;
    bool closed = false;  ///< by the node
};

/// The peer's end of a line.
class ScriptedPeer {
  public:
    ScriptedPeer(std::shared_ptr<Line> line, dash::ByteSpan prefix, Simulation& simulation)
        : line_(std::move(line)), prefix_(prefix.begin(), prefix.end()), simulation_(&simulation), parser_(prefix_) {}

    void say_bytes(dash::ByteSpan bytes);
    template <typename Message>
    void say(const Message& message) {
        say_bytes(*p2pool::peers::make_frame(prefix_, message));
    }
    /// What the node said since the last call.
    [[nodiscard]] std::vector<dash::p2p::Frame> heard();
    /// The same, commands only.
    [[nodiscard]] std::vector<std::string> heard_commands();
    /// Of heard() the payloads of this command.
    [[nodiscard]] std::vector<dash::Bytes> heard_payloads(std::string_view command);
    void hang_up();
    [[nodiscard]] bool is_closed() const { return line_->closed; }
    [[nodiscard]] Line& line() { return *line_; }

    /// Version and what the node says to it.
    void shake_hands(std::uint32_t version = p2pool::peers::kProtocolVersion, const dash::Uint256& best_share = {});

  private:
    std::shared_ptr<Line> line_;
    dash::Bytes prefix_;
    Simulation* simulation_;
    dash::p2p::FrameParser parser_;
    std::size_t read_ = 0;
};

class ScriptedTransport final : public p2pool::peers::Transport {
  public:
    struct Attempt {
        std::string host;
        std::uint16_t port = 0;
        Connected done;
    };

    void connect(const std::string& host, std::uint16_t port, double, Connected done) override {
        attempts.push_back({host, port, std::move(done)});
    }
    void on_incoming(std::function<void(std::unique_ptr<p2pool::peers::Channel>)> accept_it) override {
        accept = std::move(accept_it);
    }

    std::vector<Attempt> attempts;  ///< since the test last looked
    std::function<void(std::unique_ptr<p2pool::peers::Channel>)> accept;
};

/// Hashes on the spot, answers from the event loop; or keeps the answers back.
class ScriptedLoader final : public p2pool::peers::ShareLoader {
  public:
    ScriptedLoader(Simulation& simulation, const share_chain::Network& network)
        : simulation_(simulation), network_(network) {}

    void load(std::vector<share_chain::TypedContents> batch, Done done) override;
    [[nodiscard]] std::size_t waiting_bytes() const override { return waiting; }

    double delay_seconds = 0;
    std::size_t shares_loaded = 0;
    std::size_t waiting = 0;

  private:
    Simulation& simulation_;
    const share_chain::Network& network_;
};

/// A host that adds what comes and thinks at once.
class ScriptedHost final : public p2pool::peers::PeerHost {
  public:
    ScriptedHost(const share_chain::Network& network, const Simulation& simulation)
        : simulation_(simulation), tracker_(network) {}

    [[nodiscard]] const share_chain::Tracker& tracker() const override { return tracker_; }
    [[nodiscard]] dash::Uint256 best_share() const override { return best; }
    void shares_came(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source) override;
    void best_block_came(const dash::BlockHeader& header, const dash::Uint256& hash) override;
    [[nodiscard]] bool is_recent_block(const share_chain::Share&) const override { return blocks_are_recent; }

    /// Shares of the store, verified.
    void load_store(const std::vector<share_chain::SharePtr>& shares);
    /// A share of the node's own.
    void add(const share_chain::SharePtr& share);
    void settle();

    p2pool::peers::PeerNetwork* peers = nullptr;
    dash::Uint256 best;
    bool believes_blocks = false;  ///< and then tells them on
    bool blocks_are_recent = true;
    bool fails = false;  ///< to take shares
    std::vector<std::pair<share_chain::SharePtr, share_chain::Source>> came;
    std::vector<dash::BlockHeader> headers;

  private:
    const Simulation& simulation_;
    share_chain::Tracker tracker_;
};

class ScriptedNode {
  public:
    static constexpr std::uint16_t kPort = 19799;

    explicit ScriptedNode(const share_chain::Network& network);
    ScriptedNode(const ScriptedNode&) = delete;
    ScriptedNode& operator=(const ScriptedNode&) = delete;

    /// Before start(); what it says stays.
    p2pool::peers::Settings settings;
    void start();

    [[nodiscard]] ScriptedPeer incoming(const std::string& host = "127.0.0.1", std::uint16_t port = 40000);
    /// Lets the first waiting attempt to connect succeed; the peer has this address, or that of the attempt.
    [[nodiscard]] ScriptedPeer answer_attempt(const std::string& host = {});
    void fail_attempt();
    void run(double seconds) { simulation.run_for(seconds); }

    Simulation simulation{1};
    const share_chain::Network& network;
    ScriptedTransport transport;
    ScriptedLoader loader{simulation, network};
    ScriptedHost host{network, simulation};
    std::unique_ptr<p2pool::peers::PeerNetwork> peers;

  private:
    [[nodiscard]] std::shared_ptr<Line> make_line(const std::string& host_name, std::uint16_t port);
    [[nodiscard]] ScriptedPeer peer_of(std::shared_ptr<Line> line);

    SimulatedTimers timers_{simulation};
};

/// A transaction of about this size; another number gives another one.
[[nodiscard]] p2pool::peers::KnownTransaction make_transaction(std::uint32_t number, std::size_t script_bytes = 100);

/// As messages carry them.
[[nodiscard]] std::vector<share_chain::TypedContents> typed_contents(const std::vector<share_chain::SharePtr>& shares);

}  // namespace tests
