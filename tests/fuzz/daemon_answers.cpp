// What dashd, or what listens in its place, answers to RPC calls.

#include <nlohmann/json.hpp>

#include "dash/rpc/answer.h"
#include "dash/rpc/block_template.h"
#include "dash/rpc/daemon_answers.h"
#include "tests/fuzz/target.h"

namespace {

using namespace dash::rpc;
using nlohmann::json;

constexpr std::uint64_t kId = 7;

void check_template(const json& result) {
    const BlockTemplate block = parse_block_template(result);
    fuzz::require(block.payment_total_duffs <= block.coinbase_value_duffs, "payments beyond the coinbase");
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
        for (const std::uint32_t each : block.transactions[i].depends)
            fuzz::require(each >= 1 && each <= block.transactions.size(), "a transaction depends on none");
    }
}

void read(std::uint8_t choice, const json& result) {
    switch (choice % 7) {
        case 0:
            check_template(result);
            break;
        case 1:
            static_cast<void>(read_header_info(result));
            break;
        case 2:
            static_cast<void>(read_chain_info(result));
            break;
        case 3:
            static_cast<void>(read_network_info(result));
            break;
        case 4:
            static_cast<void>(read_peers(result));
            break;
        case 5:
            static_cast<void>(read_address_info(result));
            break;
        default:
            static_cast<void>(read_chainlock(result));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const ClientSettings settings;
    // A status is three digits.
    const int status = choice < 128 ? 200 : 100 + input.byte() * 2;
    fuzz::accepts<RpcError>([&] {
        const json result = read_result(settings, {status, std::string(input.text())}, kId);
        fuzz::accepts([&] { read(choice, result); });
    });
    return 0;
}
