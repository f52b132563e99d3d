#include "p2pool/node/merged_mining.h"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dash/util/coroutines.h"
#include "dash/util/error.h"
#include "dash/util/log.h"

namespace p2pool::node {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr const char* kBroken = "Merged mining: an error of this program, please report it";

}  // namespace

MergedMining::MergedMining(asio::any_io_executor executor, const std::vector<dash::rpc::ClientSettings>& daemons,
                           OnWork on_work, const MergedSchedule& schedule)
    : executor_(std::move(executor)),
      schedule_(schedule),
      on_work_(std::move(on_work)),
      blocks_(daemons.size()),
      taken_(daemons.size()) {
    for (dash::rpc::ClientSettings settings : daemons) {
        settings.timeout = schedule_.timeout;
        daemons_.push_back(std::make_unique<dash::rpc::Client>(std::move(settings)));
    }
}

void MergedMining::start() {
    for (std::size_t i = 0; i < daemons_.size(); ++i)
        asio::co_spawn(executor_, follow(i), dash::log_failure(kBroken));
}

void MergedMining::submit(work::AuxSolution solution) {
    if (taken_[solution.block.daemon] == solution.block.hash) return;
    asio::co_spawn(executor_, bring(std::move(solution)), dash::log_failure(kBroken));
}

asio::awaitable<void> MergedMining::follow(std::size_t daemon) {
    dash::rpc::Client& client = *daemons_[daemon];
    std::string told;
    for (;;) {
        std::string problem;
        try {
            take(work::read_aux_block(co_await client.call("getauxblock", json::array()), daemon));
        } catch (const dash::Error& error) {
            problem = error.what();
        }
        if (problem != told) {
            if (problem.empty()) dash::log::info("Merged mining: ", client.settings().url(), " answers again.");
            if (!problem.empty()) dash::log::warning("Merged mining: ", client.settings().url(), ": ", problem);
            told = problem;
        }
        co_await dash::pause(problem.empty() ? schedule_.poll : schedule_.after_trouble);
    }
}

void MergedMining::take(const work::AuxBlock& block) {
    std::optional<work::AuxBlock>& known = blocks_[block.daemon];
    if (known == block) return;
    const std::optional<work::AuxBlock> before = std::exchange(known, block);
    std::vector<work::AuxBlock> all;
    for (const auto& each : blocks_) {
        if (each) all.push_back(*each);
    }
    try {
        on_work_(std::make_shared<const work::AuxTree>(std::move(all)));
    } catch (const std::invalid_argument& error) {
        known = before;
        throw dash::DecodeError(error.what());
    }
    dash::log::info("Got new merged mining work!");
}

asio::awaitable<void> MergedMining::bring(work::AuxSolution solution) {
    dash::rpc::Client& client = *daemons_[solution.block.daemon];
    const std::string hash = solution.block.hash.to_hex();
    for (int attempt = 1; attempt <= schedule_.submit_attempts; ++attempt) {
        try {
            json params = json::array();
            params.push_back(hash);
            params.push_back(solution.proof_hex);
            const json result = co_await client.call("getauxblock", std::move(params));
            if (result == true) taken_[solution.block.daemon] = solution.block.hash;
            dash::log::write(result == true ? dash::log::Level::kInfo : dash::log::Level::kWarning,
                             "Merged block submittal result: " + result.dump() + " for block " + hash + " of " +
                                 client.settings().url());
            co_return;
        } catch (const dash::Error& error) {
            dash::log::warning("Error submitting merged block ", hash, " to ", client.settings().url(), ": ",
                               error.what(), attempt < schedule_.submit_attempts ? " (will retry)" : " (giving up)");
        }
        co_await dash::pause(schedule_.submit_retry);
    }
}

}  // namespace p2pool::node
