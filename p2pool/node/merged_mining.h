#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "dash/rpc/client.h"
#include "p2pool/work/aux_work.h"

namespace p2pool::node {

/// How often other chains' daemons are asked (python p2pool.work).
struct MergedSchedule {
    std::chrono::milliseconds poll{1'000};
    std::chrono::milliseconds after_trouble{30'000};
    std::chrono::milliseconds timeout{5'000};  ///< of a call
    std::chrono::milliseconds submit_retry{10'000};
    int submit_attempts = 11;
};

/// Asks other chains' daemons for blocks to merge-mine (getauxblock), and brings them the proofs. A daemon that does
/// not answer keeps its last block in the work: it may be back before that is old. Node thread only.
class MergedMining {
  public:
    using OnWork = std::function<void(work::AuxTreePtr)>;

    /// `on_work` hears of every change. Nothing may run on the executor any more when this is destroyed.
    MergedMining(boost::asio::any_io_executor executor, const std::vector<dash::rpc::ClientSettings>& daemons,
                 OnWork on_work, const MergedSchedule& schedule = {});

    void start();
    /// A block that its daemon has taken already is passed over.
    void submit(work::AuxSolution solution);

  private:
    boost::asio::awaitable<void> follow(std::size_t daemon);
    boost::asio::awaitable<void> bring(work::AuxSolution solution);
    void take(const work::AuxBlock& block);

    boost::asio::any_io_executor executor_;
    MergedSchedule schedule_;
    std::vector<std::unique_ptr<dash::rpc::Client>> daemons_;
    OnWork on_work_;
    std::vector<std::optional<work::AuxBlock>> blocks_;  ///< one a daemon
    std::vector<dash::Uint256> taken_;                   ///< the last block that each daemon took
};

}  // namespace p2pool::node
