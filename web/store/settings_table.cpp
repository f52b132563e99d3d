#include "web/store/settings_table.h"

#include <algorithm>

#include "dash/util/error.h"
#include "dash/util/log.h"

namespace web {

void load_settings(Store& store, MinerSettingsBook& book) {
    auto select = store.database().prepare("SELECT miner, record FROM miner_settings");
    while (select.step()) {
        try {
            const dash::Bytes bytes = dash::from_hex(select.text(0));
            dash::Hash160 miner{};
            if (bytes.size() != miner.size()) throw dash::DecodeError("it is of no address");
            std::copy(bytes.begin(), bytes.end(), miner.begin());
            book.set(miner, parse_settings(Json::parse(select.text(1), nullptr, false)));
        } catch (const dash::DecodeError& error) {
            dash::log::error("A miner's settings are passed over: ", error.what());
        }
    }
}

void store_settings(Store& store, const dash::Hash160& miner, const MinerSettings& settings) {
    store.post([key = dash::to_hex(miner), is_none = settings == MinerSettings{},
                record = to_text(settings_json(settings))](auto& database) {
        if (is_none) {
            database.prepare("DELETE FROM miner_settings WHERE miner = ?").bind(key).run();
        } else {
            database.prepare("INSERT OR REPLACE INTO miner_settings VALUES (?, ?)").bind(key, record).run();
        }
    });
}

}  // namespace web
