#include "web/store/python_import.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "web/graphs/streams.h"
#include "web/kept_numbers.h"
#include "web/model/found_blocks.h"

namespace web {
namespace {

namespace fs = std::filesystem;
using dash::sqlite::Database;

constexpr const char* kDone = "python_import";
constexpr double kMostCount = 1e15;
constexpr double kMostHeight = std::numeric_limits<std::uint32_t>::max();

/// The python node never had these right: always 0.
bool is_worthless(const std::string& stream) {
    return stream == "current_payout" || stream == "connected_miners";
}

/// The python node's file spells its counter of data and the sum of the small keys the same.
std::string own_key(const graphs::StreamKind& kind, const std::string& key) {
    return kind.keyed && !kind.zero_fill && key == graphs::kPlainKey ? graphs::kOthersKey : key;
}

void import_bins(Database& database, const graphs::StreamInfo& stream, const graphs::Range& range, const Json& view) {
    const auto& bins = view.at("bins");
    const double width = view.at("bin_width").get<double>();
    if (bins.size() != range.shape.bins || std::abs(width - range.shape.bin_seconds()) > 1e-6) return;
    const double end = view.at("last_bin_end").get<double>();
    if (!(end >= 0 && end <= kLatestSeconds)) return;
    const std::int64_t newest = std::llround(end / width);
    auto insert = database.prepare("INSERT OR REPLACE INTO graph_bins VALUES (?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < bins.size(); ++i) {
        for (const auto& [key, sum] : bins[i].items()) {
            const auto count = whole_number(sum.at(1), kMostCount);
            if (!count) continue;
            insert
                .bind(std::string_view(stream.name), std::string_view(range.view),
                      newest - static_cast<std::int64_t>(i), own_key(stream.kind, key), sum.at(0).get<double>(),
                      static_cast<std::int64_t>(*count))
                .run();
        }
    }
}

std::size_t import_graphs(Database& database, const Json& file) {
    std::size_t imported = 0;
    for (const auto& [stream, views] : file.items()) {
        const graphs::StreamInfo* info = graphs::Graphs::info(stream);
        if (info == nullptr || is_worthless(stream)) continue;
        for (const auto& [name, view] : views.items()) {
            if (const graphs::Range* range = graphs::find_range(name)) import_bins(database, *info, *range, view);
        }
        ++imported;
    }
    return imported;
}

std::size_t import_log(Database& database, const Json& file) {
    auto insert = database.prepare("INSERT OR REPLACE INTO statistics_log VALUES (?, ?)");
    for (const Json& entry : file)
        insert.bind(entry.at("time").get<double>(), to_text(entry)).run();
    return file.size();
}

/// An entry that cannot be read costs itself only.
std::size_t import_blocks(Database& database, const Json& file) {
    auto insert = database.prepare("INSERT OR IGNORE INTO found_blocks VALUES (?, ?, ?)");
    std::size_t imported = 0;
    for (const Json& entry : file) {
        try {
            const FoundBlock block = from_python(entry);
            insert.bind(block.hash.to_hex(), block.found_at, to_text(to_record(block))).run();
            ++imported;
        } catch (const dash::DecodeError& error) {
            dash::log::warning("A found block of the python node is passed over: ", error.what());
        }
    }
    return imported;
}

std::size_t import_hashrates(Database& database, const Json& file) {
    auto insert = database.prepare("INSERT INTO hashrate_samples VALUES (?, ?, ?)");
    for (const Json& sample : file.at("samples")) {
        const Json difficulty = sample.value("network_diff", Json());
        insert
            .bind(sample.at("ts").get<double>(), sample.at("hashrate").get<double>(),
                  difficulty.is_number() ? std::optional(difficulty.get<double>()) : std::nullopt)
            .run();
    }
    return file.at("samples").size();
}

std::size_t import_difficulties(Database& database, const Json& file) {
    auto insert = database.prepare("INSERT INTO difficulty_samples VALUES (?, ?, ?)");
    for (const Json& sample : file.at("samples")) {
        insert
            .bind(sample.at("ts").get<double>(), sample.at("difficulty").get<double>(),
                  static_cast<std::int64_t>(whole_number(sample.value("height", Json()), kMostHeight).value_or(0)))
            .run();
    }
    return file.at("samples").size();
}

/// All of a file or nothing of it.
bool import_file(Database& database, const fs::path& file, const char* what,
                 const std::function<std::size_t(Database&, const Json&)>& import) {
    if (!fs::exists(file)) return false;
    try {
        dash::sqlite::Transaction transaction(database);
        std::ifstream stream(file);
        const std::size_t count = import(database, Json::parse(stream));
        transaction.commit();
        dash::log::info("Imported ", count, " ", what, " from the python node's ", file.filename().string(),
                        ", which stays as it is.");
        return true;
    } catch (const Json::exception& error) {
        dash::log::warning(file.string(), " is passed over, it cannot be read: ", error.what());
    } catch (const dash::DecodeError& error) {
        dash::log::warning(file.string(), " is passed over, it cannot be read: ", error.what());
    }
    return false;
}

}  // namespace

bool import_python_records(Store& store, const fs::path& folder) {
    Database& database = store.database();
    {
        auto done = database.prepare("SELECT 1 FROM web_state WHERE key = ?");
        if (done.bind(std::string_view(kDone)).step()) return false;
    }
    bool any = import_file(database, folder / "graph_db", "graphs", import_graphs);
    any |= import_file(database, folder / "stats", "statistics", import_log);
    any |= import_file(database, folder / "block_history.json", "found blocks", import_blocks);
    any |= import_file(database, folder / "hashrate_samples.json", "samples of the hash rate", import_hashrates);
    any |= import_file(database, folder / "net_diff_samples.json", "samples of the difficulty", import_difficulties);
    database.prepare("INSERT INTO web_state VALUES (?, 'done')").bind(std::string_view(kDone)).run();
    return any;
}

}  // namespace web
