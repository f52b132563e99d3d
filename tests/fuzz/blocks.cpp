// Blocks, headers, transactions, and the scripts in them.

#include "dash/primitives/block.h"
#include "dash/primitives/merkle.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/primitives/transaction.h"
#include "tests/fuzz/target.h"

namespace {

void check_scripts(const dash::Transaction& transaction) {
    for (const dash::TxIn& input : transaction.inputs) {
        const auto height = dash::pushed_height(input.script);
        fuzz::require(!height || dash::pushed_height(dash::push_height(*height)) == height,
                      "a height is another when pushed again");
    }
    for (const dash::TxOut& output : transaction.outputs) {
        const auto address = dash::script_address(output.script);
        fuzz::require(!address || dash::address_script(*address) == output.script,
                      "a script is another when made from its address");
    }
}

void check_block(dash::ByteSpan bytes) {
    const dash::Block block = dash::parse_block(bytes);
    std::vector<dash::Uint256> txids;
    for (const dash::Transaction& transaction : block.transactions) {
        check_scripts(transaction);
        txids.push_back(transaction.txid());
    }
    if (txids.empty()) return;
    const auto branch = dash::first_leaf_branch(std::span(txids).subspan(1));
    fuzz::require(dash::root_from_branch(txids.front(), branch) == dash::merkle_root(txids),
                  "the first transaction's branch leads to another root");
    static_cast<void>(dash::target_if_it_fits(block.header.bits));
}

/// As the p2pool network reads them: the end may cut the last field off.
void check_cut_off(dash::ByteSpan bytes) {
    dash::Reader reader(bytes, dash::Truncation::kAccept);
    const dash::Transaction transaction = dash::read_transaction(reader);
    fuzz::require(dash::parse_transaction(transaction.serialize()) == transaction,
                  "a transaction that was cut off is another when packed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const dash::ByteSpan bytes = input.rest();
    constexpr auto kSerialize = [](const auto& value) { return value.serialize(); };
    switch (choice % 3) {
        case 0:
            fuzz::repeats_exactly(bytes, dash::parse_block, kSerialize);
            fuzz::accepts([&] { check_block(bytes); });
            break;
        case 1:
            fuzz::repeats_exactly(bytes, dash::parse_transaction, kSerialize);
            fuzz::accepts([&] { check_scripts(dash::parse_transaction(bytes)); });
            break;
        default:
            fuzz::accepts([&] { check_cut_off(bytes); });
    }
    return 0;
}
