#pragma once

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/rpc.h"
#include "tests/support/process.h"

namespace broadcast {

/// A real dashd that listens on a loopback address of its own and connects to nobody.
class Neighbour {
  public:
    /// `folder` holds a chain already.
    Neighbour(std::string program, std::string address, std::filesystem::path folder);

    void start();
    void wait_until_up() const;
    void stop();
    void kill();
    void freeze() { process_->send_signal(SIGSTOP); }
    void thaw() { process_->send_signal(SIGCONT); }

    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] const end_to_end::Rpc& rpc() const { return rpc_; }
    /// Display order.
    [[nodiscard]] std::string tip() const { return rpc_("getbestblockhash").get<std::string>(); }

  private:
    std::string program_;
    std::string address_;
    std::filesystem::path folder_;
    end_to_end::Rpc rpc_;
    std::unique_ptr<tests::ChildProcess> process_;
};

/// The port all of a test network's nodes listen on.
constexpr std::uint16_t kRegtestPort = 19899;

/// Copies of a stopped dashd's chain, started and answering.
[[nodiscard]] std::vector<std::unique_ptr<Neighbour>> start_neighbours(const std::string& program,
                                                                       const std::filesystem::path& chain,
                                                                       const std::filesystem::path& folder,
                                                                       std::size_t count);

/// broadcast_peers.json of an earlier run that knew them.
void write_peer_file(const std::filesystem::path& file, const std::vector<std::unique_ptr<Neighbour>>& neighbours,
                     const std::string& local_dashd);

}  // namespace broadcast
