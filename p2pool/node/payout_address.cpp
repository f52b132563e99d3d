#include "p2pool/node/payout_address.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "dash/primitives/address.h"
#include "dash/util/atomic_file.h"
#include "dash/util/clock.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/node/format.h"

namespace p2pool::node {
namespace {

namespace asio = boost::asio;

/// dashd's wallet is asked for a new address at most this often.
constexpr std::chrono::seconds kRenewInterval{30};

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

/// What dashd's wallet says; nullopt when there is none to ask.
asio::awaitable<std::optional<bool>> is_in_wallet(const std::string& address, dash::rpc::Daemon& daemon) {
    try {
        nlohmann::json params = nlohmann::json::array({address});
        const nlohmann::json answer = co_await daemon.client().call("getaddressinfo", std::move(params));
        if (answer.is_object() && answer.contains("ismine") && answer["ismine"].is_boolean()) {
            co_return answer["ismine"].get<bool>();
        }
    } catch (const dash::rpc::RpcError&) {
    }
    co_return std::nullopt;
}

asio::awaitable<std::optional<std::string>> cached_address(const options::Settings& settings,
                                                           dash::rpc::Daemon& daemon) {
    std::ifstream file(cache_file(settings));
    std::string text;
    if (!(file >> text)) co_return std::nullopt;
    dash::log::info("    Loaded cached address: ", text, "...");
    if (is_payable(text, *settings.network->parent)) {
        const std::optional<bool> mine = co_await is_in_wallet(text, daemon);
        if (mine.value_or(true)) co_return text;
    }
    dash::log::warning("    Cached address is either invalid or not controlled by local dashd!");
    co_return std::nullopt;
}

}  // namespace

asio::awaitable<std::string> new_wallet_address(dash::rpc::Daemon& daemon) {
    std::string problem = "its answer is no address of this network";
    nlohmann::json label = nlohmann::json::array({"p2pool"});
    try {
        const nlohmann::json answer = co_await daemon.client().call("getnewaddress", std::move(label));
        if (answer.is_string() && is_payable(answer.get<std::string>(), daemon.chain())) {
            co_return answer.get<std::string>();
        }
    } catch (const dash::rpc::RpcError& error) {
        problem = error.what();
    }
    throw dash::ConfigError("No payout address: dashd's wallet gave none (" + problem +
                            "). Start the node with -a YOUR_DASH_ADDRESS.");
}

asio::awaitable<std::vector<std::string>> determine_payout_addresses(const options::Settings& settings,
                                                                     dash::rpc::Daemon& daemon) {
    std::vector<std::string> addresses;
    if (settings.payout_address) addresses.push_back(*settings.payout_address);
    if (settings.dynamic_payout) {
        dash::log::info("    Entering dynamic address mode.");
        while (addresses.size() < settings.options.dynamic_addresses)
            addresses.push_back(co_await new_wallet_address(daemon));
    }
    if (!addresses.empty()) co_return addresses;

    if (const auto cached = co_await cached_address(settings, daemon)) {
        addresses.push_back(*cached);
        co_return addresses;
    }
    dash::log::info("    Getting payout address from dashd...");
    addresses.push_back(co_await new_wallet_address(daemon));
    dash::write_file_atomically(cache_file(settings), addresses.front() + "\n");
    co_return addresses;
}

asio::awaitable<void> renew_payouts(const options::Settings& settings, dash::rpc::Daemon& daemon, PayoutPool& payouts) {
    const dash::ChainParams& chain = *settings.network->parent;
    for (const std::string& line : payouts.lines(chain))
        dash::log::info(line);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        timer.expires_after(kRenewInterval);
        co_await timer.async_wait(asio::use_awaitable);
        const double now = dash::system_clock().unix_seconds();
        if (!payouts.is_due(now, settings.options.dynamic_seconds)) continue;
        dash::log::info("ATTEMPTING TO FRESHEN ADDRESS.");
        try {
            const std::string address = co_await new_wallet_address(daemon);
            payouts.replace_oldest(dash::parse_address(address, chain).hash, now);
        } catch (const dash::ConfigError& error) {
            dash::log::warning(error.what(), " The present addresses stay for now.");
            continue;
        }
        dash::log::info(" Updated payout pool:");
        for (const std::string& line : payouts.lines(chain))
            dash::log::info(line);
        dash::log::info(" Next address rotation in : ", format_fixed(settings.options.dynamic_seconds, 6), "s");
    }
}

}  // namespace p2pool::node
