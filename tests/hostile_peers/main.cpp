#include <boost/program_options.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/hostile_peers/attackers.h"

// hostile-peers: attacks the p2pool port of a node on this machine with random and bent messages, and says what it
// sent.

namespace {

namespace po = boost::program_options;

void print(const tests::AttackReport& report) {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    for (const auto& [kind, sent] : report.sent) {
        std::cout << kind << ": " << sent.messages << " messages, " << sent.bytes << " bytes\n";
        messages += sent.messages;
        bytes += sent.bytes;
    }
    std::cout << "sent " << messages << " messages, " << bytes << " bytes on " << report.connections
              << " connections, of which the node turned away " << report.refused << "; received "
              << report.bytes_received << " bytes, " << report.shares_heard << " shares to bend" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::string net;
        tests::AttackSettings settings;
        po::options_description options("hostile-peers --port PORT [options]");
        options.add_options()("help", "this text")                                                             //
            ("port", po::value(&settings.port)->required(), "of 127.0.0.1, where the node listens for peers")  //
            ("net", po::value(&net)->default_value("dash_regtest"), "the node's network")                      //
            ("connections", po::value(&settings.connections)->default_value(50), "at once")                    //
            ("seconds", po::value(&settings.seconds)->default_value(10), "how long")                           //
            ("seed", po::value(&settings.seed)->default_value(std::random_device()()), "of all that is random");
        po::variables_map values;
        po::store(po::parse_command_line(argc, argv, options), values);
        if (values.count("help") != 0) {
            std::cout << options;
            return EXIT_SUCCESS;
        }
        po::notify(values);
        settings.network = share_chain::find_network(net);
        if (settings.network == nullptr) throw std::runtime_error("there is no network " + net);
        std::cout << "seed " << settings.seed << std::endl;
        print(tests::attack(settings));
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::cerr << "hostile-peers: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
}
