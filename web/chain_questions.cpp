#include "web/chain_questions.h"

#include "dash/primitives/target.h"
#include "dash/util/coroutines.h"
#include "dash/util/log.h"

namespace web {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kPause{50};  ///< between two questions
constexpr std::chrono::seconds kNothingToAsk{1};
constexpr std::chrono::seconds kAfterTrouble{10};
constexpr double kBackfillAfterSeconds = 60;
/// A day of blocks.
constexpr std::uint32_t kBackfillBlocks = 576;

asio::awaitable<void> ask_about(Model& model, dash::rpc::Daemon& daemon, dash::Uint256 hash) {
    Model::ChainAnswer answer;
    if (const auto header = co_await daemon.get_block_header(hash)) {
        answer.known = true;
        answer.confirmations = header->confirmations;
        answer.chainlock = header->chainlock;
        answer.height = header->height;
    }
    model.take(hash, answer);
}

/// Of the blocks before the oldest sample.
asio::awaitable<void> learn_old_difficulties(Model& model, dash::rpc::Daemon& daemon) {
    const std::uint32_t tip = (co_await daemon.get_blockchain_info()).blocks;
    const double oldest =
        model.samples().difficulties().empty() ? model.time() : model.samples().difficulties().front().at;
    std::vector<DifficultySample> samples;
    for (std::uint32_t height = tip > kBackfillBlocks ? tip - kBackfillBlocks : 1; height <= tip; ++height) {
        const auto hash = co_await daemon.get_block_hash(height);
        if (!hash) break;
        const auto header = co_await daemon.get_block_header(*hash);
        const auto target = header ? dash::target_if_it_fits(header->header.bits) : std::nullopt;
        if (!target) continue;
        if (header->header.timestamp >= oldest) break;
        samples.push_back(
            {static_cast<double>(header->header.timestamp), dash::difficulty_from_target(*target), height});
    }
    model.take_old_difficulties(std::move(samples));
}

}  // namespace

asio::awaitable<void> ask_chain(Model& model, std::function<dash::rpc::Daemon&()> daemon,
                                std::function<void()> on_change) {
    bool has_old = model.samples().difficulties().size() >= kBackfillBlocks;
    while (true) {
        bool trouble = false;
        const std::optional<dash::Uint256> hash = model.block_to_check();
        const bool wants_old = !has_old && model.time() > model.facts().started_at + kBackfillAfterSeconds;
        try {
            if (hash) co_await ask_about(model, daemon(), *hash);
            if (wants_old) {
                co_await learn_old_difficulties(model, daemon());
                has_old = true;
            }
            if (hash || wants_old) on_change();
        } catch (const dash::rpc::RpcError& error) {
            dash::log::debug("No answer about found blocks: ", error.what());
            trouble = true;
        }
        if (trouble) {
            co_await dash::pause(kAfterTrouble);
        } else if (hash) {
            co_await dash::pause(kPause);
        } else {
            co_await dash::pause(kNothingToAsk);
        }
    }
}

}  // namespace web
