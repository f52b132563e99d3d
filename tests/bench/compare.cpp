#include <boost/program_options.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "dash/util/clock.h"
#include "dash/util/environment.h"
#include "dash/util/log.h"
#include "tests/bench/machine.h"
#include "tests/bench/measured_node.h"
#include "tests/interop/pool_node.h"
#include "tests/peer_network/running_node.h"
#include "tests/peer_network/share_maker.h"

// The same miners and the same share chain for this node and for another one, one after the other, each on simulated
// daemons of its own. compare.sh starts it and says what it needs.

namespace {

namespace po = boost::program_options;

struct Options {
    int connections = 100;
    int users = 10;
    int rate = 100;
    int run_seconds = 15;
    bool help = false;
};

po::options_description describe(Options& options) {
    po::options_description description("Options");
    auto add = description.add_options();
    add("help,h", po::bool_switch(&options.help), "show this and exit");
    add("connections,c", po::value(&options.connections)->default_value(options.connections), "miners");
    add("users,u", po::value(&options.users)->default_value(options.users), "payout addresses they share");
    add("rate,r", po::value(&options.rate)->default_value(options.rate), "submits a second of all miners");
    add("seconds,s", po::value(&options.run_seconds)->default_value(options.run_seconds), "length of each load");
    return description;
}

struct Figures {
    double joined = 0;         ///< milliseconds from its start until its best share is the chain's newest
    double half_heard = 0;     ///< of a new block, in milliseconds: half of the connections …
    double last_heard = 0;     ///< … and the last; of the median block
    double answered = 0;       ///< submits a second
    double half_answered = 0;  ///< milliseconds from submit to answer: the median …
    double most_answered = 0;  ///< … and the 99th percentile
    double per_submit = 0;     ///< milliseconds of processor time
    double megabytes = 0;
};

/// Twice the chain's length, which is what nodes keep; on the daemon's newest block.
std::vector<share_chain::SharePtr> make_chain(const dash::Uint256& block) {
    const share_chain::Network& network = interop::network();
    share_chain::TrackerEnvironment trusting;
    trusting.check = [](const share_chain::Tracker&, const share_chain::Share&) {};
    share_chain::Tracker tracker(network, std::move(trusting));
    std::mt19937_64 random(1);
    std::vector<share_chain::SharePtr> shares;
    tests::ShareWish wish;
    wish.previous_block = block;
    const auto now = static_cast<std::uint32_t>(dash::system_clock().unix_seconds());
    for (std::uint32_t left = 2 * network.chain_length; left-- > 0;) {
        wish.timestamp = now - left * network.share_period_seconds;
        wish.finder = static_cast<std::uint8_t>(random());
        shares.push_back(tests::mine_share(tracker, wish, random));
        tracker.add(shares.back(), 0);
        wish.previous = shares.back()->hash;
    }
    return shares;
}

using Start = std::unique_ptr<interop::PoolNode> (*)(const end_to_end::Daemon&, const std::filesystem::path&,
                                                     const std::string&, const std::vector<std::uint16_t>&);

/// Throws when it does not within minutes.
void wait_until_joined(const interop::PoolNode& node, const dash::Uint256& newest) {
    const bool joined = tests::wait_until([&] { return node.best_share() == newest; }, std::chrono::minutes(5));
    if (!joined) throw std::runtime_error(node.name() + " did not take the share chain:\n" + node.output());
}

void hear_blocks(Figures& figures, const bench::Load& load, const end_to_end::Daemon& daemon, int run_seconds) {
    const auto result = bench::hear_new_blocks(load, daemon.rpc(), run_seconds);
    std::vector<double> half;
    std::vector<double> last;
    for (const auto& block : result.at("new_blocks")) {
        if (block.at("connections").template get<int>() < load.connections) continue;
        half.push_back(block.at("latency").at("p50_ms").template get<double>());
        last.push_back(block.at("latency").at("max_ms").template get<double>());
    }
    figures.half_heard = bench::median(half);
    figures.last_heard = bench::median(last);
}

void submit(Figures& figures, const bench::Load& load, const interop::PoolNode& node, int run_seconds) {
    bench::settle_chain(node.worker_port());
    const double before = bench::processor_seconds(node.pid());
    const auto result = bench::submit(load, run_seconds);
    const auto& answers = result.at("answers");
    const auto count = answers.at("count").get<double>();
    figures.answered = count / run_seconds;
    figures.half_answered = answers.at("p50_ms").get<double>();
    figures.most_answered = answers.at("p99_ms").get<double>();
    figures.per_submit = 1000 * (bench::processor_seconds(node.pid()) - before) / count;
    figures.megabytes = bench::peak_megabytes(node.pid());
}

bench::Load load_on(const interop::PoolNode& node, const Options& options) {
    return {.port = node.worker_port(),
            .connections = options.connections,
            .users = options.users,
            .submits_per_second = options.rate};
}

Figures measure(Start start, const std::string& name, const Options& options) {
    Figures figures;
    const tests::TemporaryFolder folder("p2pool-compare");
    {
        const auto daemon = end_to_end::make_simnet(folder.path(), {"--bits", bench::kEasyBits});
        const auto tip = dash::Uint256::from_hex(daemon->rpc()("getbestblockhash").get<std::string>());
        const std::vector<share_chain::SharePtr> chain = make_chain(tip);
        const tests::RunningNode peer(interop::network(), {}, chain);
        const bench::Stopwatch watch;
        const auto node = start(*daemon, folder.path(), name + "1", {peer.port()});
        wait_until_joined(*node, chain.back()->hash);
        figures.joined = 1000 * watch.seconds();
        hear_blocks(figures, load_on(*node, options), *daemon, options.run_seconds);
        static_cast<void>(node->stop());
    }
    // A submit that wins a block is another thing.
    const auto daemon = end_to_end::make_simnet(folder.path(), {"--bits", bench::kHardBits});
    const auto node = start(*daemon, folder.path(), name + "2", {});
    submit(figures, load_on(*node, options), *node, options.run_seconds);
    static_cast<void>(node->stop());
    return figures;
}

/// `better`: how many times better ours is.
void print_row(const char* what, double ours, double theirs, double better) {
    std::printf("| %-52s | %10.2f | %10.2f | %8.2f |\n", what, ours, theirs, better);
}

void print(const Figures& ours, const Figures& theirs) {
    std::printf("| %-52s | %10s | %10s | %8s |\n|---|---|---|---|\n", "", "this node", "the other", "ratio");
    const auto less = [&](const char* what, double Figures::*figure) {
        print_row(what, ours.*figure, theirs.*figure, theirs.*figure / ours.*figure);
    };
    less("from the start to a peer's chain of 200 shares, ms", &Figures::joined);
    less("new block: half of the connections heard, ms", &Figures::half_heard);
    less("new block: the last connection heard, ms", &Figures::last_heard);
    print_row("submits answered a second", ours.answered, theirs.answered, ours.answered / theirs.answered);
    less("submit to answer, median, ms", &Figures::half_answered);
    less("submit to answer, 99th percentile, ms", &Figures::most_answered);
    less("processor time a submit, ms", &Figures::per_submit);
    less("most memory, MB", &Figures::megabytes);
}

void run(const Options& options) {
    std::cout << "Machine: " << bench::machine() << "; load average before: " << bench::load_average() << "; "
              << options.connections << " connections of " << options.users << " addresses, " << options.rate
              << " submits/s wanted\n"
              << std::endl;
    const Figures ours = measure(interop::start_ours, "ours", options);
    const Figures theirs = measure(interop::start_reference, "other", options);
    print(ours, theirs);
}

}  // namespace

int main(int argument_count, char** arguments) {
    Options options;
    const po::options_description description = describe(options);
    try {
        po::variables_map values;
        po::store(po::parse_command_line(argument_count, arguments, description), values);
        po::notify(values);
        if (options.help) {
            std::cout << description;
            return EXIT_SUCCESS;
        }
        if (!dash::environment("P2POOL_REFERENCE_COMMAND")) {
            throw std::runtime_error(
                "set P2POOL_REFERENCE_COMMAND to what starts the other node (tests/interop/README.md)");
        }
        dash::log::configure({.console = false, .file = {}});
        run(options);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::cerr << "compare: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
}
