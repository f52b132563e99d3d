#include "share_chain/store/transfer.h"

#include <unordered_set>
#include <utility>

#include "dash/util/log.h"
#include "share_chain/store/share_files.h"

namespace share_chain::store {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRowsTogether = 1000;
constexpr std::uint64_t kToldDamages = 10;

}  // namespace

void DamageReport::add(const std::string& what, const std::string& problem) {
    if (++count_ <= kToldDamages) dash::log::warning("    ", what, " ", remark_, ": ", problem);
}

std::uint64_t DamageReport::finish() const {
    if (count_ > kToldDamages) dash::log::warning("    ... and ", count_ - kToldDamages, " more.");
    return count_;
}

void read_rows(ShareTable& table, const Network& network,
               const std::function<void(const ShareTable::Row& row, LoadedShare loaded)>& take) {
    std::int64_t last = 0;
    for (auto rows = table.rows(last, kRowsTogether); !rows.empty(); rows = table.rows(last, kRowsTogether)) {
        last = rows.back().id;
        std::vector<TypedContents> contents;
        for (ShareTable::Row& row : rows)
            contents.push_back(std::move(row.share));
        std::vector<LoadedShare> loaded = load_in_parallel(contents, network);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            LoadedShare& share = loaded[i];
            if (share.share != nullptr && share.share->hash.to_hex() != rows[i].hash) {
                share = {.share = nullptr,
                         .problem = "its hash and its content do not belong together",
                         .misbehaving = false};
            }
            take(rows[i], std::move(share));
        }
    }
}

Counts import_share_files(ShareTable& table, const std::vector<fs::path>& files, const Network& network,
                          double unix_seconds) {
    Counts counts;
    DamageReport damages("is damaged and passed over");
    std::unordered_set<dash::Uint256> shares;
    std::unordered_set<dash::Uint256> verified;  // like the shares, bounded by the files
    dash::sqlite::Transaction transaction(table.database());
    ShareFileEvents events;
    events.on_share = [&](const SharePtr& share) {
        if (shares.insert(share->hash).second) table.put(*share, false);
    };
    events.on_verified = [&](const dash::Uint256& hash) { verified.insert(hash); };
    events.on_problem = [&](const fs::path& file, std::uint64_t line, const std::string& problem) {
        damages.add("Line " + std::to_string(line) + " of " + file.filename().string(), problem);
    };
    read_share_files(files, network, events);
    for (const dash::Uint256& hash : verified) {
        if (shares.count(hash) == 0) continue;
        table.mark_verified(hash);
        ++counts.verified;
    }
    table.set_imported(unix_seconds);
    transaction.commit();
    counts.shares = shares.size();
    counts.damaged = damages.finish();
    return counts;
}

Exported export_share_files(ShareTable& table, const fs::path& folder, const Network& network) {
    Exported exported;
    Counts& counts = exported.counts;
    DamageReport damages("is damaged and left out");
    ShareFileWriter writer(folder);
    read_rows(table, network, [&](const ShareTable::Row& row, const LoadedShare& loaded) {
        if (loaded.share == nullptr) {
            damages.add("The stored share " + row.hash, loaded.problem);
            return;
        }
        writer.add(*loaded.share, row.verified);
        ++counts.shares;
        counts.verified += row.verified ? 1 : 0;
    });
    writer.finish();
    counts.damaged = damages.finish();
    exported.files = writer.files();
    return exported;
}

}  // namespace share_chain::store
