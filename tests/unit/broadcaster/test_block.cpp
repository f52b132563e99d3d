#include "tests/unit/broadcaster/test_block.h"

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/x11/x11.h"

namespace tests {

using dash::Bytes;
using dash::Transaction;

Transaction test_transaction(std::uint64_t number, std::size_t bytes) {
    Transaction transaction;
    transaction.inputs.push_back({{dash::Uint256(number + 1), 0}, Bytes(), 0});
    transaction.outputs.push_back({number, Bytes()});
    const std::size_t bare = transaction.serialize().size();
    transaction.outputs[0].script = Bytes(bytes > bare ? bytes - bare : 0, static_cast<std::uint8_t>(number));
    return transaction;
}

dash::Block test_block(const std::vector<Transaction>& transactions, const dash::Uint256& previous) {
    dash::Block block;
    Transaction coinbase;
    coinbase.version = 3;
    coinbase.type = Transaction::kTypeCoinbase;
    coinbase.inputs.push_back({{}, Bytes{1, 2, 3}, 0});
    coinbase.outputs.push_back({50'000, Bytes(25, 0x76)});
    coinbase.extra_payload = Bytes(38, 1);
    block.transactions.push_back(coinbase);
    block.transactions.insert(block.transactions.end(), transactions.begin(), transactions.end());
    block.header.version = 0x20000000;
    block.header.previous_block = previous;
    std::vector<dash::Uint256> txids;
    for (const Transaction& transaction : block.transactions)
        txids.push_back(transaction.txid());
    block.header.merkle_root = dash::merkle_root(txids);
    block.header.timestamp = 1'700'000'000;
    block.header.bits = 0x207fffff;
    while (dash::x11::hash_number(block.header.serialize()) > dash::target_from_bits(block.header.bits))
        ++block.header.nonce;
    return block;
}

dash::submission::WonBlock won(const dash::Block& block, std::uint32_t height) {
    dash::submission::WonBlock won;
    won.hash = dash::x11::hash_number(block.header.serialize());
    won.height = height;
    won.bytes = std::make_shared<const Bytes>(block.serialize());
    won.finder = "rig";
    won.found_at = 1'700'000'000;
    return won;
}

dash::Block block_of_size(std::size_t bytes) {
    constexpr std::size_t kEach = 300;
    std::vector<Transaction> transactions;
    for (std::size_t i = 0; i < bytes / kEach; ++i)
        transactions.push_back(test_transaction(i, kEach));
    return test_block(transactions);
}

}  // namespace tests
