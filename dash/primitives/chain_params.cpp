#include "dash/primitives/chain_params.h"

#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"

namespace dash {
namespace {

/// 2^exponent − 1.
Uint256 all_ones(unsigned exponent) {
    return to_uint256((Wide(1) << exponent) - 1);
}

ChainParams make_mainnet() {
    ChainParams chain;
    chain.name = "dash";
    chain.symbol = "DASH";
    chain.rpc_chain = "main";
    chain.p2p_magic = {0xbf, 0x0c, 0x6b, 0xbd};
    chain.p2p_port = 9999;
    chain.rpc_port = 9998;
    chain.p2pkh_version = 76;
    chain.p2sh_version = 16;
    chain.block_period_seconds = 150;
    chain.hardest_sane_target = to_uint256(to_wide(difficulty_one_target()) / 10000);
    chain.easiest_sane_target = difficulty_one_target();
    chain.dust_threshold_duffs = 100000;
    chain.known_block_hash = "00000ffd590b1485b3caadc19b22e6379c733355108f107a430458cdf3407ab6";
    chain.block_explorer_url_prefix = "https://chainz.cryptoid.info/dash/block.dws?";
    chain.address_explorer_url_prefix = "https://chainz.cryptoid.info/dash/address.dws?";
    chain.tx_explorer_url_prefix = "https://chainz.cryptoid.info/dash/tx.dws?";
    return chain;
}

ChainParams make_testnet() {
    ChainParams chain;
    chain.name = "dash_testnet";
    chain.symbol = "tDASH";
    chain.rpc_chain = "test";
    chain.p2p_magic = {0xce, 0xe2, 0xca, 0xff};
    chain.p2p_port = 19999;
    chain.rpc_port = 19998;
    chain.p2pkh_version = 140;
    chain.p2sh_version = 19;
    chain.block_period_seconds = 150;
    chain.hardest_sane_target = to_uint256((Wide(1) << 224) / 1000000 - 1);
    chain.easiest_sane_target = all_ones(236);
    chain.dust_threshold_duffs = 100000;
    chain.known_block_hash = "00000bafbc94add76cb75e2ec92894837288a481e5c005f6563d91623bf8bc2c";
    chain.block_explorer_url_prefix = "https://blockexplorer.one/dash/testnet/blockHash/";
    chain.address_explorer_url_prefix = "https://blockexplorer.one/dash/testnet/address/";
    chain.tx_explorer_url_prefix = "https://blockexplorer.one/dash/testnet/tx/";
    return chain;
}

ChainParams make_regtest() {
    ChainParams chain = make_testnet();
    chain.name = "dash_regtest";
    chain.symbol = "rDASH";
    chain.rpc_chain = "regtest";
    chain.p2p_magic = {0xfc, 0xc1, 0xb7, 0xdc};
    chain.p2p_port = 19899;
    chain.hardest_sane_target = Uint256(1);
    chain.easiest_sane_target = Uint256::max();
    chain.known_block_hash.clear();
    chain.block_explorer_url_prefix = "http://localhost/";
    chain.address_explorer_url_prefix = "http://localhost/";
    chain.tx_explorer_url_prefix = "http://localhost/";
    return chain;
}

}  // namespace

const ChainParams& dash_mainnet() {
    static const ChainParams chain = make_mainnet();
    return chain;
}

const ChainParams& dash_testnet() {
    static const ChainParams chain = make_testnet();
    return chain;
}

const ChainParams& dash_regtest() {
    static const ChainParams chain = make_regtest();
    return chain;
}

}  // namespace dash
