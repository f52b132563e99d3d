// Files that an operator writes: dash.conf, networks/NAME.json, security_config.json; and the URL of --merged.

#include "p2pool/options/dash_conf.h"
#include "p2pool/options/merged_url.h"
#include "p2pool/options/network_file.h"
#include "p2pool/options/options.h"
#include "p2pool/options/security_config.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

namespace {

using namespace p2pool::options;

void check_network(const std::filesystem::path& file) {
    const share_chain::Network network = read_network_file(file);
    fuzz::require(network.min_target < network.max_target && network.chain_length >= network.target_lookbehind &&
                      network.target_lookbehind >= 2 && network.share_period_seconds >= 1,
                  "a network that cannot work");
}

void check_security(const std::string& text) {
    std::vector<std::string> problems;
    const SecurityConfig config = parse_security_config(text, problems);
    fuzz::require(config.requests_per_minute() >= 0 && config.burst_limit() >= 0 && config.ban_duration_seconds >= 0,
                  "a limit of less than nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const std::string text(input.text());
    switch (choice % 4) {
        case 0: {
            const fuzz::MemoryFile file(input.rest());
            static_cast<void>(read_dash_conf(file.path(), choice < 128 ? "main" : "regtest"));
            break;
        }
        case 1: {
            const fuzz::MemoryFile file(input.rest());
            fuzz::accepts<UsageError>([&] { check_network(file.path()); });
            break;
        }
        case 2:
            fuzz::accepts([&] { check_security(text); });
            break;
        default:
            fuzz::accepts<UsageError>([&] {
                const MergedDaemon daemon = parse_merged_url(text);
                fuzz::require(!daemon.host.empty() && daemon.port != 0 && daemon.path.front() == '/',
                              "a daemon that cannot be reached");
            });
    }
    return 0;
}
