#include "p2pool/node/payout_address.h"

#include <doctest/doctest.h>

#include <fstream>

#include "dash/primitives/address.h"
#include "tests/support/process.h"
#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/rpc/fake_rpc_server.h"

namespace {

using nlohmann::json;
using tests::rpc_error;
using tests::rpc_result;
using tests::RpcReply;
using tests::RpcRequest;

std::string address(std::uint8_t number) {
    dash::Address address;
    address.hash.fill(number);
    return dash::format_address(address, dash::dash_regtest());
}

/// A node without or with a wallet behind it.
struct WalletFixture {
    explicit WalletFixture(tests::FakeRpcServer::Script script)
        : server(std::move(script)), client(server.settings()), daemon(client, dash::dash_regtest()) {
        settings.network = share_chain::find_network("dash_regtest");
        settings.net_datadir = folder.path();
    }
    std::vector<std::string> determine() {
        return loop.run(p2pool::node::determine_payout_addresses(settings, daemon));
    }
    void cache(const std::string& text) const { std::ofstream(folder.path() / "cached_payout_address") << text; }
    [[nodiscard]] std::string cached() const {
        std::ifstream file(folder.path() / "cached_payout_address");
        std::string text;
        file >> text;
        return text;
    }

    tests::TemporaryFolder folder{"payout-address"};
    tests::EventLoop loop;
    tests::FakeRpcServer server;
    dash::rpc::Client client;
    dash::rpc::Daemon daemon;
    p2pool::options::Settings settings;
};

/// Gives address(1), address(2), …; owns those whose text is in `owned`.
tests::FakeRpcServer::Script wallet(std::vector<std::string> owned = {}) {
    return [owned, next = std::uint8_t{1}](const RpcRequest& request) mutable -> RpcReply {
        if (request.method == "getnewaddress" && request.params == json::array({"p2pool"})) {
            return rpc_result(request, address(next++));
        }
        if (request.method == "getaddressinfo") {
            const bool mine =
                std::find(owned.begin(), owned.end(), request.params[0].get<std::string>()) != owned.end();
            return rpc_result(request, {{"address", request.params[0]}, {"ismine", mine}});
        }
        return rpc_error(request, -32601, "Method not found");
    };
}

RpcReply no_wallet(const RpcRequest& request) {
    return rpc_error(request, -32601, "Method not found");
}

}  // namespace

TEST_CASE("an address of the command line is taken without asking") {
    WalletFixture node(no_wallet);
    node.settings.payout_address = address(9);
    CHECK(node.determine() == std::vector<std::string>{address(9)});
    CHECK(node.server.requests() == 0);
}

TEST_CASE("without one, a new address of the wallet, which is kept") {
    WalletFixture node(wallet({address(1)}));
    CHECK(node.determine() == std::vector<std::string>{address(1)});
    CHECK(node.cached() == address(1));
    CHECK(node.determine() == std::vector<std::string>{address(1)});
    CHECK(node.server.calls("getnewaddress") == 1);
}

TEST_CASE("a kept address is taken where there is no wallet to ask, and not when it is another's") {
    WalletFixture alone(no_wallet);
    alone.cache(address(7));
    CHECK(alone.determine() == std::vector<std::string>{address(7)});

    WalletFixture owner(wallet());
    for (const std::string& text :
         {address(7), std::string("nonsense"), std::string("XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u")}) {
        owner.cache(text);
        const auto found = owner.determine();
        REQUIRE(found.size() == 1);
        CHECK(found[0] != text);
        CHECK(owner.cached() == found[0]);
    }
}

TEST_CASE("where no address can be had the operator is told what to do") {
    WalletFixture node(no_wallet);
    CHECK_THROWS_WITH_AS((void)node.determine(), doctest::Contains("Start the node with -a YOUR_DASH_ADDRESS"),
                         dash::ConfigError);
    CHECK(node.cached().empty());
}

TEST_CASE("several addresses of the wallet for the dynamic mode") {
    WalletFixture node(wallet());
    node.settings.dynamic_payout = true;
    node.settings.options.dynamic_addresses = 3;
    CHECK(node.determine() == std::vector<std::string>{address(1), address(2), address(3)});
    CHECK(node.cached().empty());
    WalletFixture alone(no_wallet);
    alone.settings.dynamic_payout = true;
    CHECK_THROWS_AS((void)alone.determine(), dash::ConfigError);
}
