#include <doctest/doctest.h>

#include "dash/util/error.h"
#include "share_chain/share_request.h"
#include "tests/support/vectors.h"
#include "tests/unit/share_chain/chain_file.h"

namespace {

using dash::Uint256;
using nlohmann::json;
using share_chain::Tracker;

std::vector<Uint256> hashes_of(const json& list) {
    std::vector<Uint256> hashes;
    for (const json& hash : list)
        hashes.push_back(tests::hash_value(hash));
    return hashes;
}

TEST_CASE("requests for shares are answered as by the reference") {
    const tests::ChainFile chain("chain_regtest.json");
    const json file = tests::load_vectors("sharereq.json");
    for (const json& request : file.at("cases")) {
        CAPTURE(request.at("name").get<std::string>());
        const auto answer = [&] {
            return answer_share_request(chain.tracker(), hashes_of(request.at("hashes")),
                                        tests::uint64_value(request.at("parents")), hashes_of(request.at("stops")));
        };
        const json& expected = request.at("result");
        if (expected.is_object()) {
            CHECK_THROWS_AS((void)answer(), dash::DecodeError);
            continue;
        }
        std::vector<Uint256> sent;
        for (const share_chain::SharePtr& share : answer())
            sent.push_back(share->hash);
        CHECK(sent == hashes_of(expected));
    }
}

TEST_CASE("a share whose transactions do not fit in a block is not mined on") {
    const tests::ChainFile chain("chain_regtest.json");
    const json file = tests::load_vectors("punish.json");
    const Uint256 parent = tests::hash_value(file.at("parent"));
    for (const json& entry : file.at("cases")) {
        CAPTURE(entry.dump());
        const auto share =
            load_share(share_chain::parse_typed_contents(tests::bytes_value(entry.at("raw"))), chain.network());
        const auto transaction_size = [&](const Uint256& txid) -> std::optional<std::size_t> {
            const auto& news = share->info().new_transaction_hashes;
            if (std::find(news.begin(), news.end(), txid) == news.end()) {
                return tests::bytes_value(chain.json().at("txs").at(txid.to_hex())).size();
            }
            if (!entry.at("tx_known").get<bool>()) return std::nullopt;
            return entry.at("tx_packed_size").get<std::size_t>();
        };
        Tracker tracker(chain.network(), {{}, transaction_size, {}});
        for (const share_chain::SharePtr& ancestor : chain.tracker().chain(parent, chain.tracker().size())) {
            tracker.add(ancestor, 0);
        }
        tracker.add(share, 0);
        const share_chain::Decision decision = tracker.think(0);
        REQUIRE(decision.ranked_heads.size() == 1);
        CHECK(decision.ranked_heads[0].hash == tests::hash_value(entry.at("share")));
        CHECK((decision.ranked_heads[0].punishment > 0) == entry.at("punish").at(0).get<bool>());
        CHECK(decision.best == tests::hash_value(entry.at("think").at("best")));
    }
}

}  // namespace
