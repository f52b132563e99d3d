#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "p2pool/peers/peer_address.h"
#include "p2pool/peers/transport.h"
#include "tests/peer_network/simulation.h"

/// A network in memory with what TCP does to messages: they come late, in pieces, in order; connections stall and
/// break. Whoever sends on two connections cannot tell which message comes first.
namespace tests {

class Wire;
class Wires;

/// A machine's end of the network.
class SimulatedTransport final : public p2pool::peers::Transport {
  public:
    SimulatedTransport(Wires& wires, const p2pool::peers::PeerAddress& address) : wires_(wires), address_(address) {}
    ~SimulatedTransport() override;
    SimulatedTransport(const SimulatedTransport&) = delete;
    SimulatedTransport& operator=(const SimulatedTransport&) = delete;

    /// Only addresses in digits are known here.
    void connect(const std::string& host, std::uint16_t port, double timeout_seconds, Connected done) override;
    void on_incoming(std::function<void(std::unique_ptr<p2pool::peers::Channel>)> accept) override;

    [[nodiscard]] const p2pool::peers::PeerAddress& address() const { return address_; }

  private:
    friend class Wires;

    Wires& wires_;
    p2pool::peers::PeerAddress address_;
    std::function<void(std::unique_ptr<p2pool::peers::Channel>)> accept_;
    std::shared_ptr<int> plugged_in_ = std::make_shared<int>(0);
};

struct WireQuality {
    double least_delay_seconds = 0.02;
    double most_delay_seconds = 0.3;
    double bytes_per_second = 1e6;
    /// Of every piece of a message, that the connection breaks before it arrives.
    double break_probability = 0;
};

class Wires {
  public:
    explicit Wires(Simulation& simulation) : simulation_(simulation) {}

    /// `host` in digits; it listens on `port` once it wants incoming connections.
    [[nodiscard]] std::unique_ptr<SimulatedTransport> plug_in(const std::string& host, std::uint16_t port);

    void set_quality(const WireQuality& quality) { quality_ = quality; }
    /// Machines of different groups do not hear from each other: what is under way waits, new connections time out.
    void partition(std::function<int(const p2pool::peers::PeerAddress&)> group_of);
    /// What waited arrives, on connections that nobody has given up meanwhile.
    void heal();
    /// Breaks each open connection with this probability.
    void break_connections(double probability);

    /// Hosts in digits.
    [[nodiscard]] std::uint64_t bytes_carried(const std::string& from, const std::string& to) const;
    [[nodiscard]] std::size_t open_connections();

  private:
    friend class SimulatedTransport;
    friend class Wire;

    using Connected = p2pool::peers::Transport::Connected;

    void connect(const SimulatedTransport& from, const std::string& host, std::uint16_t port, double timeout_seconds,
                 Connected done);
    void join(const p2pool::peers::PeerAddress& from, const p2pool::peers::PeerAddress& to, const Connected& done);
    [[nodiscard]] bool separated(const p2pool::peers::PeerAddress& a, const p2pool::peers::PeerAddress& b) const;
    [[nodiscard]] std::vector<std::shared_ptr<Wire>> open_wires();
    [[nodiscard]] double delay();

    Simulation& simulation_;
    WireQuality quality_;
    std::map<p2pool::peers::PeerAddress, SimulatedTransport*> machines_;
    std::function<int(const p2pool::peers::PeerAddress&)> group_of_;
    std::vector<std::weak_ptr<Wire>> wires_;
    std::uint16_t next_port_ = 40000;
    std::map<std::pair<std::string, std::string>, std::uint64_t> bytes_carried_;
};

}  // namespace tests
