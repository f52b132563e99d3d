#include "tests/simnet/block_workshop.h"

#include "dash/x11/x11.h"
#include "tests/simnet/validation.h"

namespace simnet {

dash::TxOut& miner_output(dash::Transaction& coinbase) {
    return coinbase.outputs.at(0);
}
dash::TxOut& platform_output(dash::Transaction& coinbase) {
    return coinbase.outputs.at(1);
}
dash::TxOut& owner_output(dash::Transaction& coinbase) {
    return coinbase.outputs.at(2);
}

dash::Block BlockWorkshop::fresh(bool with_mempool) {
    if (with_mempool) return world_.next_block(world_.wallet().script());
    return world_.block_above(world_.chain().tip(), world_.wallet().script());
}

dash::Block BlockWorkshop::above(const dash::Uint256& parent) {
    return world_.block_above(*world_.chain().find(parent), world_.wallet().script());
}

dash::Bytes BlockWorkshop::finish(dash::Block block) {
    bool mutated = false;
    block.header.merkle_root = transaction_root(block.transactions, mutated);
    return finish_header(std::move(block));
}

dash::Bytes BlockWorkshop::finish_header(dash::Block block) {
    const std::atomic<bool> never_stop = false;
    static_cast<void>(grind(block.header, never_stop));
    return block.serialize();
}

dash::Bytes BlockWorkshop::without_work(dash::Block block) {
    while (dash::x11::hash_number(block.header.serialize()) <= checked_target(block.header.bits))
        ++block.header.nonce;
    return block.serialize();
}

dash::Bytes BlockWorkshop::with_coinbase(const std::function<void(dash::Transaction&)>& change) {
    dash::Block block = fresh();
    change(block.transactions[0]);
    return finish(std::move(block));
}

dash::Bytes BlockWorkshop::with_payload(const std::function<void(CbTx&)>& change) {
    return with_coinbase([&](dash::Transaction& coinbase) {
        CbTx payload = CbTx::decode(coinbase.extra_payload);
        change(payload);
        coinbase.extra_payload = payload.encode();
    });
}

dash::Bytes BlockWorkshop::with_header(const std::function<void(dash::BlockHeader&)>& change) {
    dash::Block block = fresh();
    change(block.header);
    return finish_header(std::move(block));
}

}  // namespace simnet
