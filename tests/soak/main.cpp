#include <boost/program_options.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>

#include "tests/soak/soak.h"
#include "tests/support/process.h"

// soak: three nodes, miners, blocks, reorganisations and faults, for hours; exit code 1 when something does not hold.

namespace {

namespace po = boost::program_options;

}  // namespace

int main(int argc, char** argv) {
    try {
        soak::Settings settings;
        std::string folder;
        po::options_description options("soak [options]");
        options.add_options()("help", "this text")                                                              //
            ("hours", po::value(&settings.hours)->default_value(1), "how long")                                 //
            ("node", po::value(&settings.node_program), "program of the node, if not the one beside this")      //
            ("folder", po::value(&folder), "where logs and data stay afterwards; without it they are removed")  //
            ("seed", po::value(&settings.seed)->default_value(std::random_device()()), "of the order of faults");
        po::variables_map values;
        po::store(po::parse_command_line(argc, argv, options), values);
        if (values.count("help") != 0) {
            std::cout << options;
            return EXIT_SUCCESS;
        }
        po::notify(values);
        std::unique_ptr<tests::TemporaryFolder> temporary;
        if (folder.empty()) {
            temporary = std::make_unique<tests::TemporaryFolder>("p2pool-soak");
            settings.folder = temporary->path();
        } else {
            std::filesystem::create_directories(folder);
            settings.folder = folder;
        }
        for (const int signal : {SIGINT, SIGTERM})
            std::signal(signal, [](int) { soak::Soak::end_early(); });
        std::cout << "Soak of " << settings.hours << " hours in " << settings.folder.string() << ", seed "
                  << settings.seed << std::endl;
        const std::size_t violations = soak::Soak(settings).run();
        std::cout << (violations == 0 ? "All held." : std::to_string(violations) + " violations.") << std::endl;
        return violations == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception& error) {
        std::cerr << "soak: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
}
