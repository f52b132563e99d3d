#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dash/broadcaster/peer_file.h"

using namespace dash::broadcaster;
using nlohmann::json;

TEST_CASE("the peer database of the python node is read, and written with all it held") {
    std::ifstream stream(std::string(P2POOL_RECORDED_DIR) + "/broadcast_peers.json");
    std::stringstream text;
    text << stream.rdbuf();
    const json recorded = json::parse(text.str());
    const PeerFile file = parse_peer_file(text.str());
    CHECK(file.bootstrapped == recorded.at("bootstrapped").get<bool>());
    CHECK(file.last_updated == recorded.at("last_updated").get<double>());
    CHECK(file.local_dashd == recorded.at("local_dashd").get<std::string>());
    CHECK(file.peers.size() + 1 == recorded.at("peers").size());

    const json written = json::parse(to_json_text(file));
    for (const char* member : {"version", "last_updated", "bootstrapped", "local_dashd"})
        CHECK(written.at(member) == recorded.at(member));
    REQUIRE(written.at("peers").size() == recorded.at("peers").size());
    for (const auto& peer : recorded.at("peers").items()) {
        const std::string& name = peer.key();
        CAPTURE(name);
        for (const auto& item : peer.value().items()) {
            const std::string& member = item.key();
            CAPTURE(member);
            // The local dashd's worth is fixed; the python node let it drift.
            if (name == file.local_dashd && member == "score") continue;
            CHECK(written.at("peers").at(name).at(member) == item.value());
        }
    }
}
