#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/program_options.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <iostream>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "tests/simnet/daemon.h"

namespace {

namespace po = boost::program_options;

/// About 260,000 hashes a block: a few seconds for one processor core, while a share takes a fraction of that.
constexpr const char* kDefaultBits = "1e3fffff";

struct Options {
    simnet::Daemon::Settings daemon;
    double lock_after_seconds = -1;
    bool help = false;
};

po::options_description describe(Options& options, std::string& bits) {
    simnet::WorldSettings& world = options.daemon.world;
    po::options_description description(
        "A Dash regtest daemon for tests and demonstrations: RPC and P2P on one machine, its own chain in memory, "
        "blocks checked as Dash Core checks them.\n\nOptions");
    auto add = description.add_options();
    add("help,h", po::bool_switch(&options.help), "show this and exit");
    add("address", po::value(&options.daemon.rpc.address)->default_value("127.0.0.1"), "where to listen");
    add("rpc-port", po::value(&options.daemon.rpc.port)->default_value(19998), "JSON-RPC port, 0 for any free one");
    add("p2p-port", po::value(&options.daemon.p2p.port)->default_value(19899), "P2P port, 0 for any free one");
    add("rpc-user", po::value(&options.daemon.rpc.user)->default_value("simnet"), "user name of the JSON-RPC port");
    add("rpc-password", po::value(&options.daemon.rpc.password)->default_value("simnet"),
        "password of the JSON-RPC port");
    add("bits", po::value(&bits)->default_value(kDefaultBits),
        "compact target (hex) of the blocks above those mined at the start; 207fffff is regtest's, which every other "
        "hash meets");
    add("blocks", po::value(&world.blocks)->default_value(world.blocks), "blocks to mine at the start");
    add("masternodes", po::value(&world.masternodes)->default_value(world.masternodes),
        "masternodes to register at the start: P2PKH, with operator reward, P2SH, evo, and so on");
    add("chainlock-after", po::value(&options.lock_after_seconds),
        "have the masternodes lock every new tip after this many seconds; without it, only when the RPC method "
        "simnet_lock asks for it");
    add("superblock-start", po::value(&world.rules.superblock_start)->default_value(world.rules.superblock_start),
        "first height that may be a superblock");
    add("budget-start", po::value(&world.rules.budget_start)->default_value(world.rules.budget_start),
        "height above which a fifth of the subsidy is kept for superblocks");
    add("time", po::value<std::uint32_t>()->notifier([&world](std::uint32_t time) { world.time = time; }),
        "Unix time of the last block mined at the start, instead of now: with it, every start gives the same chain");
    add("seed", po::value(&world.seed)->default_value(world.seed), "of everything random");
    return description;
}

std::uint32_t read_bits(const std::string& text) {
    std::size_t used = 0;
    unsigned long value = 0;
    try {
        value = std::stoul(text, &used, 16);
    } catch (const std::logic_error&) {
        used = 0;
    }
    const bool fits = used == text.size() && value <= UINT32_MAX;
    if (!fits || simnet::checked_target(static_cast<std::uint32_t>(value)).is_zero()) {
        throw dash::ConfigError("--bits " + text + " is no compact target; 207fffff and 1e3fffff are");
    }
    return static_cast<std::uint32_t>(value);
}

Options read_options(int argc, char** argv) {
    Options options;
    std::string bits;
    const po::options_description description = describe(options, bits);
    po::variables_map values;
    try {
        po::store(po::command_line_parser(argc, argv).options(description).positional({}).run(), values);
        po::notify(values);
    } catch (const po::error& error) {
        throw dash::ConfigError(error.what());
    }
    if (options.help) std::cout << description << '\n';
    options.daemon.world.rules.bits = read_bits(bits);
    options.daemon.p2p.address = options.daemon.rpc.address;
    if (options.lock_after_seconds >= 0) {
        options.daemon.lock_after =
            std::chrono::milliseconds(static_cast<std::int64_t>(options.lock_after_seconds * 1000));
    }
    return options;
}

void serve(Options options) {
    boost::asio::io_context context(1);
    boost::asio::signal_set signals(context, SIGINT, SIGTERM);
    options.daemon.on_stop = [] { std::raise(SIGTERM); };
    simnet::Daemon daemon(context, options.daemon, dash::system_clock());
    daemon.world().chain().on_new_tip([&](const auto&, const auto& connected) {
        for (const simnet::BlockEntry* entry : connected) {
            dash::log::info("Block ", entry->height, " ", entry->hash.to_hex(), " with ",
                            entry->block->transactions.size() - 1, " transactions besides the coinbase");
        }
    });
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) daemon.shut_down();
    });
    dash::log::info("Simnet at height ", daemon.world().chain().tip().height, ", tip ",
                    daemon.world().chain().tip().hash.to_hex());
    dash::log::info("RPC on ", options.daemon.rpc.address, ":", daemon.rpc().port(), ", P2P on ",
                    options.daemon.p2p.address, ":", daemon.listeners().front()->port());
    context.run();
    dash::log::info("Simnet stopped");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        Options options = read_options(argc, argv);
        if (!options.help) serve(std::move(options));
        return 0;
    } catch (const dash::ConfigError& error) {
        std::cerr << "simnet: " << error.what() << "\nTry simnet --help.\n";
        return 2;
    } catch (const boost::system::system_error& error) {
        std::cerr << "simnet: cannot listen: " << error.what()
                  << "\nChoose other ports with --rpc-port and --p2p-port.\n";
        return 1;
    } catch (const std::exception& error) {
        std::cerr << "simnet: " << error.what() << '\n';
        return 1;
    }
}
