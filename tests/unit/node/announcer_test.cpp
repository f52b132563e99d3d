#include "p2pool/node/announcer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "p2pool/node/share_keeping.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

using p2pool::node::Announcer;

namespace {

/// The pages' side of a node whose operator has a hook that writes what it is told into a file.
struct Told {
    Told() {
        settings.network = share_chain::find_network("dash_regtest");
        settings.net_datadir = folder.path();
        std::ofstream(folder.path() / "hooks.json")
            << nlohmann::json{{"commands", {{{"command", {"/bin/sh", "-c", "cat >> \"$0\"", file.string()}}}}}};
        web::ServiceSettings pages;
        pages.facts.network = settings.network;
        pages.facts.net_datadir = folder.path();
        pages.database = p2pool::node::database_file(settings);
        pages.static_folder = folder.path();
        pages.dashds.emplace_back().port = 1;  // nobody there
        service = std::make_unique<web::Service>(std::move(pages), dash::system_clock());
        announcer = std::make_unique<Announcer>(settings, *service);
        service->start();
        block.hash = dash::sha256d(dash::as_bytes(std::string("a block")));
        block.height = 7;
        block.bytes = std::make_shared<const dash::Bytes>();
        block.finder = "somebody.his-machine";
        block.found_at = dash::system_clock().unix_seconds();
    }
    ~Told() { service->stop(); }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;

    [[nodiscard]] std::vector<nlohmann::json> lines() const {
        std::vector<nlohmann::json> lines;
        std::istringstream text(tests::read_text(file));
        for (std::string line; std::getline(text, line);)
            lines.push_back(nlohmann::json::parse(line));
        return lines;
    }
    [[nodiscard]] bool wait_for(std::size_t count) const {
        return tests::wait_until([&] { return std::filesystem::exists(file) && lines().size() >= count; },
                                 std::chrono::seconds(30));
    }

    tests::TemporaryFolder folder{"announcer"};
    std::filesystem::path file = folder.path() / "told";
    p2pool::options::Settings settings;
    std::unique_ptr<web::Service> service;
    std::unique_ptr<Announcer> announcer;
    dash::submission::WonBlock block;
};

}  // namespace

TEST_CASE("hooks hear of a block once, and of the alert when it is orphaned") {
    Told told;
    told.announcer->block_won(told.block, 1e9);
    told.announcer->block_won(told.block, 1e9);
    told.service->block_won(told.block);
    dash::submission::SubmissionReport report;
    report.hash = told.block.hash;
    report.height = told.block.height;
    report.state = dash::submission::BlockState::kOrphaned;
    told.service->block_changed(report);
    REQUIRE(told.wait_for(2));
    auto lines = told.lines();
    std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a["event"] > b["event"]; });
    CHECK(lines.size() == 2);
    CHECK(lines[0]["event"] == "block");
    CHECK(lines[0]["subject"] == told.block.hash.to_hex());
    CHECK(lines[0]["details"]["miner"] == "somebody");
    CHECK(lines[1]["event"] == "alert");
    CHECK(lines[1]["subject"] == "block_orphaned:" + told.block.hash.to_hex());
    CHECK(lines[1]["details"]["level"] == "error");
    CHECK(lines[1]["details"]["over"] == false);
}

TEST_CASE("a hook's file that cannot be understood does not stop the start") {
    const Told told;
    std::ofstream(told.folder.path() / "hooks.json") << "{";
    Announcer announcer(told.settings, *told.service);
    announcer.block_won(told.block, 1e9);
}
