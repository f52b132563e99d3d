#include "web/store/block_table.h"

#include "dash/util/error.h"
#include "dash/util/log.h"

namespace web {
namespace {

constexpr double kLogKeptSeconds = 86'400;

}  // namespace

double first_start(Store& store, double now) {
    store.database()
        .prepare("INSERT OR IGNORE INTO web_state VALUES ('first_start', ?)")
        .bind(std::to_string(now))
        .run();
    auto select = store.database().prepare("SELECT CAST(value AS REAL) FROM web_state WHERE key = 'first_start'");
    return select.step() ? select.real(0) : now;
}

std::vector<FoundBlock> load_blocks(Store& store) {
    std::vector<FoundBlock> blocks;
    auto select = store.database().prepare("SELECT record FROM found_blocks ORDER BY found_at");
    while (select.step()) {
        try {
            blocks.push_back(from_record(Json::parse(select.text(0), nullptr, false)));
        } catch (const dash::DecodeError& error) {
            dash::log::error("A found block is passed over: ", error.what());
        }
    }
    return blocks;
}

std::vector<HashrateSample> load_hashrate_samples(Store& store) {
    std::vector<HashrateSample> samples;
    auto select = store.database().prepare("SELECT at, hashrate, network_difficulty FROM hashrate_samples ORDER BY at");
    while (select.step()) {
        const double difficulty = select.real(2);  // 0 for NULL
        samples.push_back({select.real(0), select.real(1), difficulty > 0 ? std::optional(difficulty) : std::nullopt});
    }
    return samples;
}

std::vector<DifficultySample> load_difficulty_samples(Store& store) {
    std::vector<DifficultySample> samples;
    auto select = store.database().prepare("SELECT at, difficulty, height FROM difficulty_samples ORDER BY at");
    while (select.step())
        samples.push_back({select.real(0), select.real(1), static_cast<std::uint32_t>(select.integer(2))});
    return samples;
}

std::vector<Json> load_statistics_log(Store& store, double since) {
    std::vector<Json> entries;
    auto select = store.database().prepare("SELECT record FROM statistics_log WHERE at >= ? ORDER BY at");
    select.bind(since);
    while (select.step()) {
        Json entry = Json::parse(select.text(0), nullptr, false);
        if (entry.is_object() && entry.contains("time") && entry["time"].is_number())
            entries.push_back(std::move(entry));
    }
    return entries;
}

void store_block(Store& store, const FoundBlock& block) {
    store.post([hash = block.hash.to_hex(), at = block.found_at, record = to_text(to_record(block))](auto& database) {
        database.prepare("INSERT OR REPLACE INTO found_blocks VALUES (?, ?, ?)").bind(hash, at, record).run();
    });
}

void store_hashrate_sample(Store& store, const HashrateSample& sample) {
    store.post([sample](auto& database) {
        database.prepare("INSERT INTO hashrate_samples VALUES (?, ?, ?)")
            .bind(sample.at, sample.hashes_per_second, sample.network_difficulty)
            .run();
    });
}

void store_difficulty_samples(Store& store, const std::vector<DifficultySample>& samples) {
    store.post([samples](auto& database) {
        auto insert = database.prepare("INSERT INTO difficulty_samples VALUES (?, ?, ?)");
        for (const DifficultySample& sample : samples)
            insert.bind(sample.at, sample.difficulty, std::int64_t{sample.height}).run();
    });
}

void store_log_entry(Store& store, double time, const std::string& record) {
    store.post([time, record](auto& database) {
        database.prepare("INSERT OR REPLACE INTO statistics_log VALUES (?, ?)").bind(time, record).run();
    });
}

void store_limits(Store& store, double now) {
    store.post([now](auto& database) {
        database.prepare("DELETE FROM statistics_log WHERE at < ?").bind(now - kLogKeptSeconds).run();
        database
            .prepare(
                "DELETE FROM hashrate_samples WHERE at < "
                "(SELECT at FROM hashrate_samples ORDER BY at DESC LIMIT 1 OFFSET ?)")
            .bind(static_cast<std::int64_t>(Samples::kMostHashrates))
            .run();
        database
            .prepare(
                "DELETE FROM difficulty_samples WHERE at < "
                "(SELECT at FROM difficulty_samples ORDER BY at DESC LIMIT 1 OFFSET ?)")
            .bind(static_cast<std::int64_t>(Samples::kMostDifficulties))
            .run();
    });
}

}  // namespace web
