#include "p2pool/node/payout_address.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "dash/primitives/address.h"
#include "dash/util/log.h"

namespace p2pool::node {
namespace {

std::filesystem::path cache_file(const options::Settings& settings) {
    return settings.net_datadir / "cached_payout_address";
}

bool is_payable(const std::string& text, const dash::ChainParams& chain) {
    try {
        return dash::parse_address(text, chain).kind == dash::Address::Kind::kPubkeyHash;
    } catch (const dash::DecodeError&) {
        return false;
    }
}

std::optional<std::string> cached_address(const options::Settings& settings) {
    std::ifstream file(cache_file(settings));
    std::string text;
    if (!(file >> text)) return std::nullopt;
    dash::log::info("    Loaded cached address: ", text, "...");
    if (is_payable(text, *settings.network->parent)) return text;
    dash::log::warning("    Cached address is not one that this network pays to; it is not used.");
    return std::nullopt;
}

void cache(const std::string& address, const options::Settings& settings) {
    const std::filesystem::path file = cache_file(settings);
    const std::filesystem::path fresh = file.string() + ".new";
    std::ofstream(fresh) << address << "\n";
    std::filesystem::rename(fresh, file);
}

}  // namespace

boost::asio::awaitable<std::string> determine_payout_address(const options::Settings& settings,
                                                             dash::rpc::Daemon& daemon) {
    if (settings.options.address.has_value()) co_return *settings.options.address;
    if (const auto cached = cached_address(settings)) co_return *cached;

    dash::log::info("    Getting payout address from dashd...");
    std::string problem;
    nlohmann::json label = nlohmann::json::array({"p2pool"});
    try {
        const nlohmann::json answer = co_await daemon.client().call("getnewaddress", std::move(label));
        if (answer.is_string() && is_payable(answer.get<std::string>(), *settings.network->parent)) {
            cache(answer.get<std::string>(), settings);
            co_return answer.get<std::string>();
        }
        problem = "its answer is no address of this network";
    } catch (const dash::rpc::RpcError& error) {
        problem = error.what();
    }
    throw dash::ConfigError("No payout address: dashd's wallet gave none (" + problem +
                            "). Start the node with -a YOUR_DASH_ADDRESS.");
}

}  // namespace p2pool::node
