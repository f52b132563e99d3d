#include "tests/end_to_end/world.h"

#include "dash/primitives/address.h"

namespace end_to_end {
namespace {

class Simnet final : public Daemon {
  public:
    Simnet(std::vector<std::uint16_t> ports, const std::filesystem::path& folder, std::vector<std::string> flags)
        : Daemon(ports[0], ports[1]), flags_(std::move(flags)), log_(folder / "simnet.log") {}

    void start() override {
        std::vector<std::string> arguments = {(tests::program_dir() / "simnet").string(),
                                              "--rpc-port",
                                              std::to_string(rpc().port()),
                                              "--p2p-port",
                                              std::to_string(p2p_port()),
                                              "--rpc-user",
                                              rpc().user(),
                                              "--rpc-password",
                                              rpc().password()};
        arguments.insert(arguments.end(), flags_.begin(), flags_.end());
        process_ = std::make_unique<tests::ChildProcess>(arguments, log_);
        process_->wait_for_output("RPC on", std::chrono::seconds(30));
    }
    void stop() override { process_->stop(); }
    void mine(int blocks) override { rpc()("generatetoaddress", {blocks, miner_address(99)}); }

  private:
    std::vector<std::string> flags_;
    std::filesystem::path log_;
    std::unique_ptr<tests::ChildProcess> process_;
};

}  // namespace

std::unique_ptr<Daemon> make_simnet(const std::filesystem::path& folder, const std::vector<std::string>& flags) {
    auto simnet = std::make_unique<Simnet>(tests::free_ports(2), folder, flags);
    simnet->start();
    return simnet;
}

NodePorts free_node_ports() {
    const std::vector<std::uint16_t> ports = tests::free_ports(2);
    return {ports[0], ports[1]};
}

std::vector<std::string> node_command(const Daemon& daemon, const std::filesystem::path& datadir,
                                      const NodePorts& ports, const std::vector<std::string>& flags) {
    std::vector<std::string> words = {(tests::program_dir() / "p2pool-dash").string(),
                                      "--net",
                                      "dash_regtest",
                                      "--datadir",
                                      datadir.string(),
                                      "--dashd-rpc-port",
                                      std::to_string(daemon.rpc().port()),
                                      "--dashd-p2p-port",
                                      std::to_string(daemon.p2p_port()),
                                      "--p2pool-port",
                                      std::to_string(ports.p2p),
                                      "--disable-upnp",
                                      "-w",
                                      "127.0.0.1:" + std::to_string(ports.worker),
                                      "-a",
                                      kOperatorAddress,
                                      "--give-author",
                                      "0"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.push_back(daemon.rpc().user());
    words.push_back(daemon.rpc().password());
    return words;
}

NodeProcess::NodeProcess(const Daemon& daemon, const std::filesystem::path& folder,
                         const std::vector<std::string>& flags)
    : process_(std::make_unique<tests::ChildProcess>(node_command(daemon, folder / "data", ports_, flags),
                                                     folder / "node.log")) {}

std::string miner_address(std::uint8_t number) {
    dash::Address address;
    address.hash.fill(number);
    return dash::format_address(address, dash::dash_regtest());
}

}  // namespace end_to_end
