#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dash/p2p/daemon_link.h"
#include "dash/primitives/chain_params.h"
#include "dash/rpc/client.h"
#include "dash/submission/won_block.h"
#include "dash/util/clock.h"

namespace dash::submission {

/// When the pipeline tries again and when it asks the chain. Tests shorten these.
struct Schedule {
    std::chrono::milliseconds first_retry{200};       ///< doubled at each failure …
    std::chrono::milliseconds longest_retry{10'000};  ///< … up to this
    /// A dashd that answers so often in a row, and does not have the block then, is not given it again in this run.
    int most_refusals = 1000;
    std::chrono::milliseconds first_check{500};  ///< after submission, doubled …
    std::chrono::milliseconds longest_check{120'000};
    /// A block this deep is settled without a ChainLock.
    std::int64_t burial_confirmations = 100;
    /// A block that one dashd finds invalid waits this long for the others' word.
    std::chrono::milliseconds hearing{3'600'000};
    /// What stop() allows for blocks that dashd has not been given yet.
    std::chrono::milliseconds stop_grace{3'000};
};

/// One more dashd that gets every won block, by P2P and submitblock.
struct FurtherDaemon {
    std::string name;  ///< for the log
    rpc::ClientSettings rpc;
    p2p::DaemonLinkSettings link;
};

struct PipelineSettings {
    const ChainParams* chain = nullptr;
    rpc::ClientSettings rpc;
    p2p::DaemonLinkSettings link;
    std::vector<FurtherDaemon> further{};
    /// Which dashd to ask what became of a block: 0 is the first, 1 the first of the further ones, and so on. Called on
    /// the submission thread. Unset: the first.
    std::function<std::size_t()> best_daemon{};
    /// The node's SQLite file; the pipeline has its own connection to it and its own table.
    std::filesystem::path database;
    std::vector<BlockSenderFactory> senders;
    Schedule schedule;
};

/// Takes won blocks to the network and follows them until the chain has decided. A block is journalled, sent to the
/// local dashds by P2P, handed to submitblock and given to the further senders all at the same moment; none waits for
/// another. Has its own threads, so a busy node does not delay a block, and the journal makes a restart continue where
/// the last run was cut off.
class Pipeline {
  public:
    using ReportHandler = std::function<void(const SubmissionReport&)>;

    /// Opens the journal: throws ConfigError when that fails. `on_report` runs on `report_executor`.
    Pipeline(PipelineSettings settings, boost::asio::any_io_executor report_executor, ReportHandler on_report,
             const Clock& clock = system_clock());
    /// stop()s.
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// Starts the threads and resumes what the journal holds unfinished.
    void start();

    /// From any thread; returns at once. A block that has been submitted already, in this run or an earlier one, is
    /// ignored.
    void submit(WonBlock block);

    /// Ends the threads; the journal is complete when it returns.
    void stop();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dash::submission
