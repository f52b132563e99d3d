#include <doctest/doctest.h>

#include <set>

#include "share_chain/store/share_files.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"
#include "tests/unit/share_chain/chain_file.h"

namespace {

namespace fs = std::filesystem;
using namespace share_chain::store;
using share_chain::SharePtr;

struct Content {
    std::vector<SharePtr> shares;
    std::vector<std::string> share_hashes;
    std::vector<std::string> verified;
    std::size_t problems = 0;
};

Content read(const std::vector<fs::path>& files, const share_chain::Network& network) {
    Content content;
    ShareFileEvents events;
    events.on_share = [&](const SharePtr& share) {
        content.shares.push_back(share);
        content.share_hashes.push_back(share->hash.to_hex());
    };
    events.on_verified = [&](const dash::Uint256& hash) { content.verified.push_back(hash.to_hex()); };
    events.on_problem = [&](const fs::path& file, std::uint64_t line, const std::string& problem) {
        MESSAGE(file.filename().string(), ":", line, ": ", problem);
        ++content.problems;
    };
    read_share_files(files, network, events);
    return content;
}

std::set<std::string> names(const std::vector<fs::path>& files) {
    std::set<std::string> names;
    for (const fs::path& file : files)
        names.insert(file.filename().string());
    return names;
}

}  // namespace

TEST_CASE("share files, intact and damaged, load as in the python node") {
    // The shares are those of the regtest chain's file.
    const tests::FileNetwork network(tests::load_vectors("chain_regtest.json").at("net"));
    for (const auto& item : tests::load_vectors("sharestore.json").at("expected").items()) {
        const std::string& name = item.key();
        const nlohmann::json& expected = item.value();
        CAPTURE(name);
        const fs::path folder = tests::vector_dir() / "sharestore" / (name == "clean" ? "" : name);
        const auto files = find_share_files(folder);
        CHECK(names(files) == expected.at("files").get<std::set<std::string>>());
        const Content content = read(files, network.network());
        CHECK(content.share_hashes == expected.at("shares").get<std::vector<std::string>>());
        CHECK(content.verified == expected.at("verified").get<std::vector<std::string>>());
        CHECK(content.problems == expected.at("errors").size());

        const tests::TemporaryFolder out("p2pool-export");
        const std::set<std::string> verified(content.verified.begin(), content.verified.end());
        ShareFileWriter writer(out.path());
        for (const SharePtr& share : content.shares)
            writer.add(*share, verified.count(share->hash.to_hex()) != 0);
        writer.finish();
        const Content again = read(find_share_files(out.path()), network.network());
        CHECK(again.share_hashes == content.share_hashes);
        CHECK(again.problems == 0);
        if (name == "clean") CHECK(tests::read_text(out.path() / "shares.0") == tests::read_text(folder / "shares.0"));
    }
}
