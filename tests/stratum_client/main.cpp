#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/program_options.hpp>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "dash/rpc/client.h"
#include "dash/util/error.h"
#include "tests/stratum_client/load_client.h"

namespace {

namespace asio = boost::asio;
namespace po = boost::program_options;
using stratum_client::LoadClient;
using stratum_client::LoadSettings;
using stratum_client::Statistics;

struct Options {
    LoadSettings load;
    std::string server;
    std::string mode;
    std::size_t users = 1;
    double difficulty = -1;
    double duration_seconds = 0;
    std::uint64_t stop_after_accepted = 0;
    std::uint64_t stop_after_blocks = 0;
    std::string daemon;
    double new_block_seconds = 1;
    bool json = false;
    bool help = false;
};

po::options_description describe(Options& options) {
    LoadSettings& load = options.load;
    po::options_description description(
        "A stratum miner for one processor, and a load generator of many miners.\n"
        "Usage: stratum-client [options] HOST:PORT\n\nModes\n"
        "  mine    search for solutions with --threads threads, for all connections in turn\n"
        "  submit  send --rate solutions a second over all connections; needs a --difficulty that takes few hashes\n"
        "  listen  subscribe, authorize and read jobs\n"
        "  silent  connect and say nothing\n\nOptions");
    auto add = description.add_options();
    add("help,h", po::bool_switch(&options.help), "show this and exit");
    add("server", po::value(&options.server)->default_value("127.0.0.1:19703"), "HOST:PORT of the worker port");
    add("mode,m", po::value(&options.mode)->default_value("mine"), "mine, submit, listen or silent");
    add("connections,c", po::value(&load.connections)->default_value(1), "how many miners");
    add("user,u", po::value(&load.users)->composing(),
        "payout address; may be given several times, the connections share them out");
    add("users", po::value(&options.users)->default_value(1),
        "without --user: how many different regtest addresses to use");
    add("password,p", po::value(&load.password)->default_value("x"), "password of all");
    add("difficulty,d", po::value(&options.difficulty), "fixed difficulty to ask for (a +D behind the user name)");
    add("threads,t", po::value(&load.threads)->default_value(1), "mining threads");
    add("rate,r", po::value(&load.submits_per_second)->default_value(100), "submits a second, over all connections");
    add("junk", po::bool_switch(&load.junk), "submit nonces that were not hashed: most will be refused as too easy");
    add("version-rolling", po::bool_switch(&load.roll_versions), "negotiate version rolling and roll");
    add("tls", po::bool_switch(&load.tls), "speak TLS, whatever certificate the server shows");
    add("reconnect", po::bool_switch(&load.reconnect), "connect again a second after a connection ended");
    add("connect-rate", po::value(&load.connects_per_second)->default_value(0),
        "connections a second to begin with; 0: all at once");
    add("duration", po::value(&options.duration_seconds)->default_value(0),
        "stop after this many seconds; 0: on Ctrl-C");
    add("accepted", po::value(&options.stop_after_accepted)->default_value(0), "stop after this many accepted submits");
    add("blocks", po::value(&options.stop_after_blocks)->default_value(0),
        "stop after this many solutions of a block's difficulty");
    add("daemon", po::value(&options.daemon),
        "USER:PASSWORD@HOST:PORT of a regtest dashd or simnet: have it mine a block now and then, and measure when "
        "each connection hears "
        "of it, counted from the call");
    add("new-block-every", po::value(&options.new_block_seconds)->default_value(1), "seconds between those blocks");
    add("json", po::bool_switch(&options.json), "print the result as JSON, and no progress");
    return description;
}

LoadSettings::Mode read_mode(const std::string& text) {
    if (text == "mine") return LoadSettings::Mode::kMine;
    if (text == "submit") return LoadSettings::Mode::kSubmit;
    if (text == "listen") return LoadSettings::Mode::kListen;
    if (text == "silent") return LoadSettings::Mode::kSilent;
    throw dash::ConfigError("--mode " + text + " is unknown; it is mine, submit, listen or silent");
}

std::pair<std::string, std::uint16_t> read_endpoint(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    try {
        const int port = colon == std::string::npos ? 0 : std::stoi(text.substr(colon + 1));
        if (port > 0 && port <= UINT16_MAX) return {text.substr(0, colon), static_cast<std::uint16_t>(port)};
    } catch (const std::logic_error&) {
    }
    throw dash::ConfigError(text + " is not HOST:PORT");
}

dash::rpc::ClientSettings read_daemon(const std::string& text) {
    const std::size_t at = text.rfind('@');
    const std::size_t colon = text.find(':');
    if (at == std::string::npos || colon == std::string::npos || colon > at) {
        throw dash::ConfigError("--daemon wants USER:PASSWORD@HOST:PORT");
    }
    dash::rpc::ClientSettings settings;
    settings.user = text.substr(0, colon);
    settings.password = text.substr(colon + 1, at - colon - 1);
    std::tie(settings.host, settings.port) = read_endpoint(text.substr(at + 1));
    return settings;
}

Options read_options(int argc, char** argv) {
    Options options;
    const po::options_description description = describe(options);
    po::positional_options_description positions;
    positions.add("server", 1);
    po::variables_map values;
    try {
        po::store(po::command_line_parser(argc, argv).options(description).positional(positions).run(), values);
        po::notify(values);
    } catch (const po::error& error) {
        throw dash::ConfigError(error.what());
    }
    if (options.help) {
        std::cout << description << '\n';
        return options;
    }
    options.load.mode = read_mode(options.mode);
    std::tie(options.load.host, options.load.port) = read_endpoint(options.server);
    if (options.load.users.empty()) options.load.users = stratum_client::make_addresses(options.users);
    if (options.difficulty >= 0) options.load.user_suffix = "+" + nlohmann::json(options.difficulty).dump();
    return options;
}

/// Watches over a running client: triggers, progress, and when to stop.
class Conductor {
  public:
    Conductor(asio::io_context& context, LoadClient& client, const Options& options)
        : timer_(context), signals_(context, SIGINT, SIGTERM), client_(client), options_(options) {
        if (!options.daemon.empty()) daemon_.emplace(read_daemon(options.daemon));
        signals_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) stop();
        });
    }

    asio::awaitable<void> run() {
        constexpr auto kTick = std::chrono::milliseconds(100);
        constexpr auto kProgress = std::chrono::seconds(5);
        const auto begin = std::chrono::steady_clock::now();
        auto next_progress = begin + kProgress;
        auto next_block = begin + new_block_interval();
        while (!stopping_) {
            timer_.expires_after(kTick);
            boost::system::error_code ignored;
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            const auto now = std::chrono::steady_clock::now();
            if (daemon_ && now >= next_block) {
                co_await mine_block();
                next_block = now + new_block_interval();
            }
            const Statistics statistics = client_.statistics();
            if (!options_.json && now >= next_progress) {
                std::cout << "accepted " << statistics.accepted << ", rejected " << statistics.rejected_total()
                          << ", blocks " << statistics.blocks << std::endl;
                next_progress = now + kProgress;
            }
            const std::chrono::duration<double> passed = now - begin;
            if (is_enough(statistics, passed.count())) stop();
        }
        signals_.cancel();
    }

  private:
    [[nodiscard]] bool is_enough(const Statistics& statistics, double seconds) const {
        const bool all_ended =
            !options_.load.reconnect && statistics.failed + statistics.dropped >= options_.load.connections;
        return all_ended || (options_.duration_seconds > 0 && seconds >= options_.duration_seconds) ||
               (options_.stop_after_accepted > 0 && statistics.accepted >= options_.stop_after_accepted) ||
               (options_.stop_after_blocks > 0 && statistics.blocks >= options_.stop_after_blocks);
    }

    [[nodiscard]] std::chrono::steady_clock::duration new_block_interval() const {
        return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>(options_.new_block_seconds));
    }

    asio::awaitable<void> mine_block() {
        client_.trigger();
        try {
            nlohmann::json params = nlohmann::json::array({1, options_.load.users.front()});
            co_await daemon_->call("generatetoaddress", std::move(params));
        } catch (const dash::rpc::RpcError& error) {
            std::cerr << "stratum-client: " << error.what() << '\n';
        }
    }

    void stop() {
        stopping_ = true;
        timer_.cancel();
    }

    asio::steady_timer timer_;
    asio::signal_set signals_;
    LoadClient& client_;
    const Options& options_;
    std::optional<dash::rpc::Client> daemon_;
    bool stopping_ = false;
};

int run(const Options& options) {
    LoadClient client(options.load);
    asio::io_context context(1);
    Conductor conductor(context, client, options);
    client.start();
    std::exception_ptr failure;
    asio::co_spawn(context, conductor.run(), [&](std::exception_ptr error) { failure = error; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    const Statistics result = client.statistics();
    if (options.json) {
        std::cout << result.to_json().dump(2) << '\n';
    } else {
        std::cout << result.to_text();
    }
    return result.connected > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        return options.help ? 0 : run(options);
    } catch (const dash::ConfigError& error) {
        std::cerr << "stratum-client: " << error.what() << "\nTry stratum-client --help.\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "stratum-client: " << error.what() << '\n';
        return 1;
    }
}
