// What dashd, other chains' daemons, or what listens in their place answer to RPC calls.

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dash/rpc/answer.h"
#include "dash/rpc/block_template.h"
#include "dash/rpc/daemon_answers.h"
#include "p2pool/work/aux_work.h"
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

/// This chain's block beside one of chain 1.
void check_aux_block(const json& result) {
    using namespace p2pool::work;
    const AuxBlock first{.chain_id = 1, .hash = dash::Uint256(1), .target = std::nullopt, .daemon = 0};
    const AuxBlock block = read_aux_block(result, 1);
    fuzz::accepts<std::invalid_argument>([&] {  // of chains that have the same place in every tree
        const AuxTree tree({first, block});
        fuzz::require(tree.commitment().size() == 44 && tree.place(0) != tree.place(1), "two chains have one place");
        fuzz::require(tree.branch(0).size() == tree.branch(1).size(), "one tree has two heights");
    });
}

void read(std::uint8_t choice, const json& result) {
    switch (choice % 8) {
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
        case 6:
            static_cast<void>(read_chainlock(result));
            break;
        default:
            check_aux_block(result);
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
