#include "p2pool/node/share_keeping.h"

#include <fstream>
#include <sstream>

#include "dash/util/atomic_file.h"
#include "dash/util/clock.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/sqlite_salvage.h"
#include "p2pool/node/node.h"
#include "share_chain/store/share_files.h"
#include "share_chain/store/share_table.h"

namespace p2pool::node {
namespace {

namespace fs = std::filesystem;
namespace store = share_chain::store;

/// What both programs read and write: the operator's settings, and nodes that are found again without it.
constexpr const char* kSettingsFiles[] = {"cached_payout_address", "security_config.json", "telegram_config.json"};
constexpr const char* kNodesFiles[] = {"addrs", "broadcast_peers.json"};

void replace_if_damaged(const fs::path& file) {
    const auto now = static_cast<std::int64_t>(dash::system_clock().unix_seconds());
    const auto salvage = dash::sqlite::replace_if_damaged(file, now);
    if (!salvage.has_value()) return;
    dash::log::error(file.string(), " is damaged: ", salvage->reason, ". It was moved to ", salvage->damaged.string(),
                     ", and a new file goes on with the ", salvage->rows,
                     " rows that could be read. Missing shares come again from peers; if a block was won shortly "
                     "before, look whether the Dash chain has it. Is the disk all right?");
}

void import_data_folder(store::ShareStore& shares, const fs::path& folder) {
    for (const char* name : kSettingsFiles)
        backup_before_import(folder / name);
    for (const char* name : kNodesFiles) {
        try {
            backup_before_import(folder / name);
        } catch (const dash::ConfigError& error) {
            dash::log::warning("The node goes on without a copy of known nodes: ", error.what());
        }
    }
    const std::vector<fs::path> files = store::find_share_files(folder);
    if (!files.empty()) {
        dash::log::info("First start in this data folder: importing the shares of the python node from ",
                        files.front().string(), files.size() > 1 ? " to " + files.back().filename().string() : "",
                        ", which stay as they are...");
    }
    const store::Counts counts = shares.import_files(files);
    if (files.empty()) return;
    dash::log::info("    ...imported ", counts.shares, " shares (", counts.verified, " verified), ", counts.damaged,
                    " damaged lines passed over");
}

}  // namespace

fs::path database_file(const options::Settings& settings) {
    return settings.net_datadir / "p2pool.sqlite3";
}

std::unique_ptr<store::ShareStore> open_share_store(const options::Settings& settings) {
    store::StoreSettings of_store;
    of_store.file = database_file(settings);
    if (settings.options.share_archive) of_store.archive = settings.net_datadir / "share_archive";
    of_store.network = settings.network;
    replace_if_damaged(of_store.file);
    auto opened = std::make_unique<store::ShareStore>(std::move(of_store), dash::system_clock());
    if (opened->is_new()) import_data_folder(*opened, settings.net_datadir);
    return opened;
}

void load_shares(store::ShareStore& store, Node& node) {
    store.load([&](const share_chain::SharePtr& share, bool verified) { return node.restore(share, verified); });
    node.add_chain_events(
        {.on_added = [&store](const share_chain::SharePtr& share) { store.add(share); },
         .on_verified = [&store](const std::vector<dash::Uint256>& hashes) { store.mark_verified(hashes); },
         .on_removed = [&](const std::vector<dash::Uint256>& hashes) { store.remove(hashes, node.chain_height()); }});
    store.start();
}

void export_shares(const options::Settings& settings) {
    const fs::path file = database_file(settings);
    if (!fs::exists(file)) {
        throw dash::ConfigError("there is no " + file.string() +
                                ": are --datadir and --net those that the node runs with?");
    }
    store::ShareTable table(file);
    const fs::path& folder = settings.options.export_shares;
    const store::Exported exported = store::export_share_files(table, folder, *settings.network);
    if (exported.files == 0) throw dash::ConfigError("no shares are stored in " + file.string());
    dash::log::info("Wrote ", exported.counts.shares, " shares (", exported.counts.verified, " verified) to ",
                    (folder / "shares.0").string(),
                    exported.files > 1 ? " to shares." + std::to_string(exported.files - 1) : "",
                    ". The python node loads them from its own data folder.");
}

void backup_before_import(const fs::path& file) {
    const fs::path backup = file.string() + ".before-import";
    if (!fs::exists(file) || fs::exists(backup)) return;
    try {
        std::ifstream stream(file, std::ios::binary);
        std::ostringstream content;
        if (!stream || (fs::file_size(file) > 0 && !(content << stream.rdbuf()))) throw dash::Error("cannot read it");
        dash::write_file_atomically(backup, content.str());
    } catch (const std::exception& error) {
        throw dash::ConfigError("cannot copy " + file.string() + " before it is used: " + error.what() +
                                "; make the data folder readable and writable, and room on its disk");
    }
    dash::log::info("Copied ", file.filename().string(), " to ", backup.filename().string(), " before it is used.");
}

}  // namespace p2pool::node
